import type { Alert, RuleGroup } from '../alert.ts';
import type { MonitoredComponent, PlatformSeries } from '../platform-series.ts';

/** Components that read or write the object store. */
const BUCKET_USERS: readonly MonitoredComponent[] = [
  'sidecar',
  'storeGateway',
  'compactor',
  'ruler',
  'receive',
];

/** What the querier calls each kind of store. */
const STORE_TYPES: readonly (readonly [MonitoredComponent, string])[] = [
  ['sidecar', 'sidecar'],
  ['storeGateway', 'store'],
  ['ruler', 'rule'],
  ['receive', 'receive'],
];

const CONNECTIONS = 'thanos_store_nodes_grpc_connections';

/** Alerts on Thanos, of those components that are there. */
export function thanosRules(series: PlatformSeries): RuleGroup {
  const groups: readonly (readonly [MonitoredComponent, (it: PlatformSeries) => Alert[]])[] = [
    ['querier', querierAlerts],
    ['storeGateway', storeGatewayAlerts],
    ['compactor', compactorAlerts],
    ['ruler', rulerAlerts],
    ['receive', receiveAlerts],
  ];
  return {
    name: 'thanos',
    recordings: [],
    alerts: [
      ...bucketAlerts(series),
      ...groups.flatMap(([component, alerts]) => (series.has(component) ? alerts(series) : [])),
    ],
  };
}

function bucketAlerts(series: PlatformSeries): Alert[] {
  const users = BUCKET_USERS.filter((it) => series.has(it));
  if (users.length === 0) return [];
  const rate = (metric: string): string =>
    `sum by (${series.kept}) (rate(${series.ofAll(users, metric)}[5m]))`;
  return [
    {
      name: 'ThanosBucketFailing',
      severity: 'critical',
      forMinutes: 10,
      expr: `${rate('thanos_objstore_bucket_operation_failures_total')} / ${rate('thanos_objstore_bucket_operations_total')} > 0.05`,
      summary: 'The object store fails.',
      description:
        '{{ $value | humanizePercentage }} of the operations of {{ $labels.job }} on the object store fail.',
    },
  ];
}

function querierAlerts(series: PlatformSeries): Alert[] {
  const nodes = `sum by (${series.kept}, instance) (${series.of('querier', CONNECTIONS)})`;
  const requests = (...matchers: string[]): string =>
    `sum by (${series.kept}) (rate(${series.of('querier', 'http_requests_total', ...matchers)}[5m]))`;
  return [
    ...storesGone(series),
    {
      name: 'ThanosQuerierFewerStores',
      severity: 'warning',
      forMinutes: 10,
      expr: `${nodes} < max_over_time(${nodes}[2h:1m])`,
      summary: 'A querier sees fewer stores than before.',
      description:
        '{{ $labels.instance }} is connected to {{ $value }} stores, fewer than at some time in the last two hours. What only the others have is missing from answers, without a warning.',
    },
    {
      name: 'ThanosQuerierErrors',
      severity: 'critical',
      forMinutes: 10,
      expr: `${requests('code=~"5.."')} / ${requests()} > 0.05`,
      summary: 'The Thanos querier fails queries.',
      description:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} are answered with a status of 500 or above.',
    },
  ];
}

// A store that goes takes its series along: what is left to see is a querier without them.
function storesGone(series: PlatformSeries): Alert[] {
  const up = `(${series.of('querier', 'up')} == 1)`;
  const gone = STORE_TYPES.filter(([component]) => series.has(component)).map(([, type]) => {
    const connected = series.of('querier', CONNECTIONS, `store_type="${type}"`);
    const without = `${up} unless on (${series.kept}, instance) ${connected}`;
    return `label_replace(${without}, "store_type", "${type}", "", "")`;
  });
  if (gone.length === 0) return [];
  return [
    {
      name: 'ThanosQuerierStoresGone',
      severity: 'critical',
      forMinutes: 5,
      expr: gone.join(' or '),
      summary: 'A querier has lost all stores of a kind.',
      description:
        '{{ $labels.instance }} sees no store of the kind {{ $labels.store_type }}. It answers queries with 200, without their data, and without a warning.',
    },
  ];
}

function storeGatewayAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('storeGateway', metric);
  return [
    {
      name: 'ThanosStoreGatewayBlocksNotLoaded',
      severity: 'warning',
      forMinutes: 15,
      expr: `increase(${own('thanos_bucket_store_block_load_failures_total')}[15m]) > 0`,
      summary: 'A store gateway cannot load blocks.',
      description: 'Blocks that {{ $labels.instance }} cannot load are missing from answers.',
    },
    {
      name: 'ThanosStoreGatewayBucketFailures',
      severity: 'critical',
      forMinutes: 15,
      expr: `increase(${own('thanos_blocks_meta_sync_failures_total')}[15m]) > 0`,
      summary: 'A store gateway cannot list the blocks in the object store.',
      description: '{{ $labels.instance }} does not notice new blocks and those to be deleted.',
    },
  ];
}

function compactorAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('compactor', metric);
  return [
    {
      name: 'ThanosCompactorHalted',
      severity: 'critical',
      forMinutes: 5,
      expr: `${own('thanos_compact_halted')} == 1`,
      summary: 'The compactor has halted and will not go on by itself.',
      description:
        '{{ $labels.instance }} met blocks that it cannot merge safely. Nothing is merged, thinned out or deleted.',
    },
    {
      name: 'ThanosCompactorNotRunning',
      severity: 'warning',
      forMinutes: 60,
      expr: `increase(${own('thanos_compact_iterations_total')}[12h]) == 0`,
      summary: 'The compactor has not finished a round for twelve hours.',
      description:
        '{{ $labels.instance }} is stuck or cannot keep up. The object store grows, and long queries slow down.',
    },
  ];
}

function rulerAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('ruler', metric);
  return [
    {
      name: 'ThanosRulerEvaluationFailures',
      severity: 'critical',
      forMinutes: 5,
      expr: `increase(${own('prometheus_rule_evaluation_failures_total')}[5m]) > 0`,
      summary: 'A ruler cannot evaluate rules.',
      description:
        'Rules of the group {{ $labels.rule_group }} fail on {{ $labels.instance }}: alerts in it cannot fire.',
    },
    {
      name: 'ThanosRulerIterationsMissed',
      severity: 'warning',
      forMinutes: 15,
      expr: `increase(${own('prometheus_rule_group_iterations_missed_total')}[15m]) > 0`,
      summary: 'A ruler takes longer for its rules than their interval.',
      description:
        'The group {{ $labels.rule_group }} misses evaluations on {{ $labels.instance }}.',
    },
    {
      name: 'ThanosRulerConfigReloadFailed',
      severity: 'critical',
      forMinutes: 10,
      expr: `${own('thanos_rule_config_last_reload_successful')} == 0`,
      summary: 'A ruler keeps earlier rules.',
      description:
        '{{ $labels.instance }} could not load its rule files: changes of all tenants are held up.',
    },
    {
      name: 'ThanosRulerAlertsDropped',
      severity: 'critical',
      forMinutes: 5,
      expr:
        `increase(${own('thanos_alert_sender_alerts_dropped_total')}[5m]) > 0 or ` +
        `increase(${own('thanos_alert_queue_alerts_dropped_total')}[5m]) > 0`,
      summary: 'A ruler cannot deliver alerts.',
      description: 'Alerts of {{ $labels.instance }} do not reach Alertmanager and are dropped.',
    },
  ];
}

function receiveAlerts(series: PlatformSeries): Alert[] {
  const share = (metric: string): string => {
    const rate = (...matchers: string[]): string =>
      `sum by (${series.kept}) (rate(${series.of('receive', metric, ...matchers)}[5m]))`;
    return `${rate('result="error"')} / ${rate()} > 0.05`;
  };
  return [
    {
      name: 'ThanosReceiveReplicationFailures',
      severity: 'critical',
      forMinutes: 5,
      expr: share('thanos_receive_replications_total'),
      summary: 'Receive does not reach its quorum.',
      description:
        '{{ $value | humanizePercentage }} of the writes to {{ $labels.job }} are not stored often enough. Writers try again; what they give up is lost.',
    },
    {
      name: 'ThanosReceiveForwardFailures',
      severity: 'warning',
      forMinutes: 5,
      expr: share('thanos_receive_forward_requests_total'),
      summary: 'Routers of receive cannot reach ingestors.',
      description: '{{ $value | humanizePercentage }} of what {{ $labels.job }} forwards fails.',
    },
  ];
}
