import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { operatorCrdFolder } from './build-part.ts';
import { startKubeApiserver, type TestCluster } from './kubernetes.ts';
import { poll } from './poll.ts';
import { readPath } from './read-path.ts';
import { describeReal } from './skip.ts';

const READ_METRICS = [{ apiGroups: ['metrics.example'], resources: ['metrics'], verbs: ['get'] }];

await describeReal('a cluster', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await cluster.createNamespace('team-a', { team: 'a' });
    await cluster.createServiceAccount('team-a', 'reader');
  });

  afterAll(() => cluster.stop());

  async function review(token: string, audiences: readonly string[] = []): Promise<unknown> {
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const { body } = await cluster.request('POST', path, { spec: { token, audiences } });
    return readPath(body, 'status');
  }

  async function mayGetMetrics(user: string, namespace: string): Promise<unknown> {
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const resourceAttributes = {
      verb: 'get',
      group: 'metrics.example',
      resource: 'metrics',
      namespace,
    };
    const { body } = await cluster.request('POST', path, { spec: { user, resourceAttributes } });
    return readPath(body, 'status', 'allowed');
  }

  // The API server takes a moment to see a new binding itself.
  async function untilMayGetMetrics(user: string, namespace: string): Promise<void> {
    await poll(async () => ((await mayGetMetrics(user, namespace)) === true ? true : undefined), {
      what: `the right of ${user} in ${namespace}`,
    });
  }

  it('answers a TokenReview of a token it has made', async () => {
    const status = await review(await cluster.requestToken('team-a', 'reader'));
    expect(status).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:team-a:reader' },
      audiences: [cluster.audience],
    });
  });

  it('tells audiences apart', async () => {
    const token = await cluster.requestToken('team-a', 'reader', {
      audiences: ['kit'],
      durationSeconds: 600,
    });
    expect(await review(token, ['kit'])).toMatchObject({ authenticated: true });
    expect(await review(token, ['other'])).not.toHaveProperty('authenticated');
  });

  it('takes a signed token with the right claims, and refuses one that has expired', async () => {
    const claims = await cluster.tokenClaims('team-a', 'reader');
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    const expired = { ...claims, iat: anHourAgo - 60, nbf: anHourAgo - 60, exp: anHourAgo };
    expect(await review(await cluster.signToken(claims))).toMatchObject({ authenticated: true });
    expect(await review(await cluster.signToken(expired))).toMatchObject({
      error: expect.stringContaining('expired'),
    });
  });

  it('answers SubjectAccessReviews by roles that are bound', async () => {
    await cluster.createRole('team-a', 'metrics-reader', READ_METRICS);
    await cluster.bindRole({
      namespace: 'team-a',
      role: { kind: 'Role', name: 'metrics-reader' },
      subject: { kind: 'ServiceAccount', namespace: 'team-a', name: 'reader' },
    });
    const user = 'system:serviceaccount:team-a:reader';
    await untilMayGetMetrics(user, 'team-a');
    expect(await mayGetMetrics(user, 'default')).toBe(false);
  });

  it('answers SubjectAccessReviews by cluster roles that are bound', async () => {
    await cluster.createClusterRole('metrics-reader', READ_METRICS);
    await cluster.bindClusterRole('metrics-reader', { kind: 'User', name: 'anna' });
    await untilMayGetMetrics('anna', 'default');
  });

  it('applies manifests and refuses unknown fields', async () => {
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'team-a' },
    };
    await cluster.apply([{ ...config, data: { a: 'b' } }]);
    const { body } = await cluster.request('GET', '/api/v1/namespaces/team-a/configmaps/c');
    expect(readPath(body, 'data')).toEqual({ a: 'b' });
    await expect(cluster.apply([{ ...config, dta: {} }])).rejects.toThrow(
      /dta: field not declared in schema/,
    );
    await cluster.deleteObject('configmap', 'c', 'team-a');
    const after = await cluster.request('GET', '/api/v1/namespaces/team-a/configmaps/c');
    expect(after.status).toBe(404);
  });

  it("warns of Pods that fall short of the namespace's PodSecurity level", async () => {
    await cluster.createNamespace('strict', { 'pod-security.kubernetes.io/warn': 'restricted' });
    const { stderr } = await cluster.apply([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd', namespace: 'strict' },
        spec: {
          selector: { matchLabels: { app: 'd' } },
          template: {
            metadata: { labels: { app: 'd' } },
            spec: { containers: [{ name: 'd', image: 'd' }] },
          },
        },
      },
    ]);
    expect(stderr).toContain('would violate PodSecurity "restricted:latest"');
  });

  it('keeps its objects and its address when it is started again', async () => {
    await cluster.stopApiserver();
    await expect(cluster.request('GET', '/readyz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await cluster.startApiserver();
    const { body } = await cluster.request('GET', '/api/v1/namespaces/team-a');
    expect(readPath(body, 'metadata', 'labels', 'team')).toBe('a');
  });
});

await describeReal(
  "a cluster with the operator's definitions",
  ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'],
  () => {
    it('serves PrometheusRule objects', async () => {
      const cluster = await startKubeApiserver();
      const folder = await operatorCrdFolder();
      const file = (await readdir(folder)).find((name) => name.includes('_prometheusrules'));
      await cluster.installCrds(join(folder, String(file)));
      const apiVersion = 'monitoring.coreos.com/v1';
      await cluster.apply([
        {
          apiVersion,
          kind: 'PrometheusRule',
          metadata: { name: 'r', namespace: 'default' },
          spec: {},
        },
      ]);
      const path = `/apis/${apiVersion}/namespaces/default/prometheusrules/r`;
      const { status } = await cluster.request('GET', path);
      await cluster.stop();
      expect(status).toBe(200);
    });
  },
);

await describeReal(
  'a cluster with a controller manager',
  ['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'],
  () => {
    let cluster: TestCluster;

    beforeAll(async () => {
      cluster = await startKubeApiserver({ controllerManager: true });
    });

    afterAll(() => cluster.stop());

    it('fills legacy token Secrets', async () => {
      await cluster.createNamespace('team-a');
      await cluster.createServiceAccount('team-a', 'reader');
      const token = await cluster.legacyToken('team-a', 'reader');
      const path = '/apis/authentication.k8s.io/v1/tokenreviews';
      const { body } = await cluster.request('POST', path, { spec: { token } });
      expect(readPath(body, 'status', 'authenticated')).toBe(true);
    });

    it('lets a deleted namespace go', async () => {
      await cluster.createNamespace('gone');
      const { exitCode } = await cluster.kubectl(['delete', 'namespace', 'gone', '--timeout=60s']);
      expect(exitCode).toBe(0);
    });
  },
);
