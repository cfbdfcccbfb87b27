import { SILENT_OBSERVER } from '../../../../frontend/access/access-observer.ts';
import type { Access, Authorized } from '../../../../frontend/access/access.ts';
import type { Identity } from '../../../../frontend/access/identity.ts';
import type { AccessRejection } from '../../../../frontend/access/rejection.ts';
import {
  createHttpUpstream,
  type HttpUpstream,
} from '../../../../frontend/adapters/upstream/http-upstream.ts';
import { CurrentParts } from '../../../../frontend/http/current-parts.ts';
import { FilterSlots } from '../../../../frontend/http/filter-slots.ts';
import { startListener } from '../../../../frontend/http/listener.ts';
import { DEFAULT_PROMQL_FEATURES, type ScopeOptions } from '../../../../frontend/promql/options.ts';
import { accept, refuse, type Result } from '../../../../frontend/result.ts';
import { ClusterScope } from '../../../../tenant/cluster-scope.ts';
import type { TenantId } from '../../../../tenant/tenant-id.ts';
import { TenantScope } from '../../../../tenant/tenant-scope.ts';
import { DEFAULT_TENANCY_LABEL } from '../../../../tenant/tenancy-label.ts';
import { DEFAULT_GROUPS, sharesOf } from '../../../http/harness/limit-groups.ts';
import { type HttpAnswer, sendRequest } from '../../harness/http-request.ts';

/** Where the real upstreams are. */
export interface RealUpstreams {
  readonly queries: string;
  readonly rules?: string;
  readonly alertmanager?: string;
}

/** A frontend in front of real upstreams. */
export interface AnsweringFrontend {
  /** Where it listens. */
  readonly url: string;
  /** Asks as a caller who may read and write the namespaces `team-a` and `team-b`. */
  ask(path: string, question?: Question): Promise<HttpAnswer>;
  stop(): Promise<void>;
}

/** What is asked beside a path. */
export interface Question {
  readonly method?: string;
  readonly json?: unknown;
}

const TENANTS: readonly string[] = ['team-a', 'team-b'];

// Who may do what is the business of other suites; here it is what the answers hold.
const authorize = async (
  _identity: Identity,
  tenants: readonly TenantId[],
): Promise<Result<Authorized, AccessRejection>> => {
  const denied = tenants.find((it) => !TENANTS.includes(it));
  return denied === undefined
    ? accept({ scope: TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants), source: 'static' })
    : refuse({ code: 'tenant_denied', tenant: denied });
};
const ACCESS: Access = {
  identify: async () =>
    accept({ identity: { username: 'jane', uid: '1', groups: [], extra: {} }, source: 'static' }),
  authorize,
  authorizeWrite: (identity, tenants) => authorize(identity, tenants),
  authorizeCluster: async () => accept({ scope: ClusterScope.grant(), source: 'static' }),
};

/**
 * Starts a frontend with every endpoint switched on.
 *
 * @param mode - What becomes of a matcher for another tenant.
 */
export async function startAnsweringFrontend(
  urls: RealUpstreams,
  mode: ScopeOptions['mode'] = 'intersect',
): Promise<AnsweringFrontend> {
  const adapters: HttpUpstream[] = [];
  const upstreamAt = (url: string): HttpUpstream => {
    const adapter = createHttpUpstream({ url, maxSockets: 10 });
    adapters.push(adapter);
    return adapter;
  };
  const queries = upstreamAt(urls.queries);
  const { rules, alertmanager } = urls;
  const upstreams = {
    queries,
    rules: rules === undefined ? undefined : upstreamAt(rules),
    alertmanager: alertmanager === undefined ? undefined : upstreamAt(alertmanager),
  };
  const listener = await startListener(
    {
      address: '127.0.0.1',
      port: 0,
      unsafePlainHttp: false,
      maxConnections: 100,
      maxConnectionsPerCaller: 100,
      headersTimeoutMs: 5_000,
      requestTimeoutMs: 5_000,
      keepAliveTimeoutMs: 5_000,
    },
    new CurrentParts({
      access: ACCESS,
      upstream: queries,
      filtered: {
        upstreams,
        hasTargetMetadata: true,
        maxBytes: 33_554_432,
        slots: new FilterSlots(),
      },
      offer: {
        federate: true,
        alertmanager: alertmanager !== undefined,
        silenceWrites: true,
        clusterWide: true,
      },
      shares: sharesOf(),
      limits: DEFAULT_GROUPS.limits,
      scoping: { mode, features: DEFAULT_PROMQL_FEATURES },
      deadlineMs: 20_000,
      telemetry: {
        requestFinished: () => undefined,
        parametersDropped: () => undefined,
        answerGiven: () => undefined,
        access: SILENT_OBSERVER,
        exposition: async () => ({ contentType: '', body: '' }),
      },
      log: () => undefined,
    }),
  );
  return {
    url: listener.url,
    ask: (path, { method = 'GET', json } = {}) =>
      sendRequest({
        url: `${listener.url}${path}`,
        method,
        headers: {
          Authorization: 'Bearer token',
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      }),
    stop: async () => {
      await listener.drain(0);
      for (const adapter of adapters) adapter.close();
    },
  };
}

/** The body of an answer, which must be a success. */
export function bodyOf({ status, text }: HttpAnswer): unknown {
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
