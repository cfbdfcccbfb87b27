import { ALL_JOBS, type AlertCase, own, PLATFORM } from './alert-case.ts';

const [JOB] = ALL_JOBS.frontend;
const AGGREGATED = { namespace: PLATFORM, job: JOB };
const POD = { ...AGGREGATED, instance: 'pod-1' };

const of = (metric: string, labels: Readonly<Record<string, string>> = {}): string =>
  own(JOB, `tenancy_query_frontend_${metric}`, labels);

// A gauge that is 1 where all is well.
const gauge = (
  alert: string,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): AlertCase => ({
  alert,
  fires: { [of(metric, labels)]: '0x60' },
  labels: { ...POD, ...labels },
  quiet: { [of(metric, labels)]: '1x60' },
});

const waiting = (withinASecond: string): Readonly<Record<string, string>> => ({
  [of('turn_wait_seconds_bucket', { le: '1' })]: withinASecond,
  [of('turn_wait_seconds_bucket', { le: '5' })]: '0+60x60',
  [of('turn_wait_seconds_bucket', { le: '+Inf' })]: '0+60x60',
});

const finding = { upstream: 'upstream', finding: 'tenancy_label' };

/** What the alerts on the query frontend do. */
export const FRONTEND_CASES: readonly AlertCase[] = [
  {
    alert: 'TenantQueryFrontendErrors',
    fires: {
      [of('requests_total', { status: '200' })]: '0+90x60',
      [of('requests_total', { status: '503' })]: '0+10x60',
    },
    labels: AGGREGATED,
    value: '10%',
    quiet: {
      [of('requests_total', { status: '200' })]: '0+99x60',
      [of('requests_total', { status: '403' })]: '0+99x60',
      [of('requests_total', { status: '503' })]: '0+1x60',
    },
  },
  {
    alert: 'TenantQueryFrontendReviewsFailing',
    fires: {
      [of('review_duration_seconds_count', { outcome: 'allowed' })]: '0+90x60',
      [of('review_duration_seconds_count', { outcome: 'fault' })]: '0+10x60',
    },
    labels: AGGREGATED,
    value: '10%',
    quiet: {
      [of('review_duration_seconds_count', { outcome: 'denied' })]: '0+99x60',
      [of('review_duration_seconds_count', { outcome: 'fault' })]: '0+1x60',
    },
  },
  {
    alert: 'TenantQueryFrontendQueueSaturated',
    fires: waiting('0x60'),
    labels: AGGREGATED,
    quiet: waiting('0+60x60'),
  },
  {
    alert: 'TenantQueryFrontendQueueSaturated',
    fires: { [of('requests_total', { decision: 'limit_concurrency' })]: '0+5x60' },
    labels: AGGREGATED,
    quiet: { [of('requests_total', { decision: 'limit_rate' })]: '0+5x60' },
  },
  {
    alert: 'TenantQueryFrontendUpstreamUnsafe',
    fires: { [of('upstream_unsafe', finding)]: '1x60' },
    labels: { ...AGGREGATED, ...finding },
    quiet: { [of('upstream_unsafe', finding)]: '0x60' },
  },
  gauge('TenantQueryFrontendDependencyAway', 'dependency_up', { dependency: 'api_server' }),
  gauge('TenantQueryFrontendNotReady', 'ready'),
  gauge('TenantQueryFrontendConfigReloadFailed', 'config_last_reload_successful'),
  gauge('TenantQueryFrontendCertificateReloadFailed', 'certificate_last_reload_successful'),
  gauge('TenantQueryFrontendWatchNotFollowing', 'watch_following', { watch: 'rights' }),
];
