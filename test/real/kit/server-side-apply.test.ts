import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NAMESPACES_FOLDER } from '../../../charts/layout.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { type DistFolder, EXPECTED_NAMESPACES, synthDist } from './dist-folder.ts';
import { resourceVersions } from './resource-versions.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

await describeReal('the manifests, applied on the server side', PARTS, () => {
  let cluster: TestCluster;
  let dist: DistFolder;

  beforeAll(async () => {
    dist = await synthDist();
    const labels = { owner: 'somebody' };
    cluster = await startOperatorCluster({ namespaces: EXPECTED_NAMESPACES, labels });
  });

  afterAll(async () => {
    await cluster.stop();
    await dist.folder.remove();
  });

  const apply = async (...what: readonly string[]): Promise<string> => {
    const args = ['apply', '--server-side', '--validate=strict', ...what];
    const { stderr, stdout } = await mustKubectl(cluster.kubectl, args);
    expect(stderr).toBe('');
    return stdout;
  };

  const applyAll = async (): Promise<string> =>
    (await apply('--kustomize', dist.folder.path)) +
    (await apply(
      '--field-manager=prometheus-tenancy-kit',
      '--filename',
      join(dist.folder.path, NAMESPACES_FOLDER),
    ));

  it('are taken without a warning, field for field, and change nothing the second time', async () => {
    const lines = (await applyAll()).trim().split('\n');
    expect(lines).toHaveLength(dist.manifests.length);
    const first = await resourceVersions(cluster, dist.manifests);
    expect(first.size).toBe(dist.manifests.length);
    await applyAll();
    expect(await resourceVersions(cluster, dist.manifests)).toEqual(first);
  });

  it('refuse a field that Kubernetes does not know', async () => {
    const planted = dist.manifests.find((it) => it.kind === 'Prometheus');
    const spec = { ...(planted?.spec as object), enforcedNamespaceLable: 'namespace' };
    const result = await cluster.kubectl(
      ['apply', '--server-side', '--validate=strict', '--dry-run=server', '--filename=-'],
      { stdin: JSON.stringify({ ...planted, spec }) },
    );
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toContain('enforcedNamespaceLable');
  });

  it('mark the namespaces of tenants and own nothing else of them', async () => {
    await applyAll();
    const { body } = await cluster.request('GET', '/api/v1/namespaces/team-a');
    expect(readPath(body, 'metadata', 'labels')).toMatchObject({
      owner: 'somebody',
      'prometheus-tenancy-kit/tenant': 'true',
    });
    const owners = readPath(body, 'metadata', 'managedFields');
    const ours = Array.isArray(owners)
      ? owners.filter((it) => readPath(it, 'manager') === 'prometheus-tenancy-kit')
      : [];
    expect(ours.map((it: unknown) => readPath(it, 'fieldsV1'))).toEqual([
      { 'f:metadata': { 'f:labels': { 'f:prometheus-tenancy-kit/tenant': {} } } },
    ]);
  });
});
