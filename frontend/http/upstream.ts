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

/** What holds the files of a web UI. */
export interface UpstreamFiles {
  /**
   * Asks for a file, and resolves as soon as the headers of the answer are there.
   *
   * @param path - A path out of the table of the web UI.
   * @param signal - Aborts the request, at any time until its body has ended.
   * @throws {Fault} `upstream_unavailable` when there is no answer, `upstream_unexpected` when a
   *   success is compressed, or ends with its connection.
   */
  fetch(path: string, signal: AbortSignal): Promise<UpstreamAnswer>;
}

/** The answer of the upstream. Whoever gets it reads its body to the end, or destroys it. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Length of the body in bytes, where the upstream says it before. */
  readonly contentLength?: number | undefined;
  readonly body: Readable;
}

/** Looks at the upstream itself, with requests that read no series. */
export interface UpstreamInspector {
  /**
   * Asks the upstream how it is and which stores stand behind it.
   *
   * @throws {Fault} `upstream_unavailable` when it does not answer in time, `upstream_unexpected`
   *   when its answer is not one of Prometheus or Thanos.
   */
  inspect(): Promise<UpstreamSighting>;
}

/** An upstream that answered. */
export interface UpstreamSighting {
  /** The stores as the upstream lists them, not checked yet. Not there: it is no Thanos querier. */
  readonly stores?: { readonly document: unknown } | undefined;
}
