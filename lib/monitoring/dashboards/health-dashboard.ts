import type { MonitoredComponent, PlatformSeries } from '../platform-series.ts';
import { type Dashboard, graph, type Panel, type PanelRow, stat } from './panel.ts';

type RowMaker = (series: PlatformSeries) => PanelRow;

/** How Prometheus and Thanos do, of those components that are there. */
export function healthDashboard(series: PlatformSeries): Dashboard {
  const rows: readonly (readonly [MonitoredComponent, RowMaker])[] = [
    ['prometheus', prometheusRow],
    ['sidecar', sidecarRow],
    ['querier', querierRow],
    ['storeGateway', storeGatewayRow],
    ['compactor', compactorRow],
    ['ruler', rulerRow],
    ['receive', receiveRow],
    ['operator', operatorRow],
  ];
  return {
    uid: 'tenancy-health',
    title: 'Tenancy / Prometheus and Thanos',
    description: 'Whether series are scraped, uploaded, compacted and found again.',
    variables: [],
    rows: rows.filter(([component]) => series.has(component)).map(([, makeRow]) => makeRow(series)),
  };
}

function pods(series: PlatformSeries, component: MonitoredComponent): Panel {
  return stat('Pods', 'short', 'Pods that answer scrapes.', [
    `sum by (job) (${series.of(component, 'up')})`,
    '{{job}}',
  ]);
}

function increase(selector: string): string {
  return `increase(${selector}[15m])`;
}

function prometheusRow(series: PlatformSeries): PanelRow {
  const own = (metric: string): string => series.of('prometheus', metric);
  const panels = [
    pods(series, 'prometheus'),
    graph('Series', 'short', 'Series in the head of each replica.', [
      own('prometheus_tsdb_head_series'),
      '{{instance}}',
    ]),
    graph('Samples', 'ops', 'Samples that are appended a second.', [
      `sum by (instance) (rate(${own('prometheus_tsdb_head_samples_appended_total')}[5m]))`,
      '{{instance}}',
    ]),
    graph(
      'Rejected scrapes',
      'short',
      'Scrapes over an enforced limit, in 15 minutes.',
      [increase(own('prometheus_target_scrapes_exceeded_sample_limit_total')), 'samples'],
      [increase(own('prometheus_target_scrapes_exceeded_body_size_limit_total')), 'body size'],
      [increase(own('prometheus_target_scrape_pool_exceeded_label_limits_total')), 'labels'],
      [increase(own('prometheus_target_scrape_pool_exceeded_target_limit_total')), 'targets'],
    ),
    graph('Configuration', 'short', '1 while the latest one is in use.', [
      own('prometheus_config_last_reload_successful'),
      '{{instance}}',
    ]),
    graph('Write-ahead log', 'bytes', 'Its size on the disk.', [
      own('prometheus_tsdb_wal_storage_size_bytes'),
      '{{instance}}',
    ]),
  ];
  return { title: 'Prometheus', panels };
}

function sidecarRow(series: PlatformSeries): PanelRow {
  const own = (metric: string): string => series.of('sidecar', metric);
  const panels = [
    pods(series, 'sidecar'),
    graph('Since the last upload', 's', 'More than six hours raise an alert.', [
      `time() - (${own('thanos_objstore_bucket_last_successful_upload_time')} > 0)`,
      '{{instance}}',
    ]),
    graph('Failed uploads', 'short', 'In 15 minutes.', [
      increase(own('thanos_shipper_upload_failures_total')),
      '{{instance}}',
    ]),
  ];
  return { title: 'Sidecar', panels };
}

function querierRow(series: PlatformSeries): PanelRow {
  const connections = series.of('querier', 'thanos_store_nodes_grpc_connections');
  const requests = series.of('querier', 'http_requests_total');
  const panels = [
    pods(series, 'querier'),
    graph('Stores', 'short', 'Stores that each querier is connected to, by kind.', [
      `sum by (instance, store_type) (${connections})`,
      '{{instance}} {{store_type}}',
    ]),
    graph('Requests', 'reqps', 'By handler and status.', [
      `sum by (handler, code) (rate(${requests}[5m]))`,
      '{{handler}} {{code}}',
    ]),
    graph(
      'Queries under way',
      'short',
      'Queries of each querier, and how many there may be.',
      [series.of('querier', 'thanos_query_concurrent_gate_queries_in_flight'), '{{instance}}'],
      [series.of('querier', 'thanos_query_concurrent_gate_queries_max'), '{{instance}} limit'],
    ),
  ];
  return { title: 'Querier', panels };
}

function bucket(series: PlatformSeries, component: MonitoredComponent): Panel {
  const failures = series.of(component, 'thanos_objstore_bucket_operation_failures_total');
  return graph('Failures of the object store', 'ops', 'By operation.', [
    `sum by (operation) (rate(${failures}[5m]))`,
    '{{operation}}',
  ]);
}

function storeGatewayRow(series: PlatformSeries): PanelRow {
  const own = (metric: string): string => series.of('storeGateway', metric);
  const panels = [
    pods(series, 'storeGateway'),
    graph('Blocks', 'short', 'Blocks that each pod serves.', [
      own('thanos_bucket_store_blocks_loaded'),
      '{{instance}}',
    ]),
    graph('Blocks not loaded', 'short', 'In 15 minutes.', [
      increase(own('thanos_bucket_store_block_load_failures_total')),
      '{{instance}}',
    ]),
    bucket(series, 'storeGateway'),
    graph('Queries under way', 'short', 'Queries of each pod that read series.', [
      own('thanos_bucket_store_series_gate_queries_in_flight'),
      '{{instance}}',
    ]),
  ];
  return { title: 'Store gateway', panels };
}

function compactorRow(series: PlatformSeries): PanelRow {
  const own = (metric: string): string => series.of('compactor', metric);
  const panels = [
    stat('Halted', 'short', '1 where somebody has to look.', [
      own('thanos_compact_halted'),
      '{{instance}}',
    ]),
    graph('Rounds', 'short', 'Finished rounds in 15 minutes.', [
      increase(own('thanos_compact_iterations_total')),
      '{{instance}}',
    ]),
    graph(
      'To do',
      'short',
      'Blocks that wait.',
      [own('thanos_compact_todo_compaction_blocks'), 'to merge'],
      [own('thanos_compact_todo_downsample_blocks'), 'to thin out'],
      [own('thanos_compact_todo_deletion_blocks'), 'to delete'],
    ),
    bucket(series, 'compactor'),
  ];
  return { title: 'Compactor', panels };
}

function rulerRow(series: PlatformSeries): PanelRow {
  const own = (metric: string): string => series.of('ruler', metric);
  const panels = [
    pods(series, 'ruler'),
    graph('Rules', 'short', 'Rules that are loaded.', [
      `sum by (instance) (${own('thanos_rule_loaded_rules')})`,
      '{{instance}}',
    ]),
    graph('Failed evaluations', 'short', 'In 15 minutes.', [
      `sum by (instance) (${increase(own('prometheus_rule_evaluation_failures_total'))})`,
      '{{instance}}',
    ]),
  ];
  return { title: 'Ruler', panels };
}

function receiveRow(series: PlatformSeries): PanelRow {
  const own = (metric: string): string => series.of('receive', metric);
  const panels = [
    pods(series, 'receive'),
    graph('Replications', 'ops', 'By result; success means a quorum.', [
      `sum by (result) (rate(${own('thanos_receive_replications_total')}[5m]))`,
      '{{result}}',
    ]),
    graph('Forwarded', 'ops', 'Requests from routers to ingestors, by result.', [
      `sum by (result) (rate(${own('thanos_receive_forward_requests_total')}[5m]))`,
      '{{result}}',
    ]),
  ];
  return { title: 'Receive', panels };
}

function operatorRow(series: PlatformSeries): PanelRow {
  const own = (metric: string, ...matchers: string[]): string =>
    series.of('operator', `prometheus_operator_${metric}`, ...matchers);
  const panels = [
    pods(series, 'operator'),
    graph('Rejected objects', 'short', 'Objects that are left out as invalid, by kind.', [
      own('managed_resources', 'state="rejected"'),
      '{{controller}} {{resource}}',
    ]),
    graph('Failed rounds', 'short', 'In 15 minutes.', [
      `sum by (controller) (${increase(own('reconcile_errors_total'))})`,
      '{{controller}}',
    ]),
  ];
  return { title: 'Operator', panels };
}
