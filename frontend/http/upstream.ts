import type { Readable } from 'node:stream';
import type { UpstreamRequest } from './forward.ts';

/** What answers scoped queries: one Prometheus or Thanos querier. */
export interface Upstream {
  /**
   * Sends a request and resolves as soon as the headers of the answer are there.
   *
   * @param signal - Aborts the request, at any time until its body has ended.
   * @throws {Fault} `upstream_unavailable` when there is no answer, `upstream_unexpected` when a
   *   success is compressed, or ends with its connection, so that a cut-off one looks complete.
   */
  send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>;
}

/** The answer of the upstream. Whoever gets it reads its body to the end, or destroys it. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Readable;
}
