import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ENTRY_POINTS } from '../../docs/reading/constructs.ts';
import { type Manifest, readManifests } from './manifest-workload.ts';
import { PROJECT } from './source-files.ts';

/** A Service of the manifests that came before us. */
export interface SeedService {
  readonly name: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** Its Services, in the namespace `monitoring`. */
export const SEED_SERVICES: readonly SeedService[] = [
  { name: 'thanos-querier-frontend', ports: { http: 9_090 } },
  { name: 'thanos-querier', ports: { http: 9_090 } },
  { name: 'thanos-store-gateway', ports: { grpc: 10_901, http: 10_902 } },
  { name: 'thanos-compactor', ports: { grpc: 10_901, http: 10_902 } },
  { name: 'thanos-sidecar', ports: { grpc: 10_901, http: 10_902 } },
];

/** Its Deployments, whose pods are labelled `app` with their name. */
export const SEED_DEPLOYMENTS: readonly string[] = [
  'thanos-querier-frontend',
  'thanos-querier',
  'thanos-store-gateway',
  'thanos-compactor',
];

/** Everything else that it makes, as kind and name. */
export const SEED_OTHERS: readonly string[] = [
  'Prometheus `prometheus`',
  'ServiceAccount `prometheus`',
  'ClusterRole `prometheus`',
  'ServiceMonitor `prometheus`',
  'ServiceMonitor `thanos-sidecar`',
  'ServiceMonitor `thanos-querier`',
  'ServiceMonitor `thanos-store-gateway`',
  'ServiceMonitor `thanos-compactor`',
  'ConfigMap `kube-rbac-proxy`',
  'ServiceAccount `prometheus-kube-rbac-proxy`',
  'ClusterRoleBinding `prometheus-kube-rbac-proxy`',
  'Secret `thanos-objstore-secret`',
  'Role and RoleBinding `namespace-metrics`',
  'ServiceAccount `grafana-ds-sa`',
  'Secret `grafana-ds-sa-token`',
  'GrafanaDatasource `metrics`',
];

/** The rule of a tenant's Role there. */
export const SEED_RULE: {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
} = { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] };

/** What a tenant has there: a ServiceAccount with that right, and a token in a Secret. */
export function seedTenant(namespace: string): readonly Manifest[] {
  const group = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'grafana-ds-sa', namespace } },
    {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata: { name: 'namespace-metrics', namespace },
      rules: [SEED_RULE],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'namespace-metrics', namespace },
      roleRef: { apiGroup: group, kind: 'Role', name: 'namespace-metrics' },
      subjects: [{ kind: 'ServiceAccount', name: 'grafana-ds-sa', namespace }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: {
        name: 'grafana-ds-sa-token',
        namespace,
        annotations: { 'kubernetes.io/service-account.name': 'grafana-ds-sa' },
      },
    } as Manifest,
  ];
}

/** The document for those who come from there. */
export const MIGRATION_DOCUMENT: string = readFileSync(
  join(PROJECT, 'docs/migration-from-manifests.md'),
  'utf8',
);

/** Synthesises the example of that document, with the sources of this clone. */
export async function synthesiseMigration(): Promise<readonly Manifest[]> {
  const [, example = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(MIGRATION_DOCUMENT) ?? [];
  const code = example.replaceAll(/'(prometheus-tenancy-kit[^']*)'/g, (_all, entry: string) => {
    return `'${join(PROJECT, ENTRY_POINTS[entry] ?? `missing entry point ${entry}`)}'`;
  });
  // Below the project, so that the example finds the packages it imports.
  mkdirSync(join(PROJECT, 'build'), { recursive: true });
  const folder = mkdtempSync(join(PROJECT, 'build', 'migration-'));
  try {
    run(['frontend/bundle.ts']);
    const file = join(folder, 'example.ts');
    writeFileSync(file, code);
    run([file], { CDK8S_OUTDIR: join(folder, 'dist') });
    return await readManifests(join(folder, 'dist'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
}
