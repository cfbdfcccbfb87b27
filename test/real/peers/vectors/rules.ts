import { get, type Question } from '../../query-frontend/support/question.ts';
import { MARKS, type TenantName } from '../../query-frontend/support/tenant-series.ts';
import { differs, same, type Vector } from '../support/vector.ts';

/** A rule of the platform, whose alerts belong to tenants. */
const OF_NOBODY = {
  alert: 'Any',
  expr: 'orders:now',
  annotations: { summary: '{{ $labels.shop }}' },
};

/** How many alerts that rule makes. */
export const ANY_ALERTS = 2;

/** A file of rules of both tenants, and of the platform, whose alerts belong to tenants. */
export const RULE_FILE: string = JSON.stringify({
  groups: [
    { name: 'first', rules: [...rulesOf('team-a'), ...rulesOf('team-b')] },
    { name: 'second', rules: rulesOf('team-b') },
    { name: 'platform', rules: [OF_NOBODY] },
  ],
});

function rulesOf(tenant: TenantName): readonly object[] {
  const { name, orders } = MARKS[tenant];
  const labels = { namespace: tenant };
  return [
    { record: 'orders:now', expr: `vector(${orders})`, labels: { ...labels, shop: name } },
    { alert: 'Down', expr: `vector(${orders})`, labels, annotations: { summary: name } },
  ];
}

const BOTH = ['team-a', 'team-b'];
const PATTERN = 'a pattern cannot be put before the API server';

function rules(namespace?: string | readonly string[]): Question {
  return get('/api/v1/rules', namespace === undefined ? {} : { namespace });
}

/** What prom-label-proxy's own tests ask of rules and alerts. */
export const RULE_VECTORS: readonly Vector[] = [
  same('rules: no namespace', rules(), '400'),
  same('rules: of a namespace', rules('team-a'), '200 team-a'),
  same('rules: of another', rules('team-b'), '200 team-b'),
  same('rules: of two', rules(BOTH), '200 team-a team-b'),
  differs('rules: of a namespace that is not the own', rules('team-c'), {
    peer: '200 nothing',
    ours: '403',
    why: 'prom-label-proxy asks nobody; kube-rbac-proxy does that before it',
  }),
  ...[
    { namespaces: 'team-b', answer: '200 team-b' },
    { namespaces: BOTH, answer: '200 team-a team-b' },
  ].map(({ namespaces, answer }) =>
    differs(
      `rules: of ${String(namespaces)}, and such as have alerts there`,
      rules(namespaces),
      {
        peer: answer,
        ours: answer,
        why: 'a rule of the platform is not shown, and its alerts are',
      },
      { peer: 'activeAlerts' },
    ),
  ),
  differs(
    'rules: by a pattern',
    rules('team-.*'),
    { peer: '200 team-a team-b', ours: '400', why: PATTERN },
    { peer: 'pattern' },
  ),
  same('alerts: no namespace', get('/api/v1/alerts'), '400'),
  same('alerts: of a namespace', get('/api/v1/alerts', { namespace: 'team-a' }), '200 team-a'),
  same('alerts: of another', get('/api/v1/alerts', { namespace: 'team-b' }), '200 team-b'),
  same('alerts: of two', get('/api/v1/alerts', { namespace: BOTH }), '200 team-a team-b'),
  differs(
    'alerts: by a pattern',
    get('/api/v1/alerts', { namespace: 'team-.*' }),
    {
      peer: '200 team-a team-b',
      ours: '400',
      why: PATTERN,
    },
    { peer: 'pattern' },
  ),
];
