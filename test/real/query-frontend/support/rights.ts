import type { TestCluster } from '../../harness/kubernetes.ts';
import { poll } from '../../harness/poll.ts';
import { readPath } from '../../harness/read-path.ts';
import type { TenantName } from './tenant-series.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** Lets a ServiceAccount read the metrics of a tenant. */
export function grant(
  cluster: TestCluster,
  tenant: TenantName,
  account: { readonly namespace: string; readonly name: string },
): Promise<void> {
  return cluster.bindRole({
    namespace: tenant,
    role: { kind: 'Role', name: 'metrics-reader' },
    subject: { kind: 'ServiceAccount', ...account },
  });
}

/** Waits until the API server itself allows, or denies, a tenant's ServiceAccount its own metrics. */
export async function untilAllowed(
  cluster: TestCluster,
  tenant: TenantName,
  isAllowed: boolean,
): Promise<void> {
  const user = `system:serviceaccount:${tenant}:grafana`;
  const attributes = { verb: 'get', resource: 'namespace', subresource: 'metrics' };
  const spec = { user, resourceAttributes: { namespace: tenant, ...attributes } };
  await poll(
    async () => {
      const { body } = await cluster.request('POST', REVIEWS, { spec });
      return readPath(body, 'status', 'allowed') === isAllowed ? true : undefined;
    },
    { what: `the API server to ${isAllowed ? 'allow' : 'deny'} access` },
  );
}
