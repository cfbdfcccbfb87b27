import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../harness/cluster-objects.ts';
import { type KubeAnswer, mustRequest } from '../harness/kube-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { describeReal } from '../harness/skip.ts';
import { OWN } from './admission-case.ts';
import { enforce, PLATFORM, refusingRules } from './admitted-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
] as const;

const NODE = 'node';
const ADDRESS = '10.9.8.7';
const PORTS = [{ name: 'http', port: 80 }];

/** How a tenant lets the controllers lose sight of a Service's addresses. */
interface Way {
  readonly what: string;
  readonly rule: string;
  /** Does it, to the Service of this name. */
  readonly go: (service: string) => Promise<readonly KubeAnswer[]>;
}

await describeReal('addresses of pods that are gone', PARTS, () => {
  let cluster: TestCluster;
  let tenant = '';

  beforeAll(async () => {
    cluster = await startKubeApiserver({ controllerManager: true });
    await cluster.installCrds(await operatorCrdFolder());
    await cluster.createNamespace(PLATFORM);
    await cluster.createNamespace(OWN);
    await mustRequest(cluster.request, 'POST', '/api/v1/nodes', { metadata: { name: NODE } });
    await cluster.createServiceAccount(OWN, 'lead');
    const subject = { kind: 'ServiceAccount', namespace: OWN, name: 'lead' } as const;
    // What Kubernetes gives to whoever runs a namespace. It holds no right to write addresses.
    const role = { kind: 'ClusterRole', name: 'admin' } as const;
    await cluster.bindRole({ namespace: OWN, role, subject });
    tenant = await cluster.requestToken(OWN, 'lead');
    await poll(async () => ((await ask('GET', services())).status === 200 ? true : undefined), {
      what: 'the rights of the tenant',
    });
  });

  afterAll(() => cluster.stop());

  const ask = (method: string, path: string, body?: Manifest): Promise<KubeAnswer> =>
    cluster.request(method, path, body, {
      token: tenant,
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    });

  const services = (name = ''): string => `/api/v1/namespaces/${OWN}/services/${name}`;

  const addressesOf = async (service: string): Promise<readonly unknown[]> => {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${OWN}/endpointslices?labelSelector=kubernetes.io/service-name=${service}`;
    const items = readPath(await mustRequest(cluster.request, 'GET', path), 'items');
    return (Array.isArray(items) ? items : []).flatMap((slice: unknown) => {
      const endpoints = readPath(slice, 'endpoints') ?? [];
      return (Array.isArray(endpoints) ? endpoints : []).flatMap((it: unknown) =>
        readPath(it, 'addresses'),
      );
    });
  };

  const awaitAddresses = async (service: string, awaited: readonly string[]): Promise<void> => {
    await poll(
      async () =>
        [...new Set(await addressesOf(service))].join() === awaited.join() ? true : undefined,
      { what: `${service} to have the addresses ${awaited.join() || 'of none'}` },
    );
  };

  // No kubelet runs: what one would write of a pod that runs.
  const startPod = async (name: string): Promise<void> => {
    const pods = `/api/v1/namespaces/${OWN}/pods`;
    await mustRequest(cluster.request, 'POST', pods, {
      metadata: { name, labels: { app: name } },
      spec: { nodeName: NODE, containers: [{ name: 'c', image: 'none' }] },
    });
    const status = {
      phase: 'Running',
      podIP: ADDRESS,
      podIPs: [{ ip: ADDRESS }],
      conditions: [{ type: 'Ready', status: 'True' }],
    };
    const patched = await cluster.request(
      'PATCH',
      `${pods}/${name}/status`,
      { status },
      { contentType: 'application/merge-patch+json' },
    );
    expect(patched.status).toBe(200);
    const spec = { selector: { app: name }, ports: PORTS };
    expect((await ask('POST', services(), { metadata: { name }, spec })).status).toBe(201);
    await awaitAddresses(name, [ADDRESS]);
  };

  const endPod = async (name: string): Promise<void> => {
    const path = `/api/v1/namespaces/${OWN}/pods/${name}`;
    await mustRequest(cluster.request, 'DELETE', `${path}?gracePeriodSeconds=0`);
    expect((await cluster.request('GET', path)).status).toBe(404);
  };

  const isGone = async (service: string): Promise<void> => {
    await poll(
      async () => ((await ask('GET', services(service))).status === 404 ? true : undefined),
      { what: `${service} to be gone` },
    );
  };

  const WAYS: readonly Way[] = [
    {
      what: 'a selector that is removed',
      rule: 'serviceSelector',
      go: async (name) => [await ask('PATCH', services(name), { spec: { selector: null } })],
    },
    {
      what: 'a Service that becomes an ExternalName',
      rule: 'serviceSelector',
      go: async (name) => {
        const spec = { type: 'ExternalName', externalName: 'example.com', clusterIP: '' };
        return [await ask('PATCH', services(name), { spec: { ...spec, clusterIPs: null } })];
      },
    },
    {
      what: 'a Service that is deleted without its EndpointSlices',
      rule: 'serviceOrphans',
      go: async (name) => {
        const path = `${services(name)}?propagationPolicy=Orphan`;
        return againWithoutSelector(name, await ask('DELETE', path));
      },
    },
    {
      what: 'Services that are deleted together without their EndpointSlices',
      rule: 'serviceOrphans',
      go: async (name) => {
        const path = `${services()}?propagationPolicy=Orphan&fieldSelector=metadata.name=${name}`;
        return againWithoutSelector(name, await ask('DELETE', path));
      },
    },
    {
      what: 'a Service with the old word for that',
      rule: 'serviceOrphans',
      go: async (name) => {
        const path = `${services(name)}?orphanDependents=true`;
        return againWithoutSelector(name, await ask('DELETE', path));
      },
    },
    {
      what: 'a Service that was given the finalizer before',
      rule: 'serviceOrphans',
      go: async (name) => {
        const marked = await ask('PATCH', services(name), { metadata: { finalizers: ['orphan'] } });
        if (marked.status !== 200) return [marked];
        return againWithoutSelector(name, await ask('DELETE', services(name)));
      },
    },
    {
      what: 'a Service that was given the finalizer by way of its status',
      rule: 'serviceOrphans',
      go: async (name) => {
        // The role does not hold this right, others may.
        const marked = await patchStatus(name, { metadata: { finalizers: ['orphan'] } });
        if (marked.status !== 200) return [marked];
        return againWithoutSelector(name, await ask('DELETE', services(name)));
      },
    },
  ];

  const patchStatus = (name: string, change: Manifest): Promise<KubeAnswer> =>
    cluster.request('PATCH', `${services(name)}/status`, change, {
      contentType: 'application/merge-patch+json',
    });

  const againWithoutSelector = async (
    name: string,
    deleted: KubeAnswer,
  ): Promise<readonly KubeAnswer[]> => {
    if (deleted.status !== 200) return [deleted];
    await isGone(name);
    const again = { metadata: { name }, spec: { ports: PORTS } };
    return [deleted, await ask('POST', services(), again)];
  };

  describe('without a policy', () => {
    it.each(WAYS)('stay behind $what', async ({ go, what }) => {
      const stale = `stale-${WAYS.findIndex((it) => it.what === what)}`;
      const fresh = `fresh-of-${stale}`;
      for (const name of [stale, fresh]) await startPod(name);
      for (const { status } of await go(stale)) expect([200, 201]).toContain(status);
      for (const name of [stale, fresh]) await endPod(name);
      // The controller has seen both pods end.
      await awaitAddresses(fresh, []);
      expect(new Set(await addressesOf(stale))).toEqual(new Set([ADDRESS]));
      expect((await ask('GET', services(stale))).status).toBe(200);
    });
  });

  describe('with the policies', () => {
    // The controllers of this test act as the administrator, and not under the names that they have.
    beforeAll(async () => {
      for (const name of ['marked', 'marked-too']) {
        await startPod(name);
        const marked = { metadata: { finalizers: ['orphan'] } };
        expect((await ask('PATCH', services(name), marked)).status).toBe(200);
      }
      await enforce(cluster, { endpointWriters: { users: ['admin'] } });
    });

    it.each(WAYS)('cannot stay behind $what ($rule)', async ({ go, rule, what }) => {
      const name = `kept-${WAYS.findIndex((it) => it.what === what)}`;
      await startPod(name);
      const answers = await go(name);
      expect(answers.flatMap(refusingRules)).toEqual([expect.stringContaining(`${rule}: `)]);
      await endPod(name);
      await awaitAddresses(name, []);
    });

    it('do not stay behind a Service that had the finalizer before', async () => {
      const owned = { metadata: { labels: { team: 'x' } } };
      expect(refusingRules(await ask('PATCH', services('marked'), owned))).toEqual([
        expect.stringContaining('serviceOrphans: '),
      ]);
      // What a controller writes of a load balancer.
      const status = { status: { loadBalancer: {} }, ...owned };
      expect(refusingRules(await patchStatus('marked', status))).toEqual([]);
      for (const query of ['', '?propagationPolicy=Orphan']) {
        expect(refusingRules(await ask('DELETE', `${services('marked')}${query}`))).toEqual([
          expect.stringContaining('serviceOrphans: '),
        ]);
      }
      const freed = { metadata: { finalizers: null } };
      expect(refusingRules(await ask('PATCH', services('marked'), freed))).toEqual([]);
      expect(refusingRules(await ask('DELETE', services('marked')))).toEqual([]);
      // As kubectl does, and the controller that empties a namespace.
      const path = `${services('marked-too')}?propagationPolicy=Background`;
      expect(refusingRules(await ask('DELETE', path))).toEqual([]);
      for (const name of ['marked', 'marked-too']) {
        await isGone(name);
        await awaitAddresses(name, []);
      }
    });

    it('are followed where a Service changes, and go where it goes', async () => {
      await startPod('changed');
      for (const change of [
        { metadata: { labels: { team: 'x' }, finalizers: ['example.com/hold'] } },
        { spec: { ports: [{ name: 'metrics', port: 8080 }], type: 'NodePort' } },
        { spec: { selector: { app: 'changed', tier: 'front' } } },
        { spec: { selector: { tier: null } } },
        { metadata: { finalizers: null } },
      ]) {
        expect(refusingRules(await ask('PATCH', services('changed'), change))).toEqual([]);
      }
      await awaitAddresses('changed', [ADDRESS]);
      expect(refusingRules(await ask('DELETE', services('changed')))).toEqual([]);
      await isGone('changed');
      await awaitAddresses('changed', []);
    });

    it.each([
      ['without a body', '', undefined],
      ['in the background', '?propagationPolicy=Background', undefined],
      ['after what it owns', '?propagationPolicy=Foreground', undefined],
      ['with its options in a body', '', { kind: 'DeleteOptions', apiVersion: 'v1' }],
    ] as const)('go with a Service that is deleted %s', async (_how, query, body) => {
      const name = 'deleted';
      await startPod(name);
      const answer = await ask('DELETE', `${services(name)}${query}`, body);
      expect(refusingRules(answer)).toEqual([]);
      await isGone(name);
      await awaitAddresses(name, []);
      await endPod(name);
    });

    it('leave other Services as free as they were', async () => {
      const external = { type: 'ExternalName', externalName: 'example.com' };
      const plain = { ports: PORTS };
      for (const [name, spec, change] of [
        ['external', external, { externalName: 'example.org' }],
        ['plain', plain, { selector: { app: 'x' } }],
      ] as const) {
        expect(refusingRules(await ask('POST', services(), { metadata: { name }, spec }))).toEqual(
          [],
        );
        expect(refusingRules(await ask('PATCH', services(name), { spec: change }))).toEqual([]);
      }
    });

    it('do not keep a namespace from being deleted', async () => {
      await cluster.createNamespace('leaving');
      await mustRequest(cluster.request, 'POST', '/api/v1/namespaces/leaving/services', {
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: PORTS },
      });
      await cluster.deleteObject('namespace', 'leaving');
      await poll(
        async () =>
          (await cluster.request('GET', '/api/v1/namespaces/leaving')).status === 404
            ? true
            : undefined,
        { what: 'the namespace to be gone' },
      );
    });
  });
});
