import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  MIGRATION_DOCUMENT,
  SEED_DEPLOYMENTS,
  SEED_SERVICES,
  type SeedService,
  seedTenant,
  synthesiseMigration,
} from '../../support/seed-platform.ts';
import type { HttpAnswer } from '../harness/http-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { outcomeOf } from '../query-frontend/support/envelope.ts';
import { get, type Question, send, withToken } from '../query-frontend/support/question.ts';
import {
  applyAccess,
  startSynthesisedFrontend,
  type SynthesisedFrontend,
} from '../query-frontend/support/synthesised-frontend.ts';
import type { Manifests } from '../query-frontend/support/synthesised.ts';
import { AT, seriesOf, shows } from '../query-frontend/support/tenant-series.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'prometheus',
  'promtool',
] as const;
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

await describeReal('the platform that takes the place of the older manifests', PARTS, () => {
  const started = new AsyncDisposableStack();
  let manifests: Manifests;
  let cluster: TestCluster;
  let prometheus: RunningPrometheus;
  let frontend: SynthesisedFrontend;

  beforeAll(async () => {
    const folder = await tempFolder('seed-migration');
    started.defer(folder.remove);
    manifests = await synthesiseMigration();
    prometheus = await startPrometheus({ openMetrics: seriesOf('team-a', 'team-b') });
    started.defer(prometheus.stop);
    const apiserverFlags = [`--api-audiences=${ISSUER}`];
    cluster = await startKubeApiserver({ controllerManager: true, apiserverFlags });
    started.defer(cluster.stop);
    const tenants = ['team-a', 'team-b'].flatMap((name) => [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      ...seedTenant(name),
    ]);
    await applyAccess(cluster, [...manifests, ...tenants]);
    frontend = await startSynthesisedFrontend(cluster, manifests, {
      folder: folder.path,
      upstreamUrl: prometheus.url,
    });
    started.defer(frontend.stop);
  }, 300_000);

  afterAll(() => started.disposeAsync());

  /** The token that the cluster put into the Secret of a tenant. */
  const tokenOf = async (namespace: string): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}/secrets/grafana-ds-sa-token`;
    const token = await poll(
      async () => readPath((await cluster.request('GET', path)).body, 'data', 'token'),
      { what: `the controller manager to fill ${path}` },
    );
    return Buffer.from(String(token), 'base64').toString('utf8');
  };

  // As the data source asks: the namespace as a parameter, at the root of the Service.
  const orders = (namespace: string): Question =>
    get('/api/v1/query', { query: 'shop_orders', namespace, ...AT });

  const ask = async (tenant: string, namespace: string): Promise<HttpAnswer> =>
    frontend.ask(withToken(orders(namespace), await tokenOf(tenant)));

  it('serves a tenant whose Role, token and data source are the old ones', async () => {
    const answer = await ask('team-a', 'team-a');
    expect(outcomeOf(answer)).toEqual({ status: 200, code: undefined });
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(shows(answer.text, 'team-b')).toBe(false);
  });

  it('refuses the same tenant another namespace', async () => {
    const answer = await ask('team-a', 'team-b');
    expect(outcomeOf(answer)).toEqual({ status: 403, code: 'tenant_denied' });
    // Behind the frontend there is something to refuse.
    const unscoped = await send({ url: prometheus.url }, orders('team-a'));
    expect(shows(unscoped.text, 'team-b')).toBe(true);
  });

  it('admits nobody by the old ServiceAccount once the old Role is gone', async () => {
    expect((await ask('team-b', 'team-b')).status).toBe(200);
    const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/team-b/roles/namespace-metrics';
    expect((await cluster.request('DELETE', path)).status).toBe(200);
    await poll(async () => ((await ask('team-b', 'team-b')).status === 403 ? true : undefined), {
      what: 'the remembered verdict to end',
      withinMs: 60_000,
    });
  }, 90_000);

  it('can be applied over the old objects, but for those that the document has deleted', async () => {
    const old = [...SEED_SERVICES.map(oldService), ...SEED_DEPLOYMENTS.map(oldDeployment)];
    // As they were applied then, which marks fields as another manager's.
    const stdin = old.map((it) => JSON.stringify(it)).join('\n');
    expect(await cluster.kubectl(['apply', '--filename=-'], { stdin })).toMatchObject({
      exitCode: 0,
    });
    const kinds = ['Deployment', 'Service', 'StatefulSet'];
    const refused: string[] = [];
    for (const manifest of manifests.filter(({ kind }) => kinds.includes(kind))) {
      const { exitCode, stderr } = await cluster.kubectl(
        ['apply', '--server-side', '--force-conflicts', '--filename=-'],
        { stdin: JSON.stringify(manifest) },
      );
      if (exitCode === 0) continue;
      expect(stderr).toMatch(/field is immutable|may not change once set/);
      refused.push(`${manifest.kind.toLowerCase()} ${manifest.metadata.name}`);
    }
    const querier = await cluster.request(
      'GET',
      '/api/v1/namespaces/monitoring/services/thanos-querier',
    );
    const ports = readPath(querier.body, 'spec', 'ports');
    expect(Array.isArray(ports) && ports.map((it: unknown) => readPath(it, 'port'))).toEqual(
      expect.arrayContaining([9_090, 10_901, 10_902]),
    );
    // Deployments whose successor is a StatefulSet are deleted because two must not run at once.
    const replaced = ['deployment thanos-compactor', 'deployment thanos-store-gateway'];
    expect([...refused, ...replaced].toSorted()).toEqual(deletedFirst().toSorted());
  });
});

/** What the document has deleted before anything is applied, as kind and name. */
function deletedFirst(): readonly string[] {
  const commands = MIGRATION_DOCUMENT.matchAll(
    /^ *kubectl -n monitoring delete (?<kind>deployment|service) (?<names>[\w -]+)$/gm,
  );
  return [...commands].flatMap(({ groups = {} }) =>
    (groups['names'] ?? '').split(' ').map((name) => `${groups['kind'] ?? ''} ${name}`),
  );
}

function oldService({ name, ports }: SeedService): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'monitoring', labels: { app: name } },
    spec: {
      selector: { app: name },
      ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
    },
  };
}

function oldDeployment(name: string): Readonly<Record<string, unknown>> {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'monitoring' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name, image: `example/${name}` }] },
      },
    },
  };
}
