import type { Alert, RuleGroup } from '../alert.ts';
import type { MonitoredComponent, PlatformSeries } from '../platform-series.ts';

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

/** One series for each counter of a component that grew, with a label that says which it was. */
function grown(
  series: PlatformSeries,
  component: MonitoredComponent,
  counters: Readonly<Record<string, string>>,
  label: string,
  windowMinutes = 15,
): string {
  return Object.entries(counters)
    .map(([value, metric]) => {
      const counter = series.of(component, metric);
      return `label_replace(increase(${counter}[${windowMinutes}m]) > 0, "${label}", "${value}", "", "")`;
    })
    .join(' or ');
}

function prometheusAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('prometheus', metric);
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
      expr: grown(series, 'prometheus', LIMITS, 'limit'),
      summary: 'A tenant exceeds an enforced limit, and its scrapes are rejected.',
      description:
        'Scrapes by {{ $labels.instance }} exceed the limit on {{ $labels.limit }}: the targets concerned are down, and their series are missing.',
    },
    {
      name: 'TenantPrometheusStorageFailing',
      severity: 'critical',
      forMinutes: 5,
      expr: grown(series, 'prometheus', STORAGE, 'operation'),
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

/** What the operator's reloader may fail at, beside Prometheus and under the same job as the sidecar. */
const RELOADER: Readonly<Record<string, string>> = {
  apply: 'reloader_config_apply_operations_failed_total',
  watch: 'reloader_watch_errors_total',
};

function sidecarAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('sidecar', metric);
  const uploaded = own('thanos_objstore_bucket_last_successful_upload_time');
  // Blocks are made every two hours; the process says 0 until the first upload after its start.
  const started = own('process_start_time_seconds');
  return [
    {
      name: 'TenantPrometheusReloaderFailing',
      severity: 'critical',
      forMinutes: 10,
      // The window is not longer than it has to last, or one event of the past would be enough.
      // Not `reloader_last_reload_successful`: where the web port asks for a certificate, the reloader has
      // none to look at the outcome with, and says 0 however well all goes.
      expr: grown(series, 'sidecar', RELOADER, 'operation', 10),
      summary: 'What the operator generates does not reach Prometheus.',
      description:
        'The reloader of {{ $labels.pod }} fails to {{ $labels.operation }} the configuration: new monitors of all tenants are ignored, and a pod that restarts now may not come up.',
    },
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
