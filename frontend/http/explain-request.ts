import { ClusterScope } from '../../tenant/cluster-scope.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import type { Access, Identified, VerdictSource } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import { mapInParallel } from '../access/map-in-parallel.ts';
import type { LimitsConfig, ResourceAttributesConfig } from '../config/query-frontend.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import { authorizeRequest } from './authorize-request.ts';
import { ERROR_CODES } from './error-codes.ts';
import type { UpstreamRequest } from './forward.ts';
import type { Rejection } from './rejection.ts';
import { describeRejection } from './render-rejection.ts';
import type { Reply } from './reply.ts';
import { type Route, type RouteName, ROUTES } from './routes.ts';
import type { Upstream } from './upstream.ts';

/** Namespaces that one explanation covers: each costs a review, and none of them ends the others. */
const MAX_EXPLAINED_TENANTS = 20;

const PARALLEL_NAMESPACES = 4;

/** What an explanation is made of. */
export interface ExplainParts {
  readonly access: Access;
  readonly limits: LimitsConfig;
  readonly deadlineMs: number;
  /** What the API server is asked for. Not there: it is not asked. */
  readonly attributes?: ResourceAttributesConfig | undefined;
  /** The same for a request about the whole cluster. */
  readonly clusterAttributes?: ResourceAttributesConfig | undefined;
}

/** What a request would come to, as `/-/explain` answers it. */
export interface Explanation {
  readonly identity: {
    readonly username: string;
    readonly groups: readonly string[];
    readonly source: VerdictSource;
    /** The front proxy that asks for the user. */
    readonly delegatedBy?: string;
  };
  /** What a reader must be allowed in each namespace, or in all of them at once. */
  readonly attributes?: ResourceAttributesConfig | undefined;
  /** None where the whole cluster was asked about. */
  readonly namespaces: readonly ExplainedNamespace[];
  /** Whether the caller may read the whole cluster. Not there: that was not asked. */
  readonly clusterWide?: ExplainedVerdict;
  /** Not there: no query was asked about. */
  readonly query?: ExplainedQuery;
  /** By the names of the settings. */
  readonly limits: Readonly<Record<string, number>>;
}

/** Whether the caller may read a namespace. */
export interface ExplainedNamespace extends ExplainedVerdict {
  readonly name: string;
}

/** What was decided. */
export interface ExplainedVerdict {
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  /** Where the verdict came from. */
  readonly source?: VerdictSource | undefined;
}

/** What would become of the query. */
export type ExplainedQuery =
  | { readonly route: RouteName; readonly outcome: 'sent'; readonly text: string }
  | {
      readonly route: RouteName;
      readonly outcome: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly position?: unknown;
    };

/** Takes a request of the caller to its end, with another upstream. */
export type RunQuery = (
  admitted: AdmittedRequest,
  upstream: Upstream,
) => Promise<Result<unknown, Rejection>>;

/**
 * Explains what a request would come to. The stages are those of the request itself, up to an
 * upstream that sends nothing.
 *
 * It tells callers about themselves alone: of a namespace that they may not read, only that, in the
 * same words whether there is one or not.
 */
export async function explainRequest(
  parts: ExplainParts,
  admitted: AdmittedRequest,
  identified: Identified,
  run: RunQuery,
): Promise<Result<Reply, Rejection>> {
  const { tenants } = admitted;
  if (tenants.length > MAX_EXPLAINED_TENANTS) {
    return refuse({ code: 'limit_tenants', limit: MAX_EXPLAINED_TENANTS, value: tenants.length });
  }
  const { identity, source, delegatedBy } = identified;
  const isClusterWide = admitted.isClusterWide === true;
  const clusterWide = isClusterWide ? await explainCluster(parts.access, identity) : undefined;
  const namespaces = isClusterWide ? [] : await explainNamespaces(parts.access, identity, admitted);
  const query = admitted.queries.length === 0 ? undefined : await explainQuery(admitted, run);
  const explanation: Explanation = {
    identity: {
      username: identity.username,
      groups: identity.groups,
      source,
      ...(delegatedBy !== undefined && { delegatedBy }),
    },
    attributes: isClusterWide ? parts.clusterAttributes : parts.attributes,
    namespaces,
    ...(clusterWide !== undefined && { clusterWide }),
    ...(query !== undefined && { query }),
    limits: numbersOf({ ...parts.limits, deadlineMs: parts.deadlineMs }),
  };
  const body = `${JSON.stringify({ status: 'success', data: explanation })}\n`;
  return accept({ kind: 'text', body });
}

async function explainNamespaces(
  access: Access,
  identity: Identity,
  admitted: AdmittedRequest,
): Promise<readonly ExplainedNamespace[]> {
  if (admitted.tenants.length > 0) {
    return mapInParallel(admitted.tenants, {
      limit: PARALLEL_NAMESPACES,
      map: (tenant) => explainNamespace(access, identity, tenant),
      isLast: () => false,
    });
  }
  const authorized = await authorizeRequest(access, identity, admitted, true);
  if (!authorized.ok || authorized.value === undefined) return [];
  const { scope, source } = authorized.value;
  if (ClusterScope.is(scope)) throw new TypeError('the whole cluster was not asked about');
  return scope.tenants.map((name) => ({ name, verdict: 'allowed', source }));
}

async function explainCluster(access: Access, identity: Identity): Promise<ExplainedVerdict> {
  let deniedBy: VerdictSource | undefined;
  const authorized = await access.authorizeCluster?.(identity, (source) => {
    deniedBy = source;
  });
  if (authorized === undefined) return { verdict: 'denied' };
  if (authorized.ok) return { verdict: 'allowed', source: authorized.value.source };
  const isDenied = authorized.rejection.code === 'cluster_denied';
  return isDenied ? { verdict: 'denied', source: deniedBy } : { verdict: 'unknown' };
}

async function explainNamespace(
  access: Access,
  identity: Identity,
  tenant: TenantId,
): Promise<ExplainedNamespace> {
  let deniedBy: VerdictSource | undefined;
  const authorized = await access.authorize(identity, [tenant], (source) => {
    deniedBy = source;
  });
  const name = tenant;
  if (authorized.ok) return { name, verdict: 'allowed', source: authorized.value.source };
  const isDenied = authorized.rejection.code === 'tenant_denied';
  return isDenied ? { name, verdict: 'denied', source: deniedBy } : { name, verdict: 'unknown' };
}

async function explainQuery(asked: AdmittedRequest, run: RunQuery): Promise<ExplainedQuery> {
  const route = routeOf(asked);
  const { name } = route;
  const missing = route.required.find((it) => it !== 'query' && !asked.parameters.has(it));
  if (missing !== undefined) {
    return refused(name, { code: 'parameter_missing', parameter: missing });
  }
  try {
    const ran = await run({ ...asked, route, upstreamPath: route.path }, NOWHERE);
    if (!ran.ok) return refused(name, ran.rejection);
    throw new TypeError('a query was answered without an upstream');
  } catch (error) {
    if (!(error instanceof NotSent)) throw error;
    const text = new URLSearchParams(error.request.form).get('query') ?? '';
    return { route: name, outcome: 'sent', text };
  }
}

// A query with any of the parameters that only a range has is meant as one.
function routeOf({ parameters }: AdmittedRequest): Route {
  const isRange = ['start', 'end', 'step'].some((name) => parameters.has(name));
  const name: RouteName = isRange ? 'query_range' : 'query';
  const route = ROUTES.find((row) => row.name === name);
  if (route === undefined) throw new TypeError(`there is no route ${name}`);
  return route;
}

function refused(route: RouteName, rejection: Rejection): ExplainedQuery {
  const { code } = rejection;
  const { status } = ERROR_CODES[code];
  return {
    route,
    outcome: 'refused',
    status,
    code,
    message: describeRejection(rejection),
    ...('position' in rejection && { position: rejection.position }),
  };
}

/** Says which request reached the upstream that there is not. */
class NotSent extends Error {
  readonly request: UpstreamRequest;

  constructor(request: UpstreamRequest) {
    super('an explained request is not sent');
    this.request = request;
  }
}

const NOWHERE: Upstream = {
  send: async (request) => {
    throw new NotSent(request);
  },
};

// Settings that are not numbers may one day say something of other tenants.
function numbersOf(settings: object): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, number] => {
      return typeof entry[1] === 'number';
    }),
  );
}
