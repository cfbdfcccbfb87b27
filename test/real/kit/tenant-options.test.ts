import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Duration } from 'cdk8s';
import type { NodeImage } from '../../../lib/query-frontend/node-image.ts';
import {
  CertificateAuthority,
  OperatorDataSource,
  Token,
} from '../../../tenant/onboarding/index.ts';
import { at, listAt, type Manifest, only, textAt, textsAt } from '../../lib/support/manifests.ts';
import { TENANT_FRONTEND, tenantManifests } from '../../lib/support/tenant.ts';
import { enforce } from '../admission/admitted-cluster.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type ProgramResult, runProgram } from '../harness/processes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { GRAFANA_DATA_SOURCES } from './support/grafana-data-sources.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'operator-crds',
] as const;

const AUDIENCE = 'tenant-query-frontend';
const RENEWER = 'metrics-reader-token-renewer';

/** The image of the renewal, without its tag. */
const NODE = 'docker.io/library/node';

const CREATED_JOB = /^job\.batch\/metrics-reader-token-renewer-\S+ created$/m;
const UNCHANGED_JOB = /^job\.batch\/metrics-reader-token-renewer-\S+ unchanged$/m;

function renewedManifests(image: NodeImage = {}): Manifest[] {
  return tenantManifests({
    frontend: { ...TENANT_FRONTEND, tokenAudience: AUDIENCE },
    token: Token.renewed({ lifetime: Duration.hours(24), image }),
    grafana: new OperatorDataSource({
      instanceLabels: { dashboards: 'team-a' },
      certificateAuthority: CertificateAuthority.system(),
    }),
    quota: { rules: 2 },
    samples: true,
  });
}

// The controller of quotas looks for new kinds twice a minute. In a cluster they are there for long.
async function awaitCountedKinds(cluster: TestCluster): Promise<void> {
  const quotas = '/api/v1/namespaces/team-b/resourcequotas';
  const count = 'count/prometheusrules.monitoring.coreos.com';
  let attempt = 0;
  await poll(
    async () => {
      attempt += 1;
      const metadata = { name: `probe-${attempt}` };
      await cluster.request('POST', quotas, { metadata, spec: { hard: { [count]: '1' } } });
      await setTimeout(1_000);
      const { body } = await cluster.request('GET', `${quotas}/${metadata.name}`);
      return readPath(body, 'status', 'used', count) === undefined ? undefined : true;
    },
    { what: 'the quota controller to know the kinds of the operator', withinMs: 180_000 },
  );
}

await describeReal('the options of a tenant, on the real API server', PARTS, () => {
  let cluster: TestCluster;
  let folder: TempFolder;
  const manifests = renewedManifests();

  beforeAll(async () => {
    folder = await tempFolder('tenant-options');
    cluster = await startOperatorCluster({ controllerManager: true });
    await cluster.apply([GRAFANA_DATA_SOURCES]);
    await cluster.createNamespace('monitoring');
    for (const name of ['team-a', 'team-b']) {
      await cluster.createNamespace(name, {
        'prometheus-tenancy-kit/tenant': 'true',
        'pod-security.kubernetes.io/warn': 'restricted',
      });
    }
    await enforce(cluster);
    await awaitCountedKinds(cluster);
  });

  afterAll(async () => {
    await cluster.stop();
    await folder.remove();
  });

  const applyAll = async (objects = manifests): Promise<void> => {
    const { stderr } = await mustKubectl(
      cluster.kubectl,
      ['apply', '--server-side', '--validate=strict', '--filename=-'],
      objects.map((it) => JSON.stringify(it)).join('\n'),
    );
    expect(stderr).toBe('');
  };

  // Lays out what the pod mounts, and runs its very command. Paths alone are others.
  const runRenewal = async (
    change: (settings: Record<string, unknown>) => void = () => undefined,
  ): Promise<ProgramResult> => {
    const pod = at(only(manifests, 'CronJob').spec, 'jobTemplate', 'spec', 'template', 'spec');
    expect(textAt(pod, 'serviceAccountName')).toBe(RENEWER);
    const token = join(folder.path, 'service-account');
    await mkdir(token, { recursive: true });
    await writeFile(join(token, 'token'), await cluster.requestToken('team-a', RENEWER));
    await writeFile(join(token, 'ca.crt'), await readFile(cluster.caFile));
    const mounted = textAt(pod, 'containers', 0, 'volumeMounts', 0, 'mountPath');
    const files = textsAt(
      only(manifests, 'ConfigMap', textAt(pod, 'volumes', 0, 'configMap', 'name')),
      'data',
    );
    const settings = JSON.parse(files['settings.json'] ?? '') as Record<string, unknown>;
    expect(settings['folder']).toBe('/var/run/secrets/kubernetes.io/serviceaccount');
    settings['folder'] = token;
    change(settings);
    await writeFile(join(folder.path, 'renew-token.mjs'), files['renew-token.mjs'] ?? '');
    await writeFile(join(folder.path, 'settings.json'), JSON.stringify(settings));
    const [, ...args] = listAt(pod, 'containers', 0, 'command').map((it) =>
      String(it).replace(mounted, folder.path),
    );
    const { hostname, port } = new URL(cluster.url);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    return runProgram(process.execPath, args, { env });
  };

  const storedToken = async (): Promise<string> => {
    const path = '/api/v1/namespaces/team-a/secrets/metrics-reader-renewed-token';
    const { body } = await cluster.request('GET', path);
    return Buffer.from(String(readPath(body, 'data', 'token') ?? ''), 'base64').toString('utf8');
  };

  const review = async (token: string, audiences: readonly string[]): Promise<unknown> => {
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const { body } = await cluster.request('POST', path, { spec: { token, audiences } });
    return readPath(body, 'status');
  };

  it('are taken field for field, without a warning, also by the admission policies', async () => {
    await applyAll();
    const { metadata, spec } = only(manifests, 'ServiceMonitor');
    const refused = await cluster.request(
      'POST',
      '/apis/monitoring.coreos.com/v1/namespaces/team-a/servicemonitors?dryRun=All',
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { ...metadata, name: 'redirected' },
        spec: { ...(spec as object), endpoints: [{ port: 'metrics' }] },
      },
    );
    expect(refused.status).toBe(403);
  });

  it('can be applied again with another image, though no Job can be changed', async () => {
    const upgraded = renewedManifests({ tag: '26-slim' });
    const job = only(upgraded, 'Job');
    const { name } = only(manifests, 'Job').metadata;
    const sameJob = { ...job, metadata: { ...job.metadata, name } };
    await expect(applyAll([sameJob])).rejects.toThrow(/immutable/);
    await applyAll(upgraded);
  });

  it('can be applied by overlays that take the image from elsewhere, one after the other', async () => {
    const base = join(folder.path, 'base');
    const overlay = join(folder.path, 'overlay');
    for (const path of [base, overlay]) await mkdir(path, { recursive: true });
    const applyMirror = async (objects: readonly Manifest[], newName: string): Promise<string> => {
      const kustomization = { resources: ['../base'], images: [{ name: NODE, newName }] };
      await writeFile(
        join(base, 'objects.yaml'),
        objects.map((it) => JSON.stringify(it)).join('\n---\n'),
      );
      await writeFile(join(base, 'kustomization.yaml'), '{"resources": ["objects.yaml"]}');
      await writeFile(join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
      const args = ['apply', '--kustomize', overlay];
      return (await mustKubectl(cluster.kubectl, args)).stdout;
    };
    const job = only(manifests, 'Job');
    const { annotations: _, ...metadata } = job.metadata;
    const named = { ...job, metadata: { ...metadata, name: 'not-hashed' } };
    await applyMirror([named], 'mirror-1/node');
    await expect(applyMirror([named], 'mirror-2/node')).rejects.toThrow(/immutable/);
    const first = await applyMirror(manifests, 'mirror-1/node');
    const second = await applyMirror(manifests, 'mirror-2/node');
    for (const stdout of [first, second]) expect(stdout).toMatch(CREATED_JOB);
    expect(await applyMirror(manifests, 'mirror-2/node')).toMatch(UNCHANGED_JOB);
  });

  it('write a token that the frontend takes and the API server does not', async () => {
    expect(await storedToken()).toBe('');
    const { exitCode, stderr, stdout } = await runRenewal();
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(stdout).toMatch(/^renewed, valid until \d{4}-/);
    const token = await storedToken();
    expect(stdout).not.toContain(token);
    expect(await review(token, [AUDIENCE])).toMatchObject({
      authenticated: true,
      audiences: [AUDIENCE],
      user: { username: 'system:serviceaccount:team-a:metrics-reader' },
    });
    expect(await review(token, [])).not.toHaveProperty('authenticated', true);
    const claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as { readonly exp: number; readonly iat: number };
    expect(claims.exp - claims.iat).toBe(86_400);
  });

  it('write another one the next time, which an apply leaves alone', async () => {
    const first = await storedToken();
    expect((await runRenewal()).exitCode).toBe(0);
    const second = await storedToken();
    expect(second).not.toBe(first);
    await applyAll();
    expect(await storedToken()).toBe(second);
  });

  it.each([
    ['another ServiceAccount', { serviceAccount: 'default' }, 403],
    ['another Secret', { secret: 'somebody-elses' }, 403],
    ['another namespace', { namespace: 'team-b' }, 403],
  ])('may not be turned to %s, and say so without a token', async (_what, change, status) => {
    const before = await storedToken();
    const { exitCode, stderr, stdout } = await runRenewal((it) => Object.assign(it, change));
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`: ${status} `);
    expect(stderr).not.toMatch(/eyJ/);
    expect(await storedToken()).toBe(before);
  });

  it('bound the number of rules', async () => {
    const rule = only(manifests, 'PrometheusRule');
    const path = '/apis/monitoring.coreos.com/v1/namespaces/team-a/prometheusrules';
    const named = (name: string): Manifest => ({ ...rule, metadata: { ...rule.metadata, name } });
    // The first is the sample. Whoever creates a kind soon after it was defined waits for its count.
    const second = await poll(
      async () => {
        const { status } = await cluster.request('POST', path, named('second'));
        return status === 201 ? status : undefined;
      },
      { what: 'the quota to be counted' },
    );
    expect(second).toBe(201);
    const third = await cluster.request('POST', path, named('third'));
    expect(third.status).toBe(403);
    expect(String(readPath(third.body, 'message'))).toContain('exceeded quota');
  });
});
