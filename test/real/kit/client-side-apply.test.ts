import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import { type DistFolder, EXPECTED_NAMESPACES, synthDist } from './dist-folder.ts';
import { resourceVersions } from './resource-versions.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

await describeReal('the manifests, applied by a plain kubectl', PARTS, () => {
  let cluster: TestCluster;
  let dist: DistFolder;

  beforeAll(async () => {
    dist = await synthDist();
    cluster = await startOperatorCluster({ namespaces: EXPECTED_NAMESPACES });
  });

  afterAll(async () => {
    await cluster.stop();
    await dist.folder.remove();
  });

  it('come out of kubectl kustomize as they went in', async () => {
    const { stderr, stdout } = await mustKubectl(cluster.kubectl, ['kustomize', dist.folder.path]);
    expect(stderr).toBe('');
    const objects: unknown[] = parseAllDocuments(stdout).map((document) => document.toJS());
    const expected = dist.manifests.filter((it) => it.kind !== 'Namespace');
    expect(objects).toHaveLength(expected.length);
    expect(objects).toEqual(expect.arrayContaining(expected));
  });

  it('fit into the annotation that kubectl keeps, code included, and nothing changes next time', async () => {
    const applied = dist.manifests.filter((it) => it.kind !== 'Namespace');
    const apply = async (): Promise<ReadonlyMap<string, string>> => {
      const args = ['apply', '--kustomize', dist.folder.path];
      expect((await mustKubectl(cluster.kubectl, args)).stderr).toBe('');
      return resourceVersions(cluster, applied);
    };
    const first = await apply();
    expect(first.size).toBe(applied.length);
    expect(await apply()).toEqual(first);
  });
});
