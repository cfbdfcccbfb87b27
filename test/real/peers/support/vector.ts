import type { HttpAnswer } from '../../harness/http-request.ts';
import type { Question } from '../../query-frontend/support/question.ts';
import { MARKS, shows, type TenantName } from '../../query-frontend/support/tenant-series.ts';

/** The ways in which a prom-label-proxy of these tests is started. */
export type PeerName =
  | 'plain'
  | 'errorOnReplace'
  | 'header'
  | 'headerList'
  | 'otherParameter'
  | 'fixed'
  | 'fixedTwo'
  | 'pattern'
  | 'activeAlerts';

/** The flags of each. */
export const PEERS: Readonly<Record<PeerName, readonly string[]>> = {
  plain: [],
  errorOnReplace: ['-error-on-replace'],
  header: ['-header-name=X-Scope-OrgID'],
  headerList: ['-header-name=X-Scope-OrgID', '-header-uses-list-syntax'],
  otherParameter: ['-query-param=tenant'],
  fixed: ['-label-value=team-a'],
  fixedTwo: ['-label-value=team-a', '-label-value=team-b'],
  pattern: ['-regex-match'],
  activeAlerts: ['-rules-with-active-alerts'],
};

/** A request that both are sent, and what they make of it. */
export interface Vector {
  readonly name: string;
  /** @defaultValue 'plain' */
  readonly peer?: PeerName;
  /** As prom-label-proxy is asked. */
  readonly question: Question;
  /** As the frontend is asked, where it has another way to say the same. */
  readonly ours?: Question;
  /** What prom-label-proxy answers, in the words of {@link judge}. */
  readonly peerAnswer: string;
  /** What the frontend answers. */
  readonly ourAnswer: string;
  /** Why the two differ, or `undefined` where their answers are the same to the last value. */
  readonly why: string | undefined;
}

type Details = Partial<Pick<Vector, 'peer' | 'ours'>>;

/** A request that both answer alike. */
export function same(
  name: string,
  question: Question,
  answer: string,
  details: Details = {},
): Vector {
  return { name, question, peerAnswer: answer, ourAnswer: answer, why: undefined, ...details };
}

/** A request that the frontend answers otherwise, for a reason. */
export function differs(
  name: string,
  question: Question,
  { peer, ours, why }: { readonly peer: string; readonly ours: string; readonly why: string },
  details: Details = {},
): Vector {
  return { name, question, peerAnswer: peer, ourAnswer: ours, why, ...details };
}

const TENANTS = Object.keys(MARKS) as readonly TenantName[];

/**
 * Says in a few words what an answer is: its status, and for a success whose data it shows, such as
 * `200 team-a`, or that it has none.
 */
export function judge({ status, text }: HttpAnswer): string {
  if (status !== 200) return String(status);
  if (text === '') return '200 empty';
  const shown = TENANTS.filter((tenant) => shows(text, tenant));
  return `200 ${shown.length === 0 ? 'nothing' : shown.join(' ')}`;
}
