import { ALL_JOBS, type AlertCase, own, PLATFORM, type Samples } from './alert-case.ts';
import { counter, gauge } from './prometheus-cases.ts';

const [QUERIER] = ALL_JOBS.querier;
const [STORE] = ALL_JOBS.storeGateway;
const [COMPACTOR] = ALL_JOBS.compactor;
const [RULER] = ALL_JOBS.ruler;
const [RECEIVE] = ALL_JOBS.receive;

const aggregated = (job: string): Readonly<Record<string, string>> => ({
  namespace: PLATFORM,
  job,
});
const podOf = (job: string): Readonly<Record<string, string>> => ({
  ...aggregated(job),
  instance: 'pod-1',
});

const connected = (...types: readonly string[]): Samples => ({
  [own(QUERIER, 'up')]: '1x200',
  ...Object.fromEntries(
    types.map((type) => [
      own(QUERIER, 'thanos_store_nodes_grpc_connections', { store_type: type }),
      '1x200',
    ]),
  ),
});

const STORE_TYPES = ['sidecar', 'store', 'rule', 'receive'];

const secondStore = own(QUERIER, 'thanos_store_nodes_grpc_connections', {
  store_type: 'store',
  external_labels: 'other',
});

// A tenth of what is counted is bad, against a hundredth.
const share = (alert: string, job: string, [metric, bad, good]: readonly string[]): AlertCase => {
  const series = (labels = ''): string => own(job, metric ?? '').replace('}', `${labels}}`);
  return {
    alert,
    fires: { [series(bad)]: '0+10x60', [series(good)]: '0+90x60' },
    labels: aggregated(job),
    value: '10%',
    quiet: { [series(bad)]: '0+1x60', [series(good)]: '0+99x60' },
  };
};

const bucket = (name: string): string =>
  own(STORE, `thanos_objstore_bucket_operation${name}_total`, { operation: 'get' });

const everyJob = Object.values(ALL_JOBS).flat();
const present = (jobs: readonly string[]): Samples =>
  Object.fromEntries(jobs.map((job) => [own(job, 'up'), '1x60']));

/** What the alerts on Thanos, and on the presence of everything, do. */
export const THANOS_CASES: readonly AlertCase[] = [
  {
    alert: 'ThanosBucketFailing',
    fires: { [bucket('_failures')]: '0+10x60', [bucket('s')]: '0+100x60' },
    labels: aggregated(STORE),
    value: '10%',
    quiet: { [bucket('_failures')]: '0+1x60', [bucket('s')]: '0+100x60' },
  },
  ...STORE_TYPES.map((type): AlertCase => ({
    alert: 'ThanosQuerierStoresGone',
    fires: connected(...STORE_TYPES.filter((it) => it !== type)),
    labels: { ...podOf(QUERIER), store_type: type },
    quiet: connected(...STORE_TYPES),
  })),
  {
    alert: 'ThanosQuerierFewerStores',
    fires: { ...connected('store'), [secondStore]: '1x20 _x180' },
    labels: podOf(QUERIER),
    value: '1',
    quiet: { ...connected('store'), [secondStore]: '1x200' },
    at: '60m',
  },
  share('ThanosQuerierErrors', QUERIER, ['http_requests_total', ',code="503"', ',code="422"']),
  counter(
    'ThanosStoreGatewayBlocksNotLoaded',
    STORE,
    'thanos_bucket_store_block_load_failures_total',
  ),
  counter('ThanosStoreGatewayBucketFailures', STORE, 'thanos_blocks_meta_sync_failures_total'),
  gauge('ThanosCompactorHalted', COMPACTOR, 'thanos_compact_halted', [1, 0]),
  {
    alert: 'ThanosCompactorNotRunning',
    fires: { [own(COMPACTOR, 'thanos_compact_iterations_total')]: '5x1000' },
    labels: podOf(COMPACTOR),
    quiet: { [own(COMPACTOR, 'thanos_compact_iterations_total')]: '0x500 1x500' },
    at: '15h',
  },
  counter('ThanosRulerEvaluationFailures', RULER, 'prometheus_rule_evaluation_failures_total', {
    rule_group: 'a',
  }),
  counter('ThanosRulerIterationsMissed', RULER, 'prometheus_rule_group_iterations_missed_total', {
    rule_group: 'a',
  }),
  gauge(
    'ThanosRulerConfigReloadFailed',
    RULER,
    'thanos_rule_config_last_reload_successful',
    [0, 1],
  ),
  counter('ThanosRulerAlertsDropped', RULER, 'thanos_alert_sender_alerts_dropped_total'),
  counter('ThanosRulerAlertsDropped', RULER, 'thanos_alert_queue_alerts_dropped_total'),
  share('ThanosReceiveReplicationFailures', RECEIVE, [
    'thanos_receive_replications_total',
    ',result="error"',
    ',result="success"',
  ]),
  share('ThanosReceiveForwardFailures', RECEIVE, [
    'thanos_receive_forward_requests_total',
    ',result="error"',
    ',result="success"',
  ]),
  ...everyJob.map((job): AlertCase => ({
    alert: 'TenancyComponentMissing',
    fires: present(everyJob.filter((it) => it !== job)),
    labels: { job },
    quiet: present(everyJob),
  })),
  gauge('TenancyComponentDown', COMPACTOR, 'up', [0, 1]),
];
