import { ALL_JOBS, type AlertCase, own, PLATFORM } from './alert-case.ts';

const [PROMETHEUS] = ALL_JOBS.prometheus;
const [SIDECAR] = ALL_JOBS.sidecar;
const podOf = (job: string): Readonly<Record<string, string>> => ({
  namespace: PLATFORM,
  job,
  instance: 'pod-1',
});

/** A counter that must not grow. */
export const counter = (
  alert: string,
  job: string,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
  added: Readonly<Record<string, string>> = {},
): AlertCase => ({
  alert,
  fires: { [own(job, metric, labels)]: '0+1x60' },
  labels: { ...podOf(job), ...labels, ...added },
  quiet: { [own(job, metric, labels)]: '7x60' },
});

/** A gauge that must have, or not have, a value. */
export const gauge = (
  alert: string,
  job: string,
  metric: string,
  [bad, good]: readonly [number, number],
): AlertCase => ({
  alert,
  fires: { [own(job, metric)]: `${bad}x60` },
  labels: podOf(job),
  quiet: { [own(job, metric)]: `${good}x60` },
});

const LIMITS = {
  samples: 'scrapes_exceeded_sample_limit_total',
  body_size: 'scrapes_exceeded_body_size_limit_total',
  histogram_buckets: 'scrapes_exceeded_native_histogram_bucket_limit_total',
  targets: 'scrape_pool_exceeded_target_limit_total',
  labels: 'scrape_pool_exceeded_label_limits_total',
};

const STORAGE = {
  wal_write: 'wal_writes_failed_total',
  wal_truncation: 'wal_truncations_failed_total',
  checkpoint_creation: 'checkpoint_creations_failed_total',
  checkpoint_deletion: 'checkpoint_deletions_failed_total',
  head_truncation: 'head_truncations_failed_total',
  compaction: 'compactions_failed_total',
  block_reload: 'reloads_failures_total',
};

const RELOADER = {
  apply: 'config_apply_operations_failed_total',
  watch: 'watch_errors_total',
};

const uploaded = own(SIDECAR, 'thanos_objstore_bucket_last_successful_upload_time');
const started = own(SIDECAR, 'process_start_time_seconds');

/** What the alerts on Prometheus and its sidecar do. Time begins at 0 in all of them. */
export const PROMETHEUS_CASES: readonly AlertCase[] = [
  gauge(
    'TenantPrometheusConfigReloadFailed',
    PROMETHEUS,
    'prometheus_config_last_reload_successful',
    [0, 1],
  ),
  ...Object.entries(LIMITS).map(([limit, name]) =>
    counter(
      'TenantPrometheusScrapesRejected',
      PROMETHEUS,
      `prometheus_target_${name}`,
      {},
      { limit },
    ),
  ),
  ...Object.entries(STORAGE).map(([operation, name]) =>
    counter(
      'TenantPrometheusStorageFailing',
      PROMETHEUS,
      `prometheus_tsdb_${name}`,
      {},
      { operation },
    ),
  ),
  counter('TenantPrometheusWalCorrupted', PROMETHEUS, 'prometheus_tsdb_wal_corruptions_total'),
  counter('TenantPrometheusRuleFailures', PROMETHEUS, 'prometheus_rule_evaluation_failures_total', {
    rule_group: 'thanos',
  }),
  {
    ...counter(
      'TenantPrometheusReloaderFailing',
      SIDECAR,
      'reloader_watch_errors_total',
      { pod: 'prometheus-tenancy-0' },
      { operation: 'watch' },
    ),
    // One event, eleven minutes ago.
    quiet: {
      [own(SIDECAR, 'reloader_watch_errors_total', { pod: 'prometheus-tenancy-0' })]: '0x18 1x40',
    },
  },
  ...Object.entries(RELOADER).map(([operation, name]) =>
    counter(
      'TenantPrometheusReloaderFailing',
      SIDECAR,
      `reloader_${name}`,
      { pod: 'prometheus-tenancy-0' },
      { operation },
    ),
  ),
  gauge('ThanosSidecarPrometheusAway', SIDECAR, 'thanos_sidecar_prometheus_up', [0, 1]),
  counter('ThanosSidecarUploadsFailing', SIDECAR, 'thanos_shipper_upload_failures_total'),
  {
    alert: 'ThanosSidecarNotUploading',
    fires: { [uploaded]: '60x500', [started]: '0x500' },
    labels: podOf(SIDECAR),
    quiet: { [uploaded]: '0+60x500', [started]: '0x500' },
    at: '8h',
  },
  {
    alert: 'ThanosSidecarNotUploading',
    fires: { [uploaded]: '0x500', [started]: '0x500' },
    labels: podOf(SIDECAR),
    quiet: { [uploaded]: '0x500', [started]: '7200x500' },
    at: '7h',
  },
];
