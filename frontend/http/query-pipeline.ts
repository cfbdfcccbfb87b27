import type { Access } from '../access/access.ts';
import type { BearerToken } from '../access/bearer-token.ts';
import type { LimitsConfig } from '../config/query-frontend.ts';
import { Fault } from '../fault.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { AuditTrail } from './audit-trail.ts';
import { authorizeRequest } from './authorize-request.ts';
import { BUILD_INFO_BODY } from './build-info.ts';
import type { Cancellation } from './cancellation.ts';
import { type ConfinedAnswer, confineAnswer } from './confine.ts';
import { type ScopedPromql, UpstreamRequest } from './forward.ts';
import type { Log } from './log.ts';
import type { Rejection } from './rejection.ts';
import { parsePromql, readsSeries, scopeNothing, scopePromql } from './scope-request.ts';
import type { Upstream } from './upstream.ts';

/** What the caller gets: a text of ours, or a confined answer of the upstream. */
export type Reply =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'stream'; readonly answer: ConfinedAnswer };

/** What the pipeline works with. */
export interface PipelineParts {
  readonly access: Access;
  readonly upstream: Upstream;
  readonly limits: Pick<LimitsConfig, 'queryBytes' | 'queryDepth' | 'querySelectors'>;
  /** Longest time from a request that was read to the last byte of its answer, in milliseconds. */
  readonly deadlineMs: number;
  readonly log: Log;
}

/** One request on its way through the pipeline. */
export interface PipelineRequest {
  readonly admitted: AdmittedRequest;
  readonly token: BearerToken;
  readonly cancellation: Cancellation;
  readonly trail: AuditTrail;
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
  const identified = await parts.access.identify(request.token);
  if (!identified.ok) return identified;
  trail.identified(identified.value);
  const { identity } = identified.value;

  if (admitted.route.shape === 'local') {
    const authorized = await authorizeRequest(parts.access, identity, admitted, false);
    return authorized.ok ? accept({ kind: 'text', body: BUILD_INFO_BODY }) : authorized;
  }

  const promql = parsePromql(admitted, {
    maxBytes: parts.limits.queryBytes,
    maxDepth: parts.limits.queryDepth,
    maxSelectors: parts.limits.querySelectors,
  });
  if (!promql.ok) return promql;
  const needsTenant = readsSeries(promql.value);
  const authorized = await authorizeRequest(parts.access, identity, admitted, needsTenant);
  if (!authorized.ok) return authorized;
  if (authorized.value !== undefined) trail.authorized(authorized.value);

  const scope = authorized.value?.scope;
  if (scope === undefined || !needsTenant) {
    const unscoped = scopeNothing(promql.value);
    if (unscoped === undefined) return refuse({ code: 'tenant_missing' });
    return forward(parts, request, unscoped);
  }
  const scoped = scopePromql(promql.value, scope);
  return scoped.ok ? forward(parts, request, scoped.value) : scoped;
}

async function forward(
  parts: PipelineParts,
  request: PipelineRequest,
  scoped: ScopedPromql,
): Promise<Result<Reply, Rejection>> {
  const { cancellation, trail } = request;
  const { requestId } = trail;
  const { signal } = cancellation;
  try {
    // Reviews take time, in which the client may have left or the deadline passed.
    signal.throwIfAborted();
    const answer = await parts.upstream.send(UpstreamRequest.of(request.admitted, scoped), signal);
    const confined = await confineAnswer(answer);
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
    if (!(error instanceof Fault) || cancellation.reason === 'client_gone') throw error;
    parts.log('warn', 'upstream_fault', { requestId, error });
    return refuse({
      code: error.code === 'upstream_unexpected' ? 'upstream_unexpected' : 'upstream_unavailable',
    });
  }
}
