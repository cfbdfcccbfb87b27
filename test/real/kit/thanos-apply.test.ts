import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GrpcTls } from '../../../lib/index.ts';
import { everyThanos } from '../../lib/support/every-thanos.ts';
import { at, listAt, manifestsOf } from '../../lib/support/manifests.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheusOperator } from '../harness/prometheus-operator.ts';
import { describeReal } from '../harness/skip.ts';
import { resourceVersions } from './resource-versions.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
] as const;

const MANIFESTS = manifestsOf(everyThanos({ grpcTls: GrpcTls.fromSecrets(), memcached: true }));

await describeReal('every Thanos component, applied on the server side', PARTS, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
    cluster = await startOperatorCluster({ namespaces: ['monitoring'], labels });
  });

  afterAll(() => cluster.stop());

  const apply = async (items: readonly unknown[]): Promise<readonly string[]> => {
    const args = ['apply', '--server-side', '--validate=strict', '--filename=-'];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stderr, stdout } = await mustKubectl(cluster.kubectl, args, list);
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };

  it('is taken without a warning, field for field, and changes nothing the second time', async () => {
    expect(await apply(MANIFESTS)).toHaveLength(MANIFESTS.length);
    const first = await resourceVersions(cluster, MANIFESTS);
    expect(first.size).toBe(MANIFESTS.length);
    await apply(MANIFESTS);
    expect(await resourceVersions(cluster, MANIFESTS)).toEqual(first);
  });

  it('has fields that the operator knows, and none beside', async () => {
    const ruler = MANIFESTS.find(({ kind }) => kind === 'ThanosRuler');
    const spec = { ...(at(ruler, 'spec') as object), ruleSelectors: {} };
    const refused = await cluster.kubectl(
      ['apply', '--server-side', '--validate=strict', '--filename=-'],
      { stdin: JSON.stringify({ ...ruler, spec }) },
    );
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('ruleSelectors');
  });

  // The last one: what the operator adds would show as a change.
  it('becomes a ruler of the operator, with the container and the folder of brought rules', async () => {
    await apply(MANIFESTS);
    const operator = await startPrometheusOperator(cluster);
    try {
      const path =
        '/apis/apps/v1/namespaces/monitoring/statefulsets/thanos-ruler-thanos-operator-ruler';
      const spec = await poll(
        async () => at((await cluster.request('GET', path)).body, 'spec', 'template', 'spec'),
        { what: 'the operator to make the ruler' },
      );
      const [ruler] = listAt(spec, 'containers').filter((it) => at(it, 'name') === 'thanos-ruler');
      expect(listAt(spec, 'containers').map((it) => at(it, 'name'))).toContain('rules');
      expect(listAt(ruler, 'args')).toEqual(
        expect.arrayContaining([
          '--rule-file=/etc/thanos/rules/*/*.yaml',
          '--query=http://thanos-querier:10902',
          '--label=cluster="main"',
          '--label=thanos_ruler_replica="$(POD_NAME)"',
          '--alert.label-drop=thanos_ruler_replica',
          '--objstore.config-file=/etc/thanos/objstore/objstore.yaml',
          '--grpc-server-tls-client-ca=/etc/thanos/grpc-server/ca.crt',
        ]),
      );
      const folders = listAt(ruler, 'volumeMounts').map((it) => at(it, 'mountPath'));
      expect(folders).toEqual(
        expect.arrayContaining(['/etc/thanos/rules/synced', '/etc/thanos/grpc-server']),
      );
      const ports = listAt(ruler, 'ports').map((it) => at(it, 'name'));
      expect(ports).toEqual(expect.arrayContaining(['http', 'grpc']));
    } finally {
      await operator.stop();
    }
  });
});
