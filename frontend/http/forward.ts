import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { isSilenceId, type OwnedSilenceId } from '../answers/silence-owner.ts';
import type { ScopedSilence } from '../answers/silence-request.ts';
import type { Expr } from '../promql/ast.ts';
import { printExpr } from '../promql/print.ts';
import type { ScopedQuery, ScopedSeriesSelector } from '../promql/scope.ts';
import type { AdmittedRequest } from './admit.ts';

/** The caller's PromQL after scoping. Only the functions that scope can make the texts in it. */
export type ScopedPromql =
  | { readonly shape: 'query'; readonly query: ScopedQuery }
  /** An expression that is only looked at upstream: no series is read, so there is no scope. */
  | { readonly shape: 'syntax'; readonly expr: Expr }
  | {
      readonly shape: 'matches';
      readonly matches: readonly [ScopedSeriesSelector, ...ScopedSeriesSelector[]];
    }
  /** No selector at all, which the upstream takes for everything: whoever may read just that. */
  | { readonly shape: 'everything'; readonly scope: ClusterScope };

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
  /** What the request changes; absent on requests that only read. */
  readonly write: UpstreamWrite | undefined;
  // A private field makes the class nominal: no other code can make up a request.
  readonly #scoped: true = true;

  private constructor(
    path: string,
    form: string,
    traceparent: string | undefined,
    write?: UpstreamWrite,
  ) {
    this.path = path;
    this.form = form;
    this.traceparent = traceparent;
    this.write = write;
  }

  /** Builds the upstream request of an admitted request whose PromQL has been scoped. */
  static of(admitted: AdmittedRequest, scoped: ScopedPromql): UpstreamRequest {
    const form = new URLSearchParams();
    if (scoped.shape === 'query') form.append('query', scoped.query);
    else if (scoped.shape === 'syntax') form.append('query', unscopedText(admitted, scoped.expr));
    else if (scoped.shape === 'matches') {
      for (const match of scoped.matches) form.append('match[]', match);
    } else if (!ClusterScope.is(scoped.scope)) throw new TypeError('everything needs its scope');
    return UpstreamRequest.#built(admitted, form);
  }

  /**
   * Builds the upstream request of a route whose answer is filtered.
   *
   * @param narrowing - What narrows the answer beforehand, where the API has a parameter for that.
   */
  static ofFiltered(admitted: AdmittedRequest, narrowing: Narrowing | undefined): UpstreamRequest {
    const form = new URLSearchParams();
    if (narrowing !== undefined) {
      for (const value of narrowing.values) form.append(narrowing.parameter, value);
    }
    return UpstreamRequest.#built(admitted, form);
  }

  /** Builds the request that stores a silence. */
  static toWriteSilence(admitted: AdmittedRequest, silence: ScopedSilence): UpstreamRequest {
    const write = { method: 'POST', json: silence } as const;
    return new UpstreamRequest('/api/v2/silences', '', admitted.traceparent, write);
  }

  /** Builds the request that reads the silence that is to be changed. */
  static toReadSilence(admitted: AdmittedRequest, id: string): UpstreamRequest {
    return new UpstreamRequest(silencePath(id), '', admitted.traceparent);
  }

  /** Builds the request that expires a silence. */
  static toExpireSilence(admitted: AdmittedRequest, id: OwnedSilenceId): UpstreamRequest {
    const write = { method: 'DELETE', json: '' } as const;
    return new UpstreamRequest(silencePath(id), '', admitted.traceparent, write);
  }

  static #built(admitted: AdmittedRequest, form: URLSearchParams): UpstreamRequest {
    for (const [name, value] of admitted.parameters) form.append(name, value);
    for (const [name, values] of admitted.lists ?? []) {
      for (const value of values) form.append(name, value);
    }
    return new UpstreamRequest(admitted.upstreamPath, form.toString(), admitted.traceparent);
  }

  /** Whether the request must travel as GET: routes that Prometheus does not take a POST on. */
  get isGetOnly(): boolean {
    return this.#scoped && !TAKES_FORMS.has(this.path);
  }
}

/** What a request changes upstream. */
export interface UpstreamWrite {
  readonly method: 'POST' | 'DELETE';
  /** The JSON body; empty for none. */
  readonly json: string;
}

/** A parameter that narrows an answer to the scope before it is filtered. */
export interface Narrowing {
  readonly parameter: 'match_target' | 'filter';
  readonly values: readonly string[];
}

const TAKES_FORMS: ReadonlySet<string> = new Set(
  [
    'query',
    'query_range',
    'query_exemplars',
    'format_query',
    'parse_query',
    'series',
    'labels',
  ].map((name) => `/api/v1/${name}`),
);

// The one place where an expression travels without a scope, so it looks at the route itself.
function unscopedText({ route }: AdmittedRequest, expr: Expr): string {
  if (route.shape !== 'syntax') throw new TypeError('the expression was not scoped');
  return printExpr(expr);
}

function silencePath(id: string): string {
  if (!isSilenceId(id)) throw new TypeError('a path needs the identifier of a silence');
  return `/api/v2/silence/${id}`;
}
