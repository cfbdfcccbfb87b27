import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { App, Chart, Size } from 'cdk8s';
import {
  RuntimeCode,
  TenantQueryFrontend,
  ThanosQuerier,
  ThanosStoreGateway,
} from '../../../lib/index.ts';
import { type Manifest, manifestsOf, PLACEHOLDER } from '../../lib/support/manifests.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
const FRONTEND = '/apis/apps/v1/namespaces/monitoring/deployments/tenant-query-frontend';

interface Version {
  readonly storage: Size;
  readonly tenants: number;
}

const OLD: Version = { storage: Size.gibibytes(10), tenants: 100 };

function platform({ storage, tenants }: Version): readonly Manifest[] {
  const chart = new Chart(new App(), 'platform', {
    namespace: 'monitoring',
    disableResourceNameHashes: true,
  });
  const store = new ThanosStoreGateway(chart, 'store', { storage });
  const querier = new ThanosQuerier(chart, 'querier', { endpoints: [store] });
  void new TenantQueryFrontend(chart, 'frontend', {
    upstream: querier,
    code: RuntimeCode.configMap(PLACEHOLDER),
    limits: { tenants },
  });
  return manifestsOf(chart);
}

await describeReal('an upgrade of the platform', PARTS, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver({ controllerManager: true });
    await cluster.createNamespace('monitoring');
  }, 300_000);

  afterAll(() => cluster.stop());

  /** Applies one after the other, and gives what was refused with the reason. */
  const apply = async (
    manifests: readonly Manifest[],
  ): Promise<Readonly<Record<string, string>>> => {
    const refused: Record<string, string> = {};
    for (const manifest of manifests) {
      const { exitCode, stderr } = await cluster.kubectl(
        ['apply', '--server-side', '--filename=-'],
        { stdin: JSON.stringify(manifest) },
      );
      if (exitCode !== 0) refused[`${manifest.kind} ${manifest.metadata.name}`] = stderr;
    }
    return refused;
  };

  /** The configuration that the pods of the Deployment mount. */
  const mountedConfig = async (): Promise<string> => {
    const { body } = await cluster.request('GET', FRONTEND);
    const volumes = readPath(body, 'spec', 'template', 'spec', 'volumes');
    const config = (Array.isArray(volumes) ? volumes : []).find(
      (it: unknown) => readPath(it, 'name') === 'config',
    );
    return String(readPath(config, 'configMap', 'name'));
  };

  const isThere = async (configMap: string): Promise<boolean> => {
    const path = `/api/v1/namespaces/monitoring/configmaps/${configMap}`;
    return (await cluster.request('GET', path)).status === 200;
  };

  const replicaSets = async (): Promise<number> => {
    const { body } = await cluster.request(
      'GET',
      '/apis/apps/v1/namespaces/monitoring/replicasets?labelSelector=app.kubernetes.io%2Finstance%3Dtenant-query-frontend',
    );
    const items = readPath(body, 'items');
    return Array.isArray(items) ? items.length : 0;
  };

  it('leaves the ConfigMaps of the last version, to which a rollout can go back', async () => {
    expect(await apply(platform(OLD))).toEqual({});
    const old = await mountedConfig();
    await poll(async () => ((await replicaSets()) === 1 ? true : undefined), {
      what: 'the first ReplicaSet',
    });

    expect(await apply(platform({ ...OLD, tenants: 150 }))).toEqual({});
    const changed = await mountedConfig();
    expect(changed).not.toBe(old);
    expect([await isThere(old), await isThere(changed)]).toEqual([true, true]);
    await poll(async () => ((await replicaSets()) === 2 ? true : undefined), {
      what: 'the second ReplicaSet',
    });

    const undo = ['rollout', 'undo', 'deployment/tenant-query-frontend', '-n', 'monitoring'];
    expect((await cluster.kubectl(undo)).exitCode).toBe(0);
    expect(await mountedConfig()).toBe(old);
  });

  it('cannot change what stands in a ConfigMap of the kit', async () => {
    const name = await mountedConfig();
    const { exitCode, stderr } = await cluster.kubectl([
      'patch',
      'configmap',
      name,
      '-n',
      'monitoring',
      '--patch',
      '{"data":{"config.json":"{}"}}',
    ]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('field is immutable');
  });

  it('cannot change the disks of a StatefulSet, until the old one is deleted without its pods', async () => {
    const larger = platform({ ...OLD, storage: Size.gibibytes(20) });
    const refused = await apply(larger);
    expect(Object.keys(refused)).toEqual(['StatefulSet thanos-store-gateway']);
    expect(Object.values(refused).join()).toMatch(/updates to statefulset spec .* are forbidden/);

    const pod = '/api/v1/namespaces/monitoring/pods/thanos-store-gateway-0';
    const uidOf = async (): Promise<unknown> =>
      readPath((await cluster.request('GET', pod)).body, 'metadata', 'uid');
    const uid = await poll(uidOf, { what: 'a pod of the StatefulSet' });
    const args = ['delete', 'statefulset', 'thanos-store-gateway', '--cascade=orphan'];
    expect((await cluster.kubectl([...args, '-n', 'monitoring'])).exitCode).toBe(0);
    expect(await apply(larger)).toEqual({});
    expect(await uidOf()).toBe(uid);
  });
});
