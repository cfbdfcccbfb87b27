import type { Question } from '../real/query-frontend/support/question.ts';

/** Where the one answer of an attack is laid down. */
export type Source =
  /** What the documents say a request gets: see `docs/errors.md` and `docs/endpoints.md`. */
  | 'contract'
  /** The list of attacks itself, where the documents are silent. */
  | 'list';

/** The groups of attacks, in the order of the list. */
export type Theme =
  | 'parameters and bodies'
  | 'paths and methods'
  | 'headers and framing'
  | 'tokens'
  | 'authorization'
  | 'PromQL and the API'
  | 'availability and observability';

interface Row {
  /** The number in the list of attacks, 1 to 87. A number has any number of rows. */
  readonly number: number;
  /** What is tried. */
  readonly what: string;
  readonly source: Source;
}

/** An attack that is one request: it is sent to a running frontend. */
export interface RequestAttack extends Row {
  readonly kind: 'request';
  /** A request, or the bytes of one that no client library sends. */
  readonly question: Question | string;
  /** Status, and the error code of a refusal: `403 tenant_denied`, or `200`. */
  readonly answer: string;
  /** The scope in which it is answered, where it is. @defaultValue team-a */
  readonly scope: readonly string[];
  /**
   * What the upstream is asked: the texts of `query` and `match[]` in order, where it matters. An empty
   * list: it is not asked at all.
   */
  readonly sends?: readonly string[] | undefined;
  /** What the upstream answers, where it matters; it holds data of another tenant. */
  readonly upstreamBody?: string | undefined;
  /**
   * A request that shows data of another tenant where nothing stands before the upstream. Such an
   * attack is tried on real data, too.
   */
  readonly unguarded?: Question | undefined;
  /** Upstreams for which that is so. */
  readonly unguardedOn: readonly RealUpstream[];
  /** Whether the answer repeats the other tenant's name because the query writes it. */
  readonly echoes: boolean;
  /** The path of an endpoint that is not served yet, and why the answer is 404 until then. */
  readonly awaits?: string | undefined;
}

/** An upstream that is tried with real data. */
export type RealUpstream = 'prometheus' | 'thanos';

/** An attack that takes more than one request, or is tested well in another place. */
export interface TestedElsewhere extends Row {
  readonly kind: 'elsewhere';
  /** What happens, in words. */
  readonly answer: string;
  readonly tests: readonly NamedTest[];
}

/** A test, by its file and its title; of a test with rows, also the rows. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
  readonly rows: readonly string[];
}

/** One row of the table. */
export type Attack = RequestAttack | TestedElsewhere;
