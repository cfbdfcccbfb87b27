import { ClusterScope, type SeriesScope } from '../../tenant/cluster-scope.ts';
import type { Asker } from '../limits/fair-queue.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import { refusalOf } from './confine.ts';
import { filterAnswer } from './filter-answer.ts';
import type { FilterSlots } from './filter-slots.ts';
import { filterOf, narrowingOf } from './filters.ts';
import { type ScopedPromql, UpstreamRequest } from './forward.ts';
import type { Rejection } from './rejection.ts';
import type { Reply } from './reply.ts';
import { showSilence, writeSilence } from './silences.ts';
import { upstreamOf, type Upstreams } from './upstreams.ts';

/** What filtered answers are made with. */
export interface FilteredParts {
  readonly upstreams: Upstreams;
  /** Whether the upstream knows which target a metric's metadata comes from. */
  readonly hasTargetMetadata: boolean;
  /** Bytes of an upstream's answer that is filtered. */
  readonly maxBytes: number;
  /** Shared by all requests. */
  readonly slots: FilterSlots;
}

/** A request whose answer is filtered, after it was authorized. */
export interface FilteredRequest {
  readonly admitted: AdmittedRequest;
  readonly scope: SeriesScope;
  /** The caller's PromQL, on routes that send some. */
  readonly scoped: ScopedPromql;
  readonly asker: Asker;
  readonly signal: AbortSignal;
}

const NO_METADATA = `${JSON.stringify({ status: 'success', data: {} })}\n`;

/** Asks the upstream of a route, and answers with what its filter lets through. */
export function answerFiltered(
  parts: FilteredParts,
  request: FilteredRequest,
): Promise<Result<Reply, Rejection>> {
  const { asker, signal } = request;
  // The place comes before the question: an answer that has begun must be read.
  return parts.slots.run(asker, signal, () => askAndFilter(parts, request));
}

async function askAndFilter(
  parts: FilteredParts,
  request: FilteredRequest,
): Promise<Result<Reply, Rejection>> {
  const { admitted, scope, signal } = request;
  const { filter: name, shape, upstream } = admitted.route;
  if (name === undefined) throw new TypeError('the route has no filter');
  if (admitted.write !== undefined) {
    if (ClusterScope.is(scope)) throw new TypeError('nothing is changed in the whole cluster');
    return writeSilence(parts, { ...request, scope }, admitted.write);
  }
  if (name === 'silence') return showSilence(parts, request);
  // Behind Thanos nobody knows whose HELP text is whose, so there is nothing that may be shown.
  if (name === 'metadata' && !parts.hasTargetMetadata) {
    return accept({ kind: 'text', body: NO_METADATA });
  }
  const message =
    shape === 'filtered'
      ? UpstreamRequest.ofFiltered(admitted, narrowingOf(name, scope))
      : UpstreamRequest.of(admitted, request.scoped);
  const answer = await upstreamOf(parts.upstreams, upstream).send(message, signal);
  const refusal = await refusalOf(answer);
  if (refusal !== undefined) return refuse(refusal);
  const bounds = { maxBytes: parts.maxBytes, signal };
  const filtered = await filterAnswer(answer.body, filterOf(name, scope, admitted), bounds);
  if (filtered.ok) return accept({ kind: 'stream', answer: filtered.value });
  return refuse({
    code: filtered.rejection.code === 'page_unknown' ? 'page_unknown' : 'upstream_unexpected',
  });
}
