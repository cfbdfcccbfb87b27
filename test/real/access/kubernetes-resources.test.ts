import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isKubernetesResource } from '../../../frontend/config/kubernetes-resources.ts';
import { mustRequest } from '../harness/kube-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

interface Attributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

const CHANGES: readonly string[] = ['*', 'create', 'update', 'delete'];

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function attributesOf(group: string, name: string): Attributes {
  const [resource = '', subresource = ''] = name.split('/');
  return { group, resource, subresource };
}

function print({ group, resource, subresource }: Attributes): string {
  return `${resource}${subresource && `/${subresource}`}${group && `.${group}`}`;
}

await describeReal('what counts as a resource of Kubernetes', ['etcd', 'kube-apiserver'], () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
  });

  afterAll(() => cluster?.stop());

  const get = (path: string): Promise<unknown> => mustRequest(cluster.request, 'GET', path);

  it('is all that a fresh API server serves', async () => {
    const groups = listOf(readPath(await get('/apis'), 'groups')).map((group) => ({
      group: String(readPath(group, 'name')),
      path: `/apis/${String(readPath(group, 'preferredVersion', 'groupVersion'))}`,
    }));
    const served: Attributes[] = [];
    for (const { group, path } of [{ group: '', path: '/api/v1' }, ...groups]) {
      const names = listOf(readPath(await get(path), 'resources'));
      served.push(...names.map((it) => attributesOf(group, String(readPath(it, 'name')))));
    }
    expect(served.length).toBeGreaterThan(90);
    expect(served.filter((it) => !isKubernetesResource(it)).map((it) => print(it))).toEqual([]);
  });

  it('is all that edit and admin may change', async () => {
    const changed: Attributes[] = [];
    for (const name of ['edit', 'admin', 'system:aggregate-to-edit', 'system:aggregate-to-admin']) {
      const role = await get(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`);
      for (const rule of listOf(readPath(role, 'rules'))) {
        const verbs = listOf(readPath(rule, 'verbs')).map(String);
        if (!verbs.some((verb) => CHANGES.includes(verb))) continue;
        for (const group of listOf(readPath(rule, 'apiGroups')).map(String)) {
          const names = listOf(readPath(rule, 'resources')).map(String);
          changed.push(...names.map((it) => attributesOf(group, it)));
        }
      }
    }
    expect(changed.length).toBeGreaterThan(20);
    expect(changed.filter((it) => !isKubernetesResource(it)).map((it) => print(it))).toEqual([]);
  });
});
