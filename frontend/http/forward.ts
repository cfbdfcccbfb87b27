import type { ScopedQuery, ScopedSeriesSelector } from '../promql/scope.ts';
import type { AdmittedRequest } from './admit.ts';

/** The caller's PromQL after scoping. Only the functions that scope can make the texts in it. */
export type ScopedPromql =
  | { readonly shape: 'query'; readonly query: ScopedQuery }
  | {
      readonly shape: 'matches';
      readonly matches: readonly [ScopedSeriesSelector, ...ScopedSeriesSelector[]];
    };

/**
 * A request as it goes upstream, built from nothing: the path comes from the route table, the
 * parameters are checked ones, the PromQL is scoped. No byte of the client's own request is in it.
 */
export class UpstreamRequest {
  /** Path of the API route. */
  readonly path: string;
  /** Parameters, form-encoded. */
  readonly form: string;
  /** The W3C trace context to pass on. */
  readonly traceparent: string | undefined;
  // A private field makes the class nominal: no other code can make up a request.
  readonly #scoped: true = true;

  private constructor(path: string, form: string, traceparent: string | undefined) {
    this.path = path;
    this.form = form;
    this.traceparent = traceparent;
  }

  /** Builds the upstream request of an admitted request whose PromQL has been scoped. */
  static of(admitted: AdmittedRequest, scoped: ScopedPromql): UpstreamRequest {
    const form = new URLSearchParams();
    if (scoped.shape === 'query') form.append('query', scoped.query);
    else for (const match of scoped.matches) form.append('match[]', match);
    for (const [name, value] of admitted.parameters) form.append(name, value);
    return new UpstreamRequest(admitted.upstreamPath, form.toString(), admitted.traceparent);
  }

  /** Whether the request must travel as GET: routes that Prometheus does not take a POST on. */
  get isGetOnly(): boolean {
    return this.#scoped && this.path.startsWith('/api/v1/label/');
  }
}
