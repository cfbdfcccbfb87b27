import { describe, expect, it } from '@jest/globals';
import {
  filterAlertmanagerAlerts,
  filterAlertGroups,
} from '../../frontend/answers/alertmanager.ts';
import { filterAlerts } from '../../frontend/answers/alerts.ts';
import { filterExemplars } from '../../frontend/answers/exemplars.ts';
import { filtered, scopeInCluster, scopeOf, SHOWN } from './scopes.ts';

const A = { namespace: 'team-a', alertname: 'Down' };
const B = { namespace: 'team-b', alertname: 'Down' };
const SCOPE = scopeOf('team-a');

/** Label sets that belong to nobody in the scope. */
const FOREIGN: readonly unknown[] = [
  B,
  {},
  null,
  [],
  'team-a',
  { namespace: '' },
  { namespace: 'TEAM-A' },
  { namespace: { toString: 'team-a' } },
  { namespace: ['team-a'] },
  { exported_namespace: 'team-a' },
];

describe('filterAlerts', () => {
  const filter = (alerts: unknown): unknown =>
    filtered(filterAlerts(SCOPE, SHOWN), { status: 'success', data: { alerts, more: 1 } });

  it('keeps alerts of the scope as they are', () => {
    const own = { labels: A, annotations: {}, state: 'firing', futureMember: [1] };
    const foreign = FOREIGN.map((labels) => ({ labels, state: 'firing' }));
    expect(filter([...foreign, own, { state: 'firing' }, own])).toEqual({
      status: 'success',
      data: { alerts: [own, own] },
    });
  });

  it('takes null, which Thanos gives, for none', () => {
    expect(filter(null)).toEqual({ status: 'success', data: { alerts: [] } });
  });

  it('does not understand an error', () => {
    const error = { status: 'error', data: { alerts: [] } };
    expect(filtered(filterAlerts(SCOPE, SHOWN), error)).toBe('answer_unexpected');
    expect(filtered(filterAlerts(SCOPE, SHOWN), { status: 'success' })).toBe('answer_unexpected');
  });
});

describe('an installation of several clusters', () => {
  it('keeps what is of the namespace and of the cluster', () => {
    const scope = scopeInCluster('team-a', 'one');
    const alerts = [
      { labels: { ...A, cluster: 'one' } },
      { labels: { ...A, cluster: 'two' } },
      { labels: A },
      { labels: { ...B, cluster: 'one' } },
    ];
    expect(filtered(filterAlertmanagerAlerts(scope), alerts)).toEqual([alerts[0]]);
  });
});

describe('filterExemplars', () => {
  const filter = (data: unknown): unknown =>
    filtered(filterExemplars(SCOPE, SHOWN), { status: 'success', data, warnings: ['addr'] });

  it('keeps entries whose series is of the scope, whatever their exemplars say', () => {
    const exemplars = [
      { labels: { trace_id: 'x', namespace: 'team-b' }, value: '1', timestamp: 1 },
    ];
    const own = { seriesLabels: A, exemplars };
    const foreign = FOREIGN.map((seriesLabels) => ({ seriesLabels, labels: A, exemplars }));
    expect(filter([...foreign, own, { exemplars }])).toEqual({
      status: 'success',
      data: [own],
      warnings: ['hidden notice'],
    });
  });

  it('takes null, which Prometheus gives, for none', () => {
    expect(filter(null)).toMatchObject({ data: [] });
  });

  it('does not understand anything else', () => {
    expect(filtered(filterExemplars(SCOPE, SHOWN), { status: 'success' })).toBe(
      'answer_unexpected',
    );
    expect(filtered(filterExemplars(SCOPE, SHOWN), [])).toBe('answer_unexpected');
  });
});

describe('filterAlertmanagerAlerts', () => {
  const filter = (answer: unknown): unknown => filtered(filterAlertmanagerAlerts(SCOPE), answer);

  it('keeps alerts of the scope', () => {
    const own = {
      labels: A,
      receivers: [{ name: 'r' }],
      status: { state: 'active' },
      fingerprint: 'f',
    };
    expect(filter([...FOREIGN.map((labels) => ({ labels })), own])).toEqual([own]);
    expect(filter([])).toEqual([]);
  });

  it('hides which alerts inhibit one, and shows that some do', () => {
    const status = {
      state: 'suppressed',
      silencedBy: ['id'],
      inhibitedBy: ['a1', 'b2'],
      mutedBy: [],
    };
    expect(
      filter([
        { labels: A, status },
        { labels: A, status: { inhibitedBy: 'b2' } },
      ]),
    ).toEqual([
      { labels: A, status: { ...status, inhibitedBy: ['0000000000000000', '0000000000000000'] } },
      { labels: A, status: { inhibitedBy: [] } },
    ]);
  });

  it.each([{ labels: A }, 'x', 1])('does not understand %j', (answer) => {
    expect(filter(answer)).toBe('answer_unexpected');
  });
});

describe('filterAlertGroups', () => {
  const filter = (answer: unknown): unknown => filtered(filterAlertGroups(SCOPE), answer);

  it('keeps groups that hold an alert of the scope, with those alone', () => {
    const receiver = { name: 'pager' };
    const labels = { alertname: 'Down' };
    const inhibited = { labels: B, status: { inhibitedBy: ['x'] } };
    expect(
      filter([
        {
          labels,
          receiver,
          alerts: [{ labels: B }, { labels: A, status: { inhibitedBy: ['x'] } }],
          more: B,
        },
        { labels: A, receiver, alerts: [inhibited] },
        { labels: A, receiver, alerts: [] },
        { labels: A, receiver },
        { alerts: [{ labels: A }] },
      ]),
    ).toEqual([
      {
        labels,
        receiver,
        alerts: [{ labels: A, status: { inhibitedBy: ['0000000000000000'] } }],
      },
      { labels: {}, receiver: null, alerts: [{ labels: A }] },
    ]);
  });
});
