import { ROUTES } from '../../frontend/http/routes.ts';
import { get, type Question } from '../real/query-frontend/support/question.ts';
import { AT } from '../real/query-frontend/support/tenant-series.ts';
import type { NamedTest, RequestAttack, Source, TestedElsewhere } from './attack.ts';

/** The token of the attacker, who may read `team-a` and `team-c`, and tries to read `team-b`. */
export const ATTACKER = 'attacker-0123456789abcdefghijklmnopqrstuvwxyz';

/** The token of somebody who may read the whole cluster, which the attacker may not. */
export const PLATFORM = 'platform-0123456789abcdefghijklmnopqrstuvwxyz';

/** The path prefix of the attacker's own namespace. */
export const OWN = '/namespaces/team-a';

/** Endpoints below it. */
export const QUERY: string = `${OWN}/api/v1/query`;
export const RANGE_QUERY: string = `${OWN}/api/v1/query_range`;
export const SERIES: string = `${OWN}/api/v1/series`;
export const LABELS: string = `${OWN}/api/v1/labels`;

/** The endpoint of a label's values, below the prefix. */
export function valuesOf(label: string): string {
  return `${OWN}/api/v1/label/${label}/values`;
}

/** A metric that every tenant has, at the time of its last sample. */
export const ORDERS: Readonly<Record<'query' | 'time', string>> = { query: 'shop_orders', ...AT };

/** The same, asked of an upstream that nothing guards. */
export const ASKED_DIRECTLY: Question = get('/api/v1/query', ORDERS);

/** The media type of a form. */
export const FORM = 'application/x-www-form-urlencoded';

/** What the writer of a row may leave out. */
export interface RequestDetails extends Partial<
  Pick<RequestAttack, 'source' | 'scope' | 'sends' | 'upstreamBody' | 'unguardedOn' | 'echoes'>
> {
  /** See `unguarded`; `true` is the request itself without the path prefix. */
  readonly unguarded?: true | Question;
}

/** An attack that is one request. */
export function row(
  number: number,
  what: string,
  answer: string,
  question: Question | string,
  details: RequestDetails = {},
): RequestAttack {
  const { unguarded, source = sourceOf(number), scope = ['team-a'], ...others } = details;
  return {
    kind: 'request',
    number,
    what,
    answer,
    question,
    source,
    scope,
    unguarded: unguarded === true ? withoutPrefix(question) : unguarded,
    unguardedOn: unguarded === undefined ? [] : ['prometheus', 'thanos'],
    echoes: false,
    ...others,
  };
}

/**
 * An attack on an endpoint that may not be served yet. Until its path is in the route table the
 * answer is that of an unknown path.
 */
export function rowOf(
  path: string,
  ...[number, what, answer, question, details = {}]: Parameters<typeof row>
): RequestAttack {
  if (ROUTES.some((route) => route.path === path)) {
    return row(number, what, answer, question, details);
  }
  const { unguarded: _, sends: _sends, upstreamBody: _body, ...others } = details;
  const plain = row(number, what, '404 route_unknown', question, others);
  return { ...plain, awaits: path };
}

function withoutPrefix(question: Question | string): Question {
  if (typeof question === 'string') throw new TypeError('bytes have no unguarded form');
  return { ...question, path: question.path.replace(/^\/namespaces\/[^/?]*(?=\/)/, '') };
}

/** A test with its title, and the rows of its table that matter. */
export function test(file: string, title: string, ...rows: readonly string[]): NamedTest {
  return { file: `test/${file}`, title, rows };
}

/** An attack that other tests cover. */
export function elsewhere(
  number: number,
  what: string,
  answer: string,
  ...tests: readonly [NamedTest, ...NamedTest[]]
): TestedElsewhere {
  return { kind: 'elsewhere', number, what, answer, source: sourceOf(number), tests };
}

/** Numbers on which the contract is silent. */
const LISTED = new Set([
  26, 28, 29, 30, 31, 33, 34, 38, 41, 45, 47, 54, 56, 58, 60, 61, 62, 63, 64, 65, 71, 74, 75, 76,
  78, 79, 80, 83, 85, 86, 87,
]);

function sourceOf(number: number): Source {
  return LISTED.has(number) ? 'list' : 'contract';
}
