import { get, type Question } from '../../query-frontend/support/question.ts';
import { AT } from '../../query-frontend/support/tenant-series.ts';

/** What becomes of a matcher where one namespace is named, or two. */
export interface Outcomes {
  /** Prom-label-proxy as it comes, which replaces an equality and adds to a set. */
  readonly peer: string;
  /** The frontend as it comes, which adds. */
  readonly ours: string;
  /** Prom-label-proxy with `-error-on-replace`. */
  readonly peerError: string;
  /** The frontend in the mode `error`, which takes names and nothing else. */
  readonly oursError: string;
}

/**
 * Matchers of the caller on the tenancy label, every operator with every kind of value. An outcome
 * is the tenants whose series are shown, `a`, `b`, `ab` or `-` for none; `x` where the query is
 * refused; `!` where the connection is cut off, because prom-label-proxy has crashed over it.
 *
 * The words of a row: for `team-a`, and then for `team-a` with `team-b`, prom-label-proxy, the
 * frontend, and both again where such a matcher is an error.
 */
const ROWS: Readonly<Record<string, string>> = {
  '': 'a a a a   ab ab ab ab',
  'namespace=""': 'a - x x   - - ! x',
  'namespace="team-a"': 'a a a a   a a ! a',
  'namespace="team-b"': 'a - x x   b b ! b',
  'namespace="team-z"': 'a - x x   - - ! x',
  'namespace!=""': 'a a a x   ab ab ab x',
  'namespace!="team-a"': 'a - x x   b b b x',
  'namespace!="team-b"': 'a a a x   a a a x',
  'namespace!="team-z"': 'a a a x   ab ab ab x',
  'namespace=~""': 'a - x x   - - x x',
  'namespace=~"team-a"': 'a a a x   a a a x',
  'namespace=~"team-b"': 'a - x x   b b b x',
  'namespace=~"team-z"': 'a - x x   - - x x',
  'namespace=~"team-a|team-b"': 'a a a x   ab ab ab ab',
  'namespace=~"team-a|team-z"': 'a a a x   a a a x',
  'namespace=~"team-.*"': 'a a a x   ab ab ab x',
  'namespace=~"x.*"': 'a - x x   - - x x',
  'namespace!~""': 'a a a x   ab ab ab x',
  'namespace!~"team-a"': 'a - x x   b b b x',
  'namespace!~"team-b"': 'a a a x   a a a x',
  'namespace!~"team-z"': 'a a a x   ab ab ab x',
  'namespace!~"team-a|team-b"': 'a - x x   - - x x',
  'namespace!~"team-a|team-z"': 'a - x x   b b b x',
  'namespace!~"team-.*"': 'a - x x   - - x x',
  'namespace!~"x.*"': 'a a a x   ab ab ab x',
};

/** A row of the table, read. */
export interface MatcherRow {
  readonly matcher: string;
  readonly namespaces: readonly string[];
  readonly outcomes: Outcomes;
}

/** All rows, once for one namespace and once for two. */
export const MATCHER_ROWS: readonly MatcherRow[] = [['team-a'], ['team-a', 'team-b']].flatMap(
  (namespaces, half) =>
    Object.entries(ROWS).map(([matcher, words]) => {
      const [peer = '', ours = '', peerError = '', oursError = ''] = words
        .split(/ +/)
        .slice(half * 4);
      return { matcher, namespaces, outcomes: { peer, ours, peerError, oursError } };
    }),
);

/** The query with such a matcher. */
export function matcherQuestion({ matcher, namespaces }: MatcherRow): Question {
  const query = matcher === '' ? 'shop_orders' : `shop_orders{${matcher}}`;
  return get('/api/v1/query', { namespace: namespaces, query, ...AT });
}
