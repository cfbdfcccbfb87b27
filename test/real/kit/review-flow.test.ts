import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  RuntimeCode,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
} from '../../../lib/index.ts';
import { DEFAULT_TENANCY_LABEL } from '../../../tenant/tenancy-label.ts';
import {
  type Manifest,
  manifestsOf,
  PLACEHOLDER,
  platformChart,
} from '../../lib/support/manifests.ts';
import { type KubeAnswer, mustRequest } from '../harness/kube-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

const NAME = 'prometheus-tenancy-kit-tenant-query-frontend-reviews';
const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1';
const FLOW_KINDS = ['FlowSchema', 'PriorityLevelConfiguration'];

// What the API server says of each request that it has classified.
const SCHEMA_HEADER = 'x-kubernetes-pf-flowschema-uid';
const LEVEL_HEADER = 'x-kubernetes-pf-prioritylevel-uid';

const TOKEN_REVIEW = {
  path: '/apis/authentication.k8s.io/v1/tokenreviews',
  body: { spec: { token: 'sha256~unknown' } },
};
const ACCESS_REVIEW = {
  path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  body: { spec: { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods' } } },
};

await describeReal('the flow of reviews', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await cluster.createNamespace('monitoring');
    const rbac = /^(?:ServiceAccount|ClusterRole(?:Binding)?)$/;
    await cluster.apply(synth({}).flatMap((it) => (rbac.test(it.kind) ? [{ ...it }] : [])));
    await cluster.createServiceAccount('monitoring', 'other');
    await cluster.bindClusterRole(NAME, {
      kind: 'ServiceAccount',
      namespace: 'monitoring',
      name: 'other',
    });
  }, 300_000);

  afterAll(() => cluster?.stop());

  const review = async (
    account: string,
    { path, body }: { readonly path: string; readonly body: object },
  ): Promise<KubeAnswer> => {
    const token = await cluster.requestToken('monitoring', account);
    return cluster.request('POST', path, body, { token });
  };

  const uidOf = async (resource: string, name: string): Promise<string> =>
    readString(
      await mustRequest(cluster.request, 'GET', `${FLOW}/${resource}/${name}`),
      'metadata',
      'uid',
    );

  it('is that of all ServiceAccounts where none is made', async () => {
    const { status, headers } = await review('tenant-query-frontend', ACCESS_REVIEW);
    expect(status).toBe(201);
    expect(headers[SCHEMA_HEADER]).toBe(await uidOf('flowschemas', 'service-accounts'));
    expect(headers[LEVEL_HEADER]).toBe(await uidOf('prioritylevelconfigurations', 'workload-low'));
  });

  it('is taken by the API server without a warning, and changes nothing the second time', async () => {
    const manifests = synth({ reviewFlow: {} }).filter(({ kind }) => FLOW_KINDS.includes(kind));
    expect(manifests).toHaveLength(2);
    const { stderr } = await cluster.apply(manifests.map((it) => ({ ...it })));
    expect(stderr).toBe('');
    // The API server writes their status by itself; the generation counts what we have written.
    const first = await generations();
    expect(first).toEqual([1, 1]);
    await cluster.apply(manifests.map((it) => ({ ...it })));
    expect(await generations()).toEqual(first);
  });

  it('holds both reviews of the frontend, and nothing else', async () => {
    const schema = await uidOf('flowschemas', NAME);
    const level = await uidOf('prioritylevelconfigurations', NAME);
    const ours = { [SCHEMA_HEADER]: schema, [LEVEL_HEADER]: level };
    // The API server follows its own configuration, a moment later.
    await poll(
      async () => {
        const { headers } = await review('tenant-query-frontend', ACCESS_REVIEW);
        return headers[SCHEMA_HEADER] === schema ? true : undefined;
      },
      { what: 'the flow to be in force' },
    );
    for (const asked of [TOKEN_REVIEW, ACCESS_REVIEW]) {
      const answer = await review('tenant-query-frontend', asked);
      expect(answer.status).toBe(201);
      expect(answer.headers).toMatchObject(ours);
      const other = await review('other', asked);
      expect(other.status).toBe(201);
      expect(other.headers[LEVEL_HEADER]).not.toBe(level);
    }
    const token = await cluster.requestToken('monitoring', 'tenant-query-frontend');
    const listed = await cluster.request('GET', '/api/v1/namespaces', undefined, { token });
    expect(listed.headers[LEVEL_HEADER]).not.toBe(level);
  });

  it('has seats of its own', async () => {
    const { body } = await cluster.request('GET', '/metrics');
    const seats = new RegExp(
      `^apiserver_flowcontrol_current_limit_seats\\{priority_level="${NAME}"\\} (\\d+)$`,
      'm',
    ).exec(String(body));
    expect(Number(seats?.[1])).toBeGreaterThan(10);
    const dangling = readPath(
      await mustRequest(cluster.request, 'GET', `${FLOW}/flowschemas/${NAME}`),
      'status',
      'conditions',
    );
    expect(dangling).toEqual([expect.objectContaining({ type: 'Dangling', status: 'False' })]);
  });

  const generations = (): Promise<readonly unknown[]> =>
    Promise.all(
      ['flowschemas', 'prioritylevelconfigurations'].map(async (resource) => {
        const path = `${FLOW}/${resource}/${NAME}`;
        return readPath(await mustRequest(cluster.request, 'GET', path), 'metadata', 'generation');
      }),
    );
});

function synth(props: Partial<TenantQueryFrontendProps>): readonly Manifest[] {
  const chart = platformChart();
  void new TenantQueryFrontend(chart, 'frontend', {
    upstream: {
      queryUrl: 'http://querier:10902',
      pods: { component: 'querier', podLabels: { app: 'querier' }, metricsPorts: [] },
      queryPort: { name: 'http', port: 10_902 },
      tenancyLabel: DEFAULT_TENANCY_LABEL,
    },
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...props,
  });
  return manifestsOf(chart);
}
