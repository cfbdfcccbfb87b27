import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access } from '../../../frontend/access/access.ts';
import { type AccessObserver, SILENT_OBSERVER } from '../../../frontend/access/access-observer.ts';
import { readBearerToken } from '../../../frontend/access/bearer-token.ts';
import { createAccess, type RunningAccess } from '../../../frontend/adapters/access-from-config.ts';
import {
  type KubernetesAccessConfig,
  parseQueryFrontendConfig,
} from '../../../frontend/config/query-frontend.ts';
import { reviewRules } from '../../../lib/query-frontend/review-rules.ts';
import { DEFAULT_TENANCY_LABEL } from '../../../tenant/tenancy-label.ts';
import { parseTenantId } from '../../../tenant/tenant-id.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { tempFolder } from '../harness/places.ts';

/** The audience that the kit gives to a frontend's tokens. */
export const OWN_AUDIENCE = 'prometheus-tenancy-kit';

const NAMESPACE = 'monitoring';
const FRONTEND = 'query-frontend';

/** Access over a real API server, as the frontend's ServiceAccount. */
export interface RealAccess {
  readonly running: RunningAccess;
  /** How many reviews were answered since the start. */
  readonly reviews: { token: number; access: number };
  /** Outcomes of the local check since the start. */
  readonly localChecks: string[];
  /** What the log was told since the start. */
  readonly events: readonly string[];
  /**
   * Says what becomes of a request: the granted tenants, or the code of the rejection and, after a
   * colon, the tenant that was denied. Without a namespace it asks for all that may be read.
   */
  ask(token: string, ...namespaces: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Gives the frontend its ServiceAccount, which may do what these settings need and nothing else. */
export async function installFrontend(cluster: TestCluster, settings: object = {}): Promise<void> {
  await cluster.createNamespace(NAMESPACE);
  await cluster.createServiceAccount(NAMESPACE, FRONTEND);
  const { access } = parseSettings({ apiServer: {}, ...settings });
  await cluster.createClusterRole('query-frontend-reviews', [...reviewRules(access)]);
  await cluster.bindClusterRole('query-frontend-reviews', {
    kind: 'ServiceAccount',
    namespace: NAMESPACE,
    name: FRONTEND,
  });
}

/** Makes a tenant: a namespace with a ServiceAccount that may read its own metrics. */
export async function installTenant(cluster: TestCluster, namespace: string): Promise<void> {
  await cluster.createNamespace(namespace);
  await cluster.createServiceAccount(namespace, 'grafana');
  await cluster.createRole(namespace, 'metrics-reader', [
    { apiGroups: [''], resources: ['namespace/metrics'], verbs: ['get'] },
  ]);
  await cluster.bindRole({
    namespace,
    role: { kind: 'Role', name: 'metrics-reader' },
    subject: { kind: 'ServiceAccount', namespace, name: 'grafana' },
  });
}

/** Starts access with the given settings, merged over the defaults of the configuration. */
export async function startAccess(cluster: TestCluster, settings: object): Promise<RealAccess> {
  const folder = await tempFolder('frontend');
  const tokenFile = join(folder.path, 'token');
  await writeFile(tokenFile, await cluster.requestToken(NAMESPACE, FRONTEND), { mode: 0o600 });
  const { access: config } = parseSettings({
    apiServer: { url: cluster.url, caFile: cluster.caFile, tokenFile },
    audiences: [OWN_AUDIENCE, cluster.issuer],
    ...settings,
  });
  const reviews = { token: 0, access: 0 };
  const localChecks: string[] = [];
  const observer: AccessObserver = {
    ...SILENT_OBSERVER,
    reviewFinished: (kind, outcome) => {
      if (outcome !== 'fault') reviews[kind] += 1;
    },
    reviewWithheld: (kind, reason) => {
      events.push(`${kind} withheld: ${reason}`);
    },
    reviewFaulted: (kind, fault) => {
      events.push(`${kind} faulted: ${fault.code}`);
    },
    localCheckFinished: (outcome) => {
      localChecks.push(outcome);
    },
  };
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1' };
  const events: string[] = [];
  const log = (_level: string, event: string): void => {
    events.push(event);
  };
  const running = await createAccess(config, DEFAULT_TENANCY_LABEL, { env, observer, log });
  return {
    running,
    reviews,
    localChecks,
    events,
    ask: (token, ...namespaces) => ask(running.access, token, namespaces),
    stop: async () => {
      running.stop();
      await folder.remove();
    },
  };
}

function parseSettings(settings: object): { readonly access: KubernetesAccessConfig } {
  const parsed = parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://127.0.0.1:1' },
    access: { kind: 'kubernetes', ...settings },
  });
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.rejection));
  const { access } = parsed.value;
  if (access.kind !== 'kubernetes') throw new TypeError('no access by the API server');
  return { access };
}

async function ask(access: Access, text: string, namespaces: readonly string[]): Promise<string> {
  const token = readBearerToken([`Bearer ${text}`]);
  if (!token.ok) return token.rejection.code;
  const identified = await access.identify(token.value);
  if (!identified.ok) return identified.rejection.code;
  const tenants = namespaces.flatMap((namespace) => parseTenantId(namespace) ?? []);
  const { identity } = identified.value;
  const all = { ok: false, rejection: { code: 'tenant_missing' } } as const;
  const authorized =
    tenants.length === 0
      ? ((await access.authorizeAll?.(identity)) ?? all)
      : await access.authorize(identity, tenants);
  if (authorized.ok) return authorized.value.scope.tenants.join(',');
  const { rejection } = authorized;
  return rejection.code === 'tenant_denied'
    ? `${rejection.code}:${rejection.tenant}`
    : rejection.code;
}
