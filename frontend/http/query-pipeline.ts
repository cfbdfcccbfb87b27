import type { Access, Granted } from '../access/access.ts';
import { type Credential, identifyCredential } from '../access/credential.ts';
import type { Identity } from '../access/identity.ts';
import type { LimitsConfig, ResourceAttributesConfig } from '../config/query-frontend.ts';
import type { ScopingConfig } from '../config/scoping.ts';
import { ClusterScope, type SeriesScope } from '../../tenant/cluster-scope.ts';
import { Fault } from '../fault.ts';
import type { Asker } from '../limits/fair-queue.ts';
import type { LimitRejection } from '../limits/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { AuditTrail } from './audit-trail.ts';
import { authorizeRequest } from './authorize-request.ts';
import { authorizeWrite } from './authorize-write.ts';
import type { Cancellation } from './cancellation.ts';
import { TurnRefused } from './coalesce.ts';
import { confineAnswer } from './confine.ts';
import { accessOfRoute } from './endpoint-classes.ts';
import { explainRequest } from './explain-request.ts';
import { answerFiltered, type FilteredParts } from './filtered-pipeline.ts';
import { type ScopedPromql, UpstreamRequest } from './forward.ts';
import { checkLength } from './limit-answer.ts';
import { limitRequest } from './limit-request.ts';
import { localBody } from './local-answers.ts';
import type { Log } from './log.ts';
import type { ReadActor } from './read-actor.ts';
import type { Rejection } from './rejection.ts';
import type { Reply } from './reply.ts';
import {
  type ParsedPromql,
  parsePromql,
  readsSeries,
  scopeNothing,
  scopePromql,
} from './scope-request.ts';
import { scopePromqlToCluster } from './scope-cluster-request.ts';
import { askerOf, type Shares } from './shares.ts';
import type { Upstream, UpstreamFiles } from './upstream.ts';
import { mapUpstreams } from './upstreams.ts';
import { answerWebUi } from './web-ui.ts';

/** What the pipeline works with. */
export interface PipelineParts {
  readonly access: Access;
  readonly upstream: Upstream;
  /** What answers are filtered with. */
  readonly filtered: FilteredParts;
  /** The files of the web UI, where one is offered. */
  readonly webUi?: UpstreamFiles | undefined;
  /** What this request shares with all others. */
  readonly shares: Shares;
  readonly limits: LimitsConfig;
  readonly scoping: ScopingConfig;
  /** Longest time from a request that was read to the last byte of its answer, in milliseconds. */
  readonly deadlineMs: number;
  /** What the API server is asked for, for explanations. @defaultValue it is not asked */
  readonly attributes?: ResourceAttributesConfig | undefined;
  /** The same for requests about the whole cluster. */
  readonly clusterAttributes?: ResourceAttributesConfig | undefined;
  readonly log: Log;
}

/** One request on its way through the pipeline. */
export interface PipelineRequest {
  readonly admitted: AdmittedRequest;
  readonly credential: Credential;
  readonly readActor: ReadActor;
  readonly cancellation: Cancellation;
  readonly trail: AuditTrail;
  /** Hears that the credential was found to be somebody's. */
  readonly onIdentified: (identity: Identity) => Result<undefined, LimitRejection>;
}

/**
 * Takes an admitted request through identify, authorize, scope, forward and confine. Each stage
 * needs what only the one before it can make, and the first refusal ends the way: nothing is sent
 * upstream before the last check has passed.
 */
export async function answerRequest(
  parts: PipelineParts,
  request: PipelineRequest,
): Promise<Result<Reply, Rejection>> {
  const { admitted, trail } = request;
  trail.admitted(admitted);
  request.cancellation.startDeadline(parts.deadlineMs);
  const identified = await identifyCredential(parts.access, request.credential);
  if (!identified.ok) return identified;
  trail.identified(identified.value);
  const { identity } = identified.value;
  const connected = request.onIdentified(identity);
  if (!connected.ok) return connected;
  const access = accessOfRoute(parts.access, admitted.route);
  const takenForUser = parts.shares.takeForUser(identity);
  if (!takenForUser.ok) return takenForUser;
  const actor = await request.readActor();
  if (!actor.ok) return actor;
  trail.actedFor(actor.value);
  const own = { ...parts, access };
  if (admitted.route.shape !== 'explain') return answerCaller(own, request, identity);
  return explainRequest(own, admitted, identified.value, (asked, upstream) =>
    answerCaller({ ...own, upstream }, { ...request, admitted: asked }, identity),
  );
}

async function answerCaller(
  parts: PipelineParts,
  request: PipelineRequest,
  identity: Identity,
): Promise<Result<Reply, Rejection>> {
  const { admitted, trail } = request;
  if (admitted.route.shape === 'local') {
    const authorized = await authorizeRequest(parts.access, identity, admitted, false);
    if (!authorized.ok) return authorized;
    if (authorized.value !== undefined) trail.authorized(authorized.value);
    return accept({ kind: 'text', body: localBody(admitted.route.name) });
  }

  // Named tenants need authorization whatever is asked: without it no PromQL is read for the caller.
  const namesTenants = admitted.tenants.length > 0 || admitted.isClusterWide === true;
  const early = namesTenants ? await authorize(parts, identity, admitted, true) : undefined;
  if (early?.ok === false) return early;
  const { limits, scoping } = parts;
  const promql = readPromql(parts, admitted);
  if (!promql.ok) return promql;
  const needsTenant = admitted.route.shape !== 'syntax' && readsSeries(promql.value);
  const authorized = early ?? (await authorize(parts, identity, admitted, needsTenant));
  if (!authorized.ok) return authorized;
  if (authorized.value !== undefined) trail.authorized(authorized.value);

  const scope = authorized.value?.scope;
  const takenForTenants = parts.shares.takeForTenants(scope);
  if (!takenForTenants.ok) return takenForTenants;
  const own = inTurn(parts, askerOf(identity, scope));
  if (scope === undefined || !needsTenant) {
    if (admitted.route.shape === 'syntax' && promql.value.shape === 'query') {
      return forward(own, request, { shape: 'syntax', expr: promql.value.expr });
    }
    const unscoped = scopeNothing(promql.value);
    if (unscoped === undefined) return refuse({ code: 'tenant_missing' });
    // A query that reads no series has no exemplars.
    if (admitted.route.filter !== undefined) return accept({ kind: 'text', body: NO_ENTRIES });
    return forward(own, request, unscoped);
  }
  const maxBytes = limits.scopedBytes;
  const scoped = ClusterScope.is(scope)
    ? scopePromqlToCluster(promql.value, scope, admitted, { maxBytes })
    : scopePromql(promql.value, scope, { mode: scoping.mode, maxBytes });
  return scoped.ok ? forward(own, request, scoped.value, scope) : scoped;
}

async function authorize(
  { access }: PipelineParts,
  identity: Identity,
  admitted: AdmittedRequest,
  needsTenant: boolean,
): Promise<Result<Granted | undefined, Rejection>> {
  const { write } = admitted;
  return write === undefined
    ? authorizeRequest(access, identity, admitted, needsTenant)
    : authorizeWrite(access, identity, admitted, write.verb);
}

function readPromql(
  { limits, scoping }: PipelineParts,
  admitted: AdmittedRequest,
): Result<ParsedPromql, Rejection> {
  const bounds = {
    maxBytes: limits.queryBytes,
    maxDepth: limits.queryDepth,
    maxSelectors: limits.querySelectors,
  };
  const promql = parsePromql(admitted, bounds, scoping.features);
  if (!promql.ok) return promql;
  const limited = limitRequest(admitted, promql.value, limits);
  return limited.ok ? promql : limited;
}

/** What an answer without any entry looks like. */
const NO_ENTRIES = `${JSON.stringify({ status: 'success', data: [] })}\n`;

/** The parts as one caller has them. */
interface AskerParts extends PipelineParts {
  readonly asker: Asker;
}

// From here on the upstreams are asked in the caller's turn.
function inTurn(parts: PipelineParts, asker: Asker): AskerParts {
  const turns = (upstream: Upstream): Upstream => parts.shares.upstreamFor(upstream, asker);
  const { filtered, webUi } = parts;
  return {
    ...parts,
    upstream: turns(parts.upstream),
    webUi: webUi && parts.shares.filesFor(webUi, asker),
    filtered: { ...filtered, upstreams: mapUpstreams(filtered.upstreams, turns) },
    asker,
  };
}

async function forward(
  parts: AskerParts,
  request: PipelineRequest,
  scoped: ScopedPromql,
  scope?: SeriesScope,
): Promise<Result<Reply, Rejection>> {
  const { cancellation, trail } = request;
  const { route } = request.admitted;
  const { requestId } = trail;
  const { signal } = cancellation;
  try {
    // Reviews take time, in which the client may have left or the deadline passed.
    signal.throwIfAborted();
    if (route.filter !== undefined) return await readFiltered(parts, request, scoped, scope);
    if (route.shape === 'webUi') return await answerWebUi(parts.webUi, request.admitted, signal);
    const answer = await parts.upstream.send(UpstreamRequest.of(request.admitted, scoped), signal);
    const tooLong = checkLength(answer, parts.limits.responseBytes);
    if (tooLong !== undefined) return refuse(tooLong);
    const confined = await confineAnswer(answer, route.format);
    if (confined.ok) return accept({ kind: 'stream', answer: confined.value });
    const { code } = confined.rejection;
    if (code !== 'query_refused_upstream') {
      parts.log('warn', 'upstream_answer_refused', { requestId, code, status: answer.status });
    }
    return confined;
  } catch (error) {
    if (cancellation.reason === 'deadline') {
      return refuse({ code: 'upstream_timeout', deadlineMs: parts.deadlineMs });
    }
    if (error instanceof TurnRefused) return refuse(error.rejection);
    if (!(error instanceof Fault) || cancellation.reason === 'client_gone') throw error;
    parts.log('warn', 'upstream_fault', { requestId, error });
    return refuse({
      code: error.code === 'upstream_unexpected' ? 'upstream_unexpected' : 'upstream_unavailable',
    });
  }
}

async function readFiltered(
  parts: AskerParts,
  { admitted, cancellation, trail }: PipelineRequest,
  scoped: ScopedPromql,
  scope: SeriesScope | undefined,
): Promise<Result<Reply, Rejection>> {
  if (scope === undefined) throw new TypeError('an answer cannot be filtered without a scope');
  const { filtered, asker } = parts;
  const { signal } = cancellation;
  const reply = await answerFiltered(filtered, { admitted, scope, scoped, asker, signal });
  if (!reply.ok && reply.rejection.code.startsWith('upstream_')) {
    const { requestId } = trail;
    parts.log('warn', 'upstream_answer_refused', { requestId, code: reply.rejection.code });
  }
  return reply;
}
