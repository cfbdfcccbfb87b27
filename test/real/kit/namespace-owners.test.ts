import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MARK_NAMESPACES } from '../../../charts/kustomization.ts';
import { NAMESPACES_FOLDER } from '../../../charts/layout.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { type DistFolder, EXPECTED_NAMESPACES, synthDist } from './dist-folder.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

const OWNERS_LABELS = { 'pod-security.kubernetes.io/enforce': 'restricted', owner: 'team-a' };

await describeReal('the namespaces of tenants, which others own', PARTS, () => {
  let cluster: TestCluster;
  let dist: DistFolder;

  beforeAll(async () => {
    dist = await synthDist();
    cluster = await startOperatorCluster();
    for (const name of EXPECTED_NAMESPACES) await applyAsOwner(name);
  });

  afterAll(async () => {
    await cluster.stop();
    await dist.folder.remove();
  });

  // As an owner does who applies on the server side too, with the field manager of kubectl.
  const applyAsOwner = async (name: string): Promise<void> => {
    const metadata = { name, labels: OWNERS_LABELS };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
    const args = ['apply', '--server-side', '--filename=-'];
    await mustKubectl(cluster.kubectl, args, JSON.stringify(namespace));
  };

  const mark = async (command: readonly string[]): Promise<void> => {
    const folder = join(dist.folder.path, NAMESPACES_FOLDER);
    const { stderr } = await mustKubectl(cluster.kubectl, [...command, folder]);
    expect(stderr).toBe('');
  };

  const labelsOf = async (name: string): Promise<unknown> => {
    const { body } = await cluster.request('GET', `/api/v1/namespaces/${name}`);
    return readPath(body, 'metadata', 'labels');
  };

  const ALL_LABELS = { ...OWNERS_LABELS, 'prometheus-tenancy-kit/tenant': 'true' };

  it('keep the labels of their owner when they are marked', async () => {
    await mark(MARK_NAMESPACES);
    expect(await labelsOf('team-a')).toMatchObject(ALL_LABELS);
    expect(await labelsOf('team-b')).toMatchObject(ALL_LABELS);
  });

  it('stay marked when their owner applies again', async () => {
    await mark(MARK_NAMESPACES);
    await applyAsOwner('team-a');
    expect(await labelsOf('team-a')).toMatchObject(ALL_LABELS);
  });

  it('lose the labels of their owner under the field manager of kubectl', async () => {
    await mark(['apply', '--server-side', '-f']);
    expect(await labelsOf('team-b')).not.toHaveProperty('owner');
    await applyAsOwner('team-b');
    expect(await labelsOf('team-b')).toMatchObject(ALL_LABELS);
  });

  it.each<[string, (folder: string) => readonly string[]]>([
    ['of the folder', (folder) => ['--filename', folder]],
    ['of the kustomization', (folder) => ['--kustomize', folder]],
  ])('survive a delete %s', async (_what, which) => {
    const { path } = dist.folder;
    await mustKubectl(cluster.kubectl, ['apply', '--server-side', '--kustomize', path]);
    await mark(MARK_NAMESPACES);
    await cluster.kubectl(['delete', ...which(path), '--wait=false']);
    const gone = await cluster.request(
      'GET',
      '/apis/apps/v1/namespaces/monitoring/deployments/thanos-querier',
    );
    expect(gone.status).toBe(404);
    for (const name of EXPECTED_NAMESPACES) {
      const { body } = await cluster.request('GET', `/api/v1/namespaces/${name}`);
      expect(readPath(body, 'status', 'phase')).toBe('Active');
    }
  });
});
