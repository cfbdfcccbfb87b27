import { get, type Question } from '../../query-frontend/support/question.ts';
import { MARKS, type TenantName } from '../../query-frontend/support/tenant-series.ts';
import { differs, same, type Vector } from '../support/vector.ts';

const BOTH = ['team-a', 'team-b'];
const PATTERN = 'a pattern cannot be put before the API server';

/** A matcher of a silence. */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** A matcher that takes one value. */
export function equals(name: string, value: string): SilenceMatcher {
  return { name, value, isRegex: false, isEqual: true };
}

const DOWN = equals('alertname', 'Down');
const HOUR_MS = 3_600_000;

/** A silence that lasts an hour. */
export function silenceOf(matchers: readonly SilenceMatcher[], more: object = {}): object {
  const nowMs = Date.now();
  return {
    matchers,
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + HOUR_MS).toISOString(),
    createdBy: 'jane',
    comment: 'at work',
    ...more,
  };
}

/** The alerts that Alertmanager has. */
export const ALERTS: readonly object[] = (Object.keys(MARKS) as readonly TenantName[]).map(
  (namespace) => ({
    labels: { alertname: 'Down', namespace, job: 'shop' },
    annotations: { summary: MARKS[namespace].name },
  }),
);

/** A silence of a tenant, which nothing else is like. */
export function markedSilence(namespace: TenantName): object {
  const matchers = [equals('namespace', namespace), equals('job', 'none')];
  return silenceOf(matchers, { comment: MARKS[namespace].name });
}

/** What prom-label-proxy's own tests ask of alerts and silences. */
export const ALERTMANAGER_VECTORS: readonly Vector[] = [
  ...['/api/v2/alerts', '/api/v2/alerts/groups'].flatMap((path) => [
    same(`${path}: no namespace`, list(path), '400'),
    same(`${path}: of a namespace`, list(path, 'team-a'), '200 team-a'),
    same(`${path}: of two`, list(path, BOTH), '200 team-a team-b'),
    same(`${path}: with filters`, list(path, 'team-a', 'job="shop"'), '200 team-a'),
    same(`${path}: with a filter for none`, list(path, 'team-a', 'job="x"'), '200 nothing'),
    same(
      `${path}: of two, with a filter for one`,
      list(path, BOTH, 'namespace="team-b"'),
      '200 team-b',
    ),
    same(`${path}: with a filter that is none`, list(path, 'team-a', 'job="sho'), '400'),
    same(
      `${path}: with a filter for several namespaces`,
      list(path, 'team-a', 'namespace=~"x|team-a"'),
      '200 team-a',
    ),
    differs(`${path}: with a filter for another`, list(path, 'team-a', 'namespace="team-b"'), {
      peer: '200 team-a',
      ours: '200 nothing',
      why: 'prom-label-proxy drops the filter and answers what was not asked',
    }),
  ]),
  same('silences: no namespace', list('/api/v2/silences'), '400'),
  same('silences: of a namespace', list('/api/v2/silences', 'team-a'), '200 team-a'),
  same('silences: with filters', list('/api/v2/silences', 'team-a', 'job="none"'), '200 team-a'),
  differs(
    'silences: with a filter for several namespaces',
    list('/api/v2/silences', 'team-a', 'namespace=~"x|team-a"'),
    {
      peer: '200 team-a',
      ours: '200 nothing',
      why: 'prom-label-proxy drops the filter; Alertmanager finds no silence with such a matcher',
    },
  ),
  same('silences: with a filter that is none', list('/api/v2/silences', 'team-a', 'job="n'), '400'),
  differs('silences: of two', list('/api/v2/silences', BOTH), {
    peer: '422',
    ours: '200 team-a team-b',
    why: 'several namespaces can be read together',
  }),
  differs(
    'silences: by a pattern',
    list('/api/v2/silences', 'team-.*'),
    { peer: '501', ours: '400', why: PATTERN },
    { peer: 'pattern' },
  ),
];

function list(path: string, namespace?: string | readonly string[], filter?: string): Question {
  return get(path, {
    ...(namespace !== undefined && { namespace }),
    ...(filter !== undefined && { filter }),
  });
}

/** A silence that both are asked to make for `team-a`, and their statuses. */
export type CreationRow = readonly [
  name: string,
  matchers: readonly SilenceMatcher[],
  peer: number,
  ours: number,
];

/** What prom-label-proxy's own tests have Alertmanager make. */
export const CREATIONS: readonly CreationRow[] = [
  ['without the namespace', [DOWN], 200, 200],
  ['with the namespace', [equals('namespace', 'team-a'), DOWN], 200, 200],
  // A tenant may silence all that is its own.
  ['with the namespace alone', [equals('namespace', 'team-a')], 400, 200],
  ['with another namespace', [equals('namespace', 'team-b'), DOWN], 200, 400],
  [
    'with a pattern of namespaces',
    [{ ...equals('namespace', '.+'), isRegex: true }, DOWN],
    200,
    400,
  ],
  ['without any matcher', [], 400, 200],
];
