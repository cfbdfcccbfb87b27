import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AggregatedEditors, Subject } from '../../../tenant/onboarding/index.ts';
import { METRICS_WRITE, RULES_EDIT, type WriteAttributes } from '../../../tenant/index.ts';
import { manifestsOf, platformChart } from '../../lib/support/manifests.ts';
import { tenantManifests } from '../../lib/support/tenant.ts';
import { mustRequest } from '../harness/kube-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'] as const;

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** Who holds one of the roles of Kubernetes in team-a, and nothing else. */
const BY_ROLE = ['view', 'edit', 'admin'] as const;

await describeReal('the rights to change something of a tenant', PARTS, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver({ controllerManager: true });
    for (const namespace of ['team-a', 'team-b']) await cluster.createNamespace(namespace);
    for (const role of BY_ROLE) {
      await cluster.bindRole({
        namespace: 'team-a',
        role: { kind: 'ClusterRole', name: role },
        subject: { kind: 'User', name: `by-${role}` },
      });
    }
    await cluster.apply(manifests());
  }, 300_000);

  afterAll(() => cluster?.stop());

  /** The rights that the API server grants, as `namespace/subresource: verbs`. */
  const rightsOf = async (user: string): Promise<readonly string[]> => {
    const rights: string[] = [];
    for (const namespace of ['team-a', 'team-b']) {
      for (const attributes of [METRICS_WRITE, RULES_EDIT]) {
        const verbs: string[] = [];
        for (const verb of ['get', 'create', 'update', 'delete', 'list', 'patch']) {
          if (await mayDo(user, namespace, attributes, verb)) verbs.push(verb);
        }
        if (verbs.length > 0)
          rights.push(`${namespace}/${attributes.subresource}: ${verbs.join()}`);
      }
    }
    return rights;
  };

  const mayDo = async (
    user: string,
    namespace: string,
    { group, resource, subresource }: WriteAttributes,
    verb: string,
  ): Promise<boolean> => {
    const resourceAttributes = { namespace, group, resource, subresource, verb };
    const review = await mustRequest(cluster.request, 'POST', REVIEWS, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes },
    });
    return readPath(review, 'status', 'allowed') === true;
  };

  it.each([
    { user: 'reader', rights: ['team-a/metrics: get'] },
    { user: 'writer', rights: ['team-a/metrics: create'] },
    { user: 'rule-editor', rights: ['team-a/rules: get,create,update,delete'] },
    { user: 'stranger', rights: [] },
  ])('are, for the $user, $rights and nothing else', async ({ user, rights }) => {
    expect(await rightsOf(user)).toEqual(rights);
  });

  it('come with edit and admin where they are aggregated, and never with view', async () => {
    await poll(
      async () => ((await mayDo('by-admin', 'team-a', RULES_EDIT, 'update')) ? true : undefined),
      { what: 'the rules to be aggregated into admin' },
    );
    expect(await rightsOf('by-admin')).toEqual([
      'team-a/metrics: create',
      'team-a/rules: get,create,update,delete',
    ]);
    expect(await rightsOf('by-edit')).toEqual(['team-a/metrics: create']);
    expect(await rightsOf('by-view')).toEqual([]);
  });
});

function manifests(): readonly Readonly<Record<string, unknown>>[] {
  const chart = platformChart();
  void new AggregatedEditors(chart, 'editors', { rules: 'admin' });
  const tenant = tenantManifests({
    readers: [Subject.user('reader')],
    writers: [Subject.user('writer')],
    ruleEditors: [Subject.user('rule-editor')],
  });
  return [...manifestsOf(chart), ...tenant].map((it) => ({ ...it }));
}
