import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN } from './admission-case.ts';
import { create, refusingRules, tryCreate } from './admitted-cluster.ts';
import { ATTACKS } from './attacks.ts';
import {
  CALLER_PARTS,
  type CallersCluster,
  GUARDED,
  named,
  pathOf,
  startCallersCluster,
} from './callers-cluster.ts';

await describeReal('the admission policies, by who writes', CALLER_PARTS, () => {
  let callers: CallersCluster;

  beforeAll(async () => {
    callers = await startCallersCluster();
  });

  afterAll(() => callers.cluster.stop());

  describe('guard the labels of namespaces', () => {
    const MARK = { metadata: { labels: { [TENANT_NAMESPACE_LABEL]: 'true' } } };
    const path = `/api/v1/namespaces/${OWN}`;

    it.each(['', '/status', '/finalize'])('against a change of namespaces%s', async (sub) => {
      const found = (await callers.cluster.request('GET', path)).body as Manifest;
      const metadata = found['metadata'] as Manifest;
      const labels = { ...(metadata['labels'] as Manifest), [TENANT_NAMESPACE_LABEL]: 'true' };
      const changed = { ...found, metadata: { ...metadata, labels } };
      const answer = await callers.cluster.request(
        'PUT',
        `${path}${sub}`,
        changed,
        callers.as('lead'),
      );
      expect(refusingRules(answer)).toEqual([expect.stringContaining('namespaceLabel: ')]);
    });

    it('against a new namespace that bears one', async () => {
      for (const key of [TENANT_NAMESPACE_LABEL, GUARDED]) {
        const namespace = { metadata: { name: 'mine', labels: { [key]: 'x' } } };
        const answer = await callers.cluster.request(
          'POST',
          '/api/v1/namespaces',
          namespace,
          callers.as('lead'),
        );
        expect(refusingRules(answer)).toEqual([expect.stringContaining('namespaceLabel: ')]);
      }
    });

    it('against an empty value and against removal', async () => {
      const empty = { metadata: { labels: { [GUARDED]: '' } } };
      expect(refusingRules(await callers.patch(path, empty, callers.as('lead')))).toHaveLength(1);
      expect(refusingRules(await callers.patch(path, empty, callers.as('labeller')))).toEqual([]);
      const removed = { metadata: { labels: { [GUARDED]: null } } };
      expect(refusingRules(await callers.patch(path, removed, callers.as('lead')))).toHaveLength(1);
      expect(refusingRules(await callers.patch(path, removed, callers.as('labeller')))).toEqual([]);
    });

    it('and no others', async () => {
      const answer = await callers.patch(
        path,
        { metadata: { labels: { owner: 'x' } } },
        callers.as('lead'),
      );
      expect(refusingRules(answer)).toEqual([]);
    });

    it('but not from labellers and administrators', async () => {
      expect(refusingRules(await callers.patch(path, MARK, callers.as('labeller')))).toEqual([]);
      const removed = { metadata: { labels: { [TENANT_NAMESPACE_LABEL]: null } } };
      expect(refusingRules(await callers.patch(path, removed))).toEqual([]);
    });
  });

  describe('leave addresses to the controllers', () => {
    const slice = ATTACKS.endpointSlice({ prometheusPort: 1, socket: '', interval: '30s' });

    it.each(['lead', 'labeller'])('and refuse a slice of %s', async (who) => {
      const answer = await tryCreate(callers.cluster, slice, callers.as(who));
      expect(refusingRules(answer)).toEqual([expect.stringContaining('endpointAddresses: ')]);
    });

    it('and refuse a slice of an administrator, who may act for a tenant', async () => {
      expect(refusingRules(await tryCreate(callers.cluster, slice))).toHaveLength(1);
    });

    it.each(['endpointslice-controller', 'endpoint-controller'])(
      'and accept those of %s',
      async (who) => {
        expect(refusingRules(await tryCreate(callers.cluster, slice, callers.as(who)))).toEqual([]);
      },
    );

    it('and refuse others an address in a slice that waits to be deleted', async () => {
      const held = named(slice, 'held');
      const path = pathOf(held);
      const finalizers = ['example.com/hold'];
      await create(
        callers.cluster,
        { ...held, metadata: { ...(held['metadata'] as Manifest), finalizers } },
        callers.as('endpointslice-controller'),
      );
      expect(
        (await callers.cluster.request('DELETE', path, undefined, callers.as('lead'))).status,
      ).toBe(200);
      const moved = { endpoints: [{ addresses: ['10.0.0.7'] }] };
      expect(refusingRules(await callers.patch(path, moved, callers.as('lead')))).toEqual([
        expect.stringContaining('endpointAddresses: '),
      ]);
      const released = { metadata: { finalizers: null } };
      expect(refusingRules(await callers.patch(path, released, callers.as('lead')))).toEqual([]);
      expect((await callers.cluster.request('GET', path)).status).toBe(404);
    });

    it('and refuse others to take a slice from its controller', async () => {
      const taken = named(slice, 'taken');
      const metadata = { name: 'web', namespace: OWN };
      const spec = { ports: [{ port: 80 }] };
      const web = await create(callers.cluster, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec,
      });
      const uid = readString(web.body, 'metadata', 'uid');
      const owner = { apiVersion: 'v1', kind: 'Service', name: 'web', uid };
      await create(
        callers.cluster,
        { ...taken, metadata: { ...(taken['metadata'] as Manifest), ownerReferences: [owner] } },
        callers.as('endpointslice-controller'),
      );
      for (const change of [
        { labels: { 'endpointslice.kubernetes.io/managed-by': 'me' } },
        { labels: { 'kubernetes.io/service-name': 'another' } },
        { labels: { 'kubernetes.io/service-name': null } },
        { ownerReferences: [] },
        { ownerReferences: [{ ...owner, uid: 'd-e-f' }] },
        { ownerReferences: [{ ...owner, kind: 'None', apiVersion: 'example.com/v1' }] },
        { ownerReferences: [{ ...owner, name: 'other' }] },
        { finalizers: ['example.com/hold'] },
      ]) {
        const answer = await callers.patch(pathOf(taken), { metadata: change }, callers.as('lead'));
        expect(refusingRules(answer)).toEqual([expect.stringContaining('endpointOwner: ')]);
      }
      const kept = { metadata: { labels: { team: 'x' }, ownerReferences: [owner] } };
      expect(refusingRules(await callers.patch(pathOf(taken), kept, callers.as('lead')))).toEqual(
        [],
      );
      const collected = { metadata: { ownerReferences: null } };
      expect(
        refusingRules(
          await callers.patch(pathOf(taken), collected, callers.as('generic-garbage-collector')),
        ),
      ).toEqual([]);
    });

    it('and let others change what is no address', async () => {
      await create(callers.cluster, slice, callers.as('endpointslice-controller'));
      const label = { metadata: { annotations: { a: 'b' } } };
      expect(refusingRules(await callers.patch(pathOf(slice), label, callers.as('lead')))).toEqual(
        [],
      );
      for (const change of [
        { endpoints: [{ addresses: ['10.0.0.7'] }] },
        { ports: [{ name: 'http', port: 1, protocol: 'TCP' }] },
      ]) {
        expect(
          refusingRules(await callers.patch(pathOf(slice), change, callers.as('lead'))),
        ).toEqual([expect.stringContaining('endpointAddresses: ')]);
      }
    });
  });
});
