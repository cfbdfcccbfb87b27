import type { Alert, RuleGroup } from '../alert.ts';
import type { PlatformSeries } from '../platform-series.ts';

/** What a scrape or a target may exceed, and the counter that says so. */
const LIMITS: Readonly<Record<string, string>> = {
  samples: 'prometheus_target_scrapes_exceeded_sample_limit_total',
  body_size: 'prometheus_target_scrapes_exceeded_body_size_limit_total',
  histogram_buckets: 'prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total',
  targets: 'prometheus_target_scrape_pool_exceeded_target_limit_total',
  labels: 'prometheus_target_scrape_pool_exceeded_label_limits_total',
};

/** What the storage may fail at, and the counter that says so. */
const STORAGE: Readonly<Record<string, string>> = {
  wal_write: 'prometheus_tsdb_wal_writes_failed_total',
  wal_truncation: 'prometheus_tsdb_wal_truncations_failed_total',
  checkpoint_creation: 'prometheus_tsdb_checkpoint_creations_failed_total',
  checkpoint_deletion: 'prometheus_tsdb_checkpoint_deletions_failed_total',
  head_truncation: 'prometheus_tsdb_head_truncations_failed_total',
  compaction: 'prometheus_tsdb_compactions_failed_total',
  block_reload: 'prometheus_tsdb_reloads_failures_total',
};

/** Alerts on Prometheus and its sidecar. */
export function prometheusRules(series: PlatformSeries): RuleGroup {
  return {
    name: 'tenant-prometheus',
    recordings: [],
    alerts: [
      ...(series.has('prometheus') ? prometheusAlerts(series) : []),
      ...(series.has('sidecar') ? sidecarAlerts(series) : []),
    ],
  };
}

function prometheusAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('prometheus', metric);
  // One series for each counter that grew, with a label that says which it was.
  const grown = (counters: Readonly<Record<string, string>>, label: string): string =>
    Object.entries(counters)
      .map(
        ([value, metric]) =>
          `label_replace(increase(${own(metric)}[15m]) > 0, "${label}", "${value}", "", "")`,
      )
      .join(' or ');
  return [
    {
      name: 'TenantPrometheusConfigReloadFailed',
      severity: 'critical',
      forMinutes: 10,
      expr: `${own('prometheus_config_last_reload_successful')} == 0`,
      summary: 'Prometheus keeps an earlier configuration.',
      description:
        '{{ $labels.instance }} could not load its configuration: new monitors of all tenants are ignored, and a pod that restarts now would not come up.',
    },
    {
      name: 'TenantPrometheusScrapesRejected',
      severity: 'warning',
      forMinutes: 15,
      expr: grown(LIMITS, 'limit'),
      summary: 'A tenant exceeds an enforced limit, and its scrapes are rejected.',
      description:
        'Scrapes by {{ $labels.instance }} exceed the limit on {{ $labels.limit }}: the targets concerned are down, and their series are missing.',
    },
    {
      name: 'TenantPrometheusStorageFailing',
      severity: 'critical',
      forMinutes: 5,
      expr: grown(STORAGE, 'operation'),
      summary: 'Prometheus fails to write or tidy up its storage.',
      description:
        '{{ $labels.operation }} fails on {{ $labels.instance }}. Samples may be lost, or the disk may fill up.',
    },
    {
      name: 'TenantPrometheusWalCorrupted',
      severity: 'critical',
      forMinutes: 0,
      expr: `increase(${own('prometheus_tsdb_wal_corruptions_total')}[1h]) > 0`,
      summary: 'Prometheus found a corrupted write-ahead log and dropped a part of it.',
      description:
        'Samples that {{ $labels.instance }} had not yet put into a block may be lost. Its replica has them.',
    },
    {
      name: 'TenantPrometheusRuleFailures',
      severity: 'warning',
      forMinutes: 15,
      expr: `increase(${own('prometheus_rule_evaluation_failures_total')}[15m]) > 0`,
      summary: 'Rules of the platform cannot be evaluated.',
      description:
        'Rules of the group {{ $labels.rule_group }} fail on {{ $labels.instance }}: alerts in it cannot fire.',
    },
  ];
}

function sidecarAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('sidecar', metric);
  const uploaded = own('thanos_objstore_bucket_last_successful_upload_time');
  // Blocks are made every two hours; the process says 0 until the first upload after its start.
  const started = own('process_start_time_seconds');
  return [
    {
      name: 'ThanosSidecarPrometheusAway',
      severity: 'critical',
      forMinutes: 5,
      expr: `${own('thanos_sidecar_prometheus_up')} == 0`,
      summary: 'A Thanos sidecar cannot reach its Prometheus.',
      description: 'Queries lack what {{ $labels.instance }} has not yet uploaded.',
    },
    {
      name: 'ThanosSidecarUploadsFailing',
      severity: 'warning',
      forMinutes: 15,
      expr: `increase(${own('thanos_shipper_upload_failures_total')}[1h]) > 0`,
      summary: 'A Thanos sidecar fails to upload blocks.',
      description: 'Uploads of {{ $labels.instance }} fail. They are tried again.',
    },
    {
      name: 'ThanosSidecarNotUploading',
      severity: 'critical',
      forMinutes: 15,
      expr:
        `time() - (${uploaded} > 0) > 6 * 3600 or ` +
        `(time() - ${started} > 6 * 3600 and on (${series.kept}, instance) ${uploaded} == 0)`,
      summary: 'A Thanos sidecar has not uploaded a block for six hours.',
      description:
        '{{ $labels.instance }} makes a block every two hours. Data is lost once it is older than the retention of Prometheus.',
    },
  ];
}
