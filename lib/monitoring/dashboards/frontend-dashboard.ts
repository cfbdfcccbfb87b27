import {
  FRONTEND_ERROR_RATIO,
  FRONTEND_REQUEST_RATE,
  FRONTEND_REVIEW_FAULT_RATIO,
  FRONTEND_TURN_WAIT,
} from '../alerts/frontend-rules.ts';
import type { PlatformSeries } from '../platform-series.ts';
import { type Dashboard, graph, type PanelRow, stat } from './panel.ts';

/** What the query frontend does: traffic, refusals, reviews, caches and what it depends on. */
export function frontendDashboard(series: PlatformSeries): Dashboard {
  const queries = frontendQueries(series);
  return {
    uid: 'tenancy-query-frontend',
    title: 'Tenancy / Query frontend',
    description: 'What tenants ask, what is refused, and how the reviews of the API server do.',
    variables: [],
    rows: [traffic(queries), access(queries), upstream(queries), process(queries)],
  };
}

interface FrontendQueries {
  /** A selector of one of its metrics. */
  readonly own: (metric: string, ...matchers: readonly string[]) => string;
  /** Events a second, by labels. */
  readonly rate: (by: string, metric: string, ...matchers: readonly string[]) => string;
  /** The time within which this share of events are done, in seconds. */
  readonly quantile: (share: number, by: string, metric: string) => string;
}

const PREFIX = 'tenancy_query_frontend_';

function frontendQueries(series: PlatformSeries): FrontendQueries {
  const own: FrontendQueries['own'] = (metric, ...matchers) =>
    series.of('frontend', metric, ...matchers);
  return {
    own,
    rate: (by, metric, ...matchers) =>
      `sum by (${by}) (rate(${own(PREFIX + metric, ...matchers)}[5m]))`,
    quantile: (share, by, metric) =>
      `histogram_quantile(${share}, sum by (${by}) (rate(${own(`${PREFIX}${metric}_bucket`)}[5m])))`,
  };
}

function traffic({ own, quantile, rate }: FrontendQueries): PanelRow {
  const panels = [
    stat('Requests', 'reqps', 'All requests.', [own(FRONTEND_REQUEST_RATE), '{{job}}']),
    stat('Errors', 'percentunit', 'Answers with a status of 500 or above.', [
      own(FRONTEND_ERROR_RATIO),
      '{{job}}',
    ]),
    graph('Requests by route', 'reqps', 'What tenants ask for.', [
      rate('route', 'requests_total'),
      '{{route}}',
    ]),
    graph('Refusals by code', 'reqps', 'Requests answered with 400 or above, by decision.', [
      rate('decision', 'requests_total', 'status=~"[45].."'),
      '{{decision}}',
    ]),
    graph(
      'Duration',
      's',
      'From the request line to the last byte of the answer.',
      [quantile(0.5, 'le', 'request_duration_seconds'), 'p50'],
      [quantile(0.99, 'le', 'request_duration_seconds'), 'p99'],
    ),
    graph('Whole cluster', 'reqps', 'Requests of the platform for all namespaces, by decision.', [
      rate('decision', 'cluster_wide_requests_total'),
      '{{decision}}',
    ]),
  ];
  return { title: 'Traffic', panels };
}

function access({ own, quantile, rate }: FrontendQueries): PanelRow {
  const hits = rate('cache', 'verdict_cache_lookups_total', 'result="hit"');
  const panels = [
    graph('Duration of reviews', 's', 'Nine of ten reviews are answered within this time.', [
      quantile(0.9, 'kind, le', 'review_duration_seconds'),
      '{{kind}}',
    ]),
    graph('Reviews', 'ops', 'What the API server says; fault is no verdict.', [
      rate('kind, outcome', 'review_duration_seconds_count'),
      '{{kind}} {{outcome}}',
    ]),
    graph('Reviews without a verdict', 'percentunit', 'The share that the alert goes by.', [
      own(FRONTEND_REVIEW_FAULT_RATIO),
      '{{job}}',
    ]),
    graph('Reviews withheld', 'ops', 'Reviews that the budget or the API server forbade.', [
      rate('kind, reason', 'reviews_withheld_total'),
      '{{kind}} {{reason}}',
    ]),
    graph('Verdicts remembered', 'percentunit', 'The share of lookups that find a verdict.', [
      `${hits} / ${rate('cache', 'verdict_cache_lookups_total')}`,
      '{{cache}}',
    ]),
    graph('Local checks of tokens', 'ops', 'Tokens that are rejected before any review.', [
      rate('outcome', 'token_local_checks_total'),
      '{{outcome}}',
    ]),
  ];
  return { title: 'Access', panels };
}

function upstream({ own, quantile, rate }: FrontendQueries): PanelRow {
  const panels = [
    graph('Answers by source', 'reqps', 'From upstream, from an equal request, or remembered.', [
      rate('source', 'answers_total'),
      '{{source}}',
    ]),
    graph(
      'Waiting for a turn',
      's',
      'Tenants take turns; a long wait means that upstream is saturated.',
      [quantile(0.5, 'le', 'turn_wait_seconds'), 'p50'],
      [own(FRONTEND_TURN_WAIT), 'p90'],
    ),
    graph('Refused by limits', 'reqps', 'Requests over a rate, or that got no turn.', [
      rate('decision', 'requests_total', 'decision=~"limit_.*"'),
      '{{decision}}',
    ]),
    graph('Dependencies', 'short', '1 while it answers.', [
      `min by (dependency) (${own('tenancy_query_frontend_dependency_up')})`,
      '{{dependency}}',
    ]),
    graph('Unsafe upstreams', 'short', '1 while nothing is sent upstream.', [
      `max by (upstream, finding) (${own('tenancy_query_frontend_upstream_unsafe')})`,
      '{{upstream}} {{finding}}',
    ]),
  ];
  return { title: 'Upstream', panels };
}

function process({ own }: FrontendQueries): PanelRow {
  const panels = [
    graph('Memory', 'bytes', 'Resident memory of each pod.', [
      own('process_resident_memory_bytes'),
      '{{instance}}',
    ]),
    graph('CPU', 'short', 'Cores in use by each pod.', [
      `rate(${own('process_cpu_seconds_total')}[5m])`,
      '{{instance}}',
    ]),
    graph('Ready pods', 'short', 'Pods that take requests.', [
      `sum by (job) (${own('tenancy_query_frontend_ready')})`,
      '{{job}}',
    ]),
  ];
  return { title: 'Process', panels };
}
