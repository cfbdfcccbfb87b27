import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import type { KubeAnswer } from '../harness/kube-request.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN, serviceMonitor } from './admission-case.ts';
import {
  collectionOf,
  create,
  enforce,
  PLATFORM,
  refusingRules,
  startAdmittedCluster,
  tryCreate,
} from './admitted-cluster.ts';
import { ATTACKS } from './attacks.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
] as const;

const MERGE = 'application/merge-patch+json';
const GUARDED = 'example.com/customer';
const PLANTED = { matchExpressions: [{ key: TENANT_NAMESPACE_LABEL, operator: 'Exists' }] };

await describeReal('the admission policies, by who writes and when', PARTS, () => {
  let cluster: TestCluster;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    cluster = await startAdmittedCluster({
      guardedNamespaceLabels: [GUARDED],
      namespaceLabellers: { serviceAccounts: [{ namespace: PLATFORM, name: 'labeller' }] },
    });
    await cluster.createClusterRole('writer', [
      { apiGroups: [''], resources: ['endpoints'], verbs: ['*'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['*'] },
      { apiGroups: ['monitoring.coreos.com'], resources: ['*'], verbs: ['*'] },
      {
        apiGroups: [''],
        resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
        verbs: ['*'],
      },
    ]);
    for (const [namespace, name] of [
      [OWN, 'lead'],
      [PLATFORM, 'labeller'],
      ['kube-system', 'endpointslice-controller'],
      ['kube-system', 'endpoint-controller'],
    ] as const) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
      if ((await cluster.request('GET', path)).status !== 200) {
        await cluster.createServiceAccount(namespace, name);
      }
      await cluster.bindClusterRole('writer', { kind: 'ServiceAccount', namespace, name });
      tokens.set(name, await cluster.requestToken(namespace, name));
    }
  });

  afterAll(() => cluster.stop());

  const as = (name: string): { readonly token: string } => ({ token: tokens.get(name) ?? '' });

  const patch = (
    path: string,
    change: Manifest,
    options: { readonly token?: string } = {},
  ): Promise<KubeAnswer> =>
    cluster.request('PATCH', path, change, { contentType: MERGE, ...options });

  const named = (object: Manifest, name: string): Manifest => ({
    ...object,
    metadata: { ...(object['metadata'] as Manifest), name },
  });

  const pathOf = (object: Manifest): string =>
    `${collectionOf(object)}/${String(readPath(object, 'metadata', 'name'))}`;

  describe('look at changes', () => {
    const monitor = named(serviceMonitor(), 'changed');
    const bad = { endpoints: [{ port: 'http', followRedirects: true }] };

    beforeAll(async () => {
      expect(refusingRules(await create(cluster, monitor))).toEqual([]);
    });

    it('refuse a replacement', async () => {
      const found = await cluster.request('GET', pathOf(monitor));
      const replaced = { ...(found.body as Manifest), spec: { selector: {}, ...bad } };
      const answer = await cluster.request('PUT', pathOf(monitor), replaced);
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('refuse a patch', async () => {
      const answer = await patch(pathOf(monitor), { spec: bad });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('refuse a server-side apply', async () => {
      const applied = named(serviceMonitor({ followRedirects: true }), 'changed');
      const path = `${pathOf(monitor)}?fieldManager=tenant&force=true`;
      const answer = await cluster.request('PATCH', path, applied, {
        contentType: 'application/apply-patch+yaml',
      });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('accept a harmless change', async () => {
      const answer = await patch(pathOf(monitor), { spec: { jobLabel: 'app' } });
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
          expect(refusingRules(await create(cluster, moved))).toEqual([]);
        });
      }
    });

    const withoutPolicies = async (during: () => Promise<void>): Promise<void> => {
      const name = 'prometheus-tenancy-kit-servicemonitors';
      await cluster.deleteObject('ValidatingAdmissionPolicyBinding', name);
      const probe = serviceMonitor({ followRedirects: true });
      const awaitAnswer = async (refusals: number): Promise<void> => {
        await poll(
          async () =>
            refusingRules(await tryCreate(cluster, probe)).length === refusals ? true : undefined,
          { what: `${refusals} refusals` },
        );
      };
      await awaitAnswer(0);
      await during();
      await enforce(cluster, {
        guardedNamespaceLabels: [GUARDED],
        namespaceLabellers: { serviceAccounts: [{ namespace: PLATFORM, name: 'labeller' }] },
      });
      await awaitAnswer(1);
    };

    it('refuse to let it be labelled', async () => {
      const answer = await patch(pathOf(old), { metadata: { labels: { a: 'b' } } });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });

    it('let it be deleted, and its finalizer be removed', async () => {
      expect((await cluster.request('DELETE', pathOf(old))).status).toBe(200);
      const answer = await patch(pathOf(old), { metadata: { finalizers: null } });
      expect(refusingRules(answer)).toEqual([]);
      expect((await cluster.request('GET', pathOf(old))).status).toBe(404);
    });

    it('refuse to let it change for the worse while it waits to be deleted', async () => {
      await cluster.request('DELETE', pathOf(held));
      const answer = await patch(pathOf(held), {
        spec: { endpoints: [{ port: 'http', followRedirects: true, honorLabels: true }] },
      });
      expect(refusingRules(answer)).toEqual([expect.stringContaining('followRedirects: ')]);
    });
  });

  it('refuse before a namespace is marked, so that the mark finds nothing bad', async () => {
    await cluster.createNamespace('late');
    const early = {
      ...serviceMonitor({ followRedirects: true }),
      metadata: { name: 'early', namespace: 'late' },
    };
    expect(refusingRules(await create(cluster, early))).toEqual([
      expect.stringContaining('followRedirects: '),
    ]);
    expect((await cluster.request('GET', pathOf(early))).status).toBe(404);
  });

  it('would let it through if they were bound by the mark', async () => {
    const path =
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/prometheus-tenancy-kit-servicemonitors';
    const before = await cluster.request('GET', path);
    const spec = readPath(before.body, 'spec');
    await cluster.createNamespace('later');
    await patch(path, { spec: { matchResources: { namespaceSelector: PLANTED } } });
    const early = {
      ...serviceMonitor({ followRedirects: true }),
      metadata: { name: 'early', namespace: 'later' },
    };
    await poll(async () => ((await create(cluster, early)).status === 201 ? true : undefined), {
      what: 'the binding to be weaker',
    });
    await patch('/api/v1/namespaces/later', {
      metadata: { labels: { [TENANT_NAMESPACE_LABEL]: 'true' } },
    });
    expect((await cluster.request('GET', pathOf(early))).status).toBe(200);
    await patch(path, { spec });
  });

  describe('guard the labels of namespaces', () => {
    const MARK = { metadata: { labels: { [TENANT_NAMESPACE_LABEL]: 'true' } } };
    const path = `/api/v1/namespaces/${OWN}`;

    it.each(['', '/status', '/finalize'])('against a change of namespaces%s', async (sub) => {
      const found = (await cluster.request('GET', path)).body as Manifest;
      const metadata = found['metadata'] as Manifest;
      const labels = { ...(metadata['labels'] as Manifest), [TENANT_NAMESPACE_LABEL]: 'true' };
      const changed = { ...found, metadata: { ...metadata, labels } };
      const answer = await cluster.request('PUT', `${path}${sub}`, changed, as('lead'));
      expect(refusingRules(answer)).toEqual([expect.stringContaining('namespaceLabel: ')]);
    });

    it('against a new namespace that bears one', async () => {
      for (const key of [TENANT_NAMESPACE_LABEL, GUARDED]) {
        const namespace = { metadata: { name: 'mine', labels: { [key]: 'x' } } };
        const answer = await cluster.request('POST', '/api/v1/namespaces', namespace, as('lead'));
        expect(refusingRules(answer)).toEqual([expect.stringContaining('namespaceLabel: ')]);
      }
    });

    it('against an empty value and against removal', async () => {
      const empty = { metadata: { labels: { [GUARDED]: '' } } };
      expect(refusingRules(await patch(path, empty, as('lead')))).toHaveLength(1);
      expect(refusingRules(await patch(path, empty, as('labeller')))).toEqual([]);
      const removed = { metadata: { labels: { [GUARDED]: null } } };
      expect(refusingRules(await patch(path, removed, as('lead')))).toHaveLength(1);
      expect(refusingRules(await patch(path, removed, as('labeller')))).toEqual([]);
    });

    it('and no others', async () => {
      const answer = await patch(path, { metadata: { labels: { owner: 'x' } } }, as('lead'));
      expect(refusingRules(answer)).toEqual([]);
    });

    it('but not from labellers and administrators', async () => {
      expect(refusingRules(await patch(path, MARK, as('labeller')))).toEqual([]);
      const removed = { metadata: { labels: { [TENANT_NAMESPACE_LABEL]: null } } };
      expect(refusingRules(await patch(path, removed))).toEqual([]);
    });
  });

  describe('leave addresses to the controllers', () => {
    const slice = ATTACKS.endpointSlice({ prometheusPort: 1, socket: '', interval: '30s' });

    it.each(['lead', 'labeller'])('and refuse a slice of %s', async (who) => {
      const answer = await tryCreate(cluster, slice, as(who));
      expect(refusingRules(answer)).toEqual([expect.stringContaining('endpointAddresses: ')]);
    });

    it('and refuse a slice of an administrator, who may act for a tenant', async () => {
      expect(refusingRules(await tryCreate(cluster, slice))).toHaveLength(1);
    });

    it.each(['endpointslice-controller', 'endpoint-controller'])(
      'and accept those of %s',
      async (who) => {
        expect(refusingRules(await tryCreate(cluster, slice, as(who)))).toEqual([]);
      },
    );

    it('and let others change what is no address', async () => {
      await create(cluster, slice, as('endpointslice-controller'));
      const label = { metadata: { annotations: { a: 'b' } } };
      expect(refusingRules(await patch(pathOf(slice), label, as('lead')))).toEqual([]);
      for (const change of [
        { endpoints: [{ addresses: ['10.0.0.7'] }] },
        { ports: [{ name: 'http', port: 1, protocol: 'TCP' }] },
      ]) {
        expect(refusingRules(await patch(pathOf(slice), change, as('lead')))).toEqual([
          expect.stringContaining('endpointAddresses: '),
        ]);
      }
    });
  });
});
