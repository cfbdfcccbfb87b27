import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { serviceMonitor } from './admission-case.ts';
import { create, enforce, refusingRules, tryCreate } from './admitted-cluster.ts';
import {
  CALLER_PARTS,
  CALLER_PROPS,
  type CallersCluster,
  named,
  pathOf,
  startCallersCluster,
} from './callers-cluster.ts';

const PLANTED = { matchExpressions: [{ key: TENANT_NAMESPACE_LABEL, operator: 'Exists' }] };

await describeReal('the admission policies, by what is changed and when', CALLER_PARTS, () => {
  let callers: CallersCluster;

  beforeAll(async () => {
    callers = await startCallersCluster();
  });

  afterAll(() => callers.cluster.stop());

  describe('look at changes', () => {
    const monitor = named(serviceMonitor(), 'changed');
    const bad = { endpoints: [{ port: 'http', followRedirects: true }] };

    beforeAll(async () => {
      expect(refusingRules(await create(callers.cluster, monitor))).toEqual([]);
    });

    it('refuse a replacement', async () => {
      const found = await callers.cluster.request('GET', pathOf(monitor));
      const replaced = { ...(found.body as Manifest), spec: { selector: {}, ...bad } };
      const answer = await callers.cluster.request('PUT', pathOf(monitor), replaced);
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('refuse a patch', async () => {
      const answer = await callers.patch(pathOf(monitor), { spec: bad });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('refuse a server-side apply', async () => {
      const applied = named(serviceMonitor({ followRedirects: true }), 'changed');
      const path = `${pathOf(monitor)}?fieldManager=tenant&force=true`;
      const answer = await callers.cluster.request('PATCH', path, applied, {
        contentType: 'application/apply-patch+yaml',
      });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('accept a harmless change', async () => {
      const answer = await callers.patch(pathOf(monitor), { spec: { jobLabel: 'app' } });
      expect(refusingRules(answer)).toEqual([]);
    });
  });

  describe('look at what was there before them when it changes', () => {
    const old = named(serviceMonitor({ followRedirects: true }), 'old');
    const held = named(serviceMonitor({ followRedirects: true }), 'held');

    // Written while the policies do not look, as objects were before these came.
    beforeAll(async () => {
      for (const object of [old, held]) {
        const moved = {
          ...object,
          metadata: { ...(object['metadata'] as Manifest), finalizers: ['example.com/hold'] },
        };
        await withoutPolicies(async () => {
          expect(refusingRules(await create(callers.cluster, moved))).toEqual([]);
        });
      }
    });

    const withoutPolicies = async (during: () => Promise<void>): Promise<void> => {
      const name = 'prometheus-tenancy-kit-servicemonitors';
      await callers.cluster.deleteObject('ValidatingAdmissionPolicyBinding', name);
      const probe = serviceMonitor({ followRedirects: true });
      const awaitAnswer = async (refusals: number): Promise<void> => {
        await poll(
          async () =>
            refusingRules(await tryCreate(callers.cluster, probe)).length === refusals
              ? true
              : undefined,
          { what: `${refusals} refusals` },
        );
      };
      await awaitAnswer(0);
      await during();
      await enforce(callers.cluster, CALLER_PROPS);
      await awaitAnswer(1);
    };

    it('refuse to let it be labelled', async () => {
      const answer = await callers.patch(pathOf(old), { metadata: { labels: { a: 'b' } } });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('let it be deleted, and its finalizer be removed', async () => {
      expect((await callers.cluster.request('DELETE', pathOf(old))).status).toBe(200);
      const answer = await callers.patch(pathOf(old), { metadata: { finalizers: null } });
      expect(refusingRules(answer)).toEqual([]);
      expect((await callers.cluster.request('GET', pathOf(old))).status).toBe(404);
    });

    it('refuse to let it change for the worse while it waits to be deleted', async () => {
      await callers.cluster.request('DELETE', pathOf(held));
      const answer = await callers.patch(pathOf(held), {
        spec: { endpoints: [{ port: 'http', followRedirects: true, honorLabels: true }] },
      });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });
  });

  it('refuse before a namespace is marked, so that the mark finds nothing bad', async () => {
    await callers.cluster.createNamespace('late');
    const early = {
      ...serviceMonitor({ followRedirects: true }),
      metadata: { name: 'early', namespace: 'late' },
    };
    expect(refusingRules(await create(callers.cluster, early))).toEqual([
      expect.stringContaining('followRedirects: '),
    ]);
    expect((await callers.cluster.request('GET', pathOf(early))).status).toBe(404);
  });

  it('would let it through if they were bound by the mark', async () => {
    const path =
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/prometheus-tenancy-kit-servicemonitors';
    const before = await callers.cluster.request('GET', path);
    const spec = readPath(before.body, 'spec');
    await callers.cluster.createNamespace('later');
    await callers.patch(path, { spec: { matchResources: { namespaceSelector: PLANTED } } });
    const early = {
      ...serviceMonitor({ followRedirects: true }),
      metadata: { name: 'early', namespace: 'later' },
    };
    await poll(
      async () => ((await create(callers.cluster, early)).status === 201 ? true : undefined),
      {
        what: 'the binding to be weaker',
      },
    );
    await callers.patch('/api/v1/namespaces/later', {
      metadata: { labels: { [TENANT_NAMESPACE_LABEL]: 'true' } },
    });
    expect((await callers.cluster.request('GET', pathOf(early))).status).toBe(200);
    await callers.patch(path, { spec });
  });
});
