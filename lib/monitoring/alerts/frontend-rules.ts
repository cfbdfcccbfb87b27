import type { Alert, Recording, RuleGroup } from '../alert.ts';
import type { PlatformSeries } from '../platform-series.ts';

const REQUESTS = 'tenancy_query_frontend_requests_total';
const REVIEWS = 'tenancy_query_frontend_review_duration_seconds_count';
const TURNS = 'tenancy_query_frontend_turn_wait_seconds_bucket';

/** Requests a second. */
export const FRONTEND_REQUEST_RATE = 'job:tenancy_query_frontend_requests:rate5m';

/** The share of requests that were answered with a status of 500 or above. */
export const FRONTEND_ERROR_RATIO = 'job:tenancy_query_frontend_errors:ratio_rate5m';

/** The share of reviews that got no verdict. */
export const FRONTEND_REVIEW_FAULT_RATIO = 'job:tenancy_query_frontend_review_faults:ratio_rate5m';

/** The time within which nine of ten requests get their turn upstream, in seconds. */
export const FRONTEND_TURN_WAIT = 'job:tenancy_query_frontend_turn_wait_seconds:p90_rate5m';

/** Alerts and rules on the query frontend. */
export function frontendRules(series: PlatformSeries): RuleGroup {
  return {
    name: 'tenant-query-frontend',
    recordings: recordings(series),
    alerts: [...trafficAlerts(series), ...stateAlerts(series)],
  };
}

function recordings(series: PlatformSeries): Recording[] {
  const rate = (metric: string, ...matchers: string[]): string =>
    `sum by (${series.kept}) (rate(${series.of('frontend', metric, ...matchers)}[5m]))`;
  return [
    { record: FRONTEND_REQUEST_RATE, expr: rate(REQUESTS) },
    {
      record: FRONTEND_ERROR_RATIO,
      expr: `${rate(REQUESTS, 'status=~"5.."')} / ${rate(REQUESTS)}`,
    },
    {
      record: FRONTEND_REVIEW_FAULT_RATIO,
      expr: `${rate(REVIEWS, 'outcome="fault"')} / ${rate(REVIEWS)}`,
    },
    {
      record: FRONTEND_TURN_WAIT,
      expr: `histogram_quantile(0.9, sum by (${series.kept}, le) (rate(${series.of('frontend', TURNS)}[5m])))`,
    },
  ];
}

function trafficAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string, ...matchers: string[]): string =>
    series.of('frontend', metric, ...matchers);
  return [
    {
      name: 'TenantQueryFrontendErrors',
      severity: 'critical',
      forMinutes: 10,
      expr: `${own(FRONTEND_ERROR_RATIO)} > 0.05`,
      summary: 'The query frontend fails requests of tenants.',
      description:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} are answered with a status of 500 or above.',
    },
    {
      name: 'TenantQueryFrontendReviewsFailing',
      severity: 'critical',
      forMinutes: 5,
      expr: `${own(FRONTEND_REVIEW_FAULT_RATIO)} > 0.05`,
      summary: 'The API server gives the query frontend no verdicts.',
      description:
        '{{ $value | humanizePercentage }} of the reviews of {{ $labels.job }} end without a verdict. Callers whose verdict is not remembered are answered with 503.',
    },
    {
      name: 'TenantQueryFrontendQueueSaturated',
      severity: 'warning',
      forMinutes: 10,
      expr:
        `${own(FRONTEND_TURN_WAIT)} > 2 or ` +
        `sum by (${series.kept}) (increase(${own(REQUESTS, 'decision="limit_concurrency"')}[10m])) > 10`,
      summary: 'Requests wait long for their turn, or get none.',
      description:
        'More queries arrive at {{ $labels.job }} than may be under way upstream at once. Tenants see slow or refused queries.',
    },
  ];
}

function stateAlerts(series: PlatformSeries): Alert[] {
  const own = (metric: string): string => series.of('frontend', `tenancy_query_frontend_${metric}`);
  return [
    {
      name: 'TenantQueryFrontendUpstreamUnsafe',
      severity: 'critical',
      forMinutes: 0,
      expr: `max by (${series.kept}, upstream, finding) (${own('upstream_unsafe')}) == 1`,
      summary: 'The stores behind an upstream would mix tenants; nothing is asked there.',
      description:
        'The query frontend found {{ $labels.finding }} at {{ $labels.upstream }} and sends nothing to it, so tenants get no answers.',
    },
    {
      name: 'TenantQueryFrontendDependencyAway',
      severity: 'critical',
      forMinutes: 5,
      expr: `${own('dependency_up')} == 0`,
      summary: 'The query frontend cannot reach what it depends on.',
      description:
        '{{ $labels.dependency }} does not answer {{ $labels.instance }} of {{ $labels.job }}.',
    },
    {
      name: 'TenantQueryFrontendNotReady',
      severity: 'warning',
      forMinutes: 15,
      expr: `${own('ready')} == 0`,
      summary: 'A pod of the query frontend takes no requests.',
      description: '{{ $labels.instance }} of {{ $labels.job }} answers 503 on /-/ready.',
    },
    {
      name: 'TenantQueryFrontendConfigReloadFailed',
      severity: 'warning',
      forMinutes: 10,
      expr: `${own('config_last_reload_successful')} == 0`,
      summary: 'The query frontend keeps an earlier configuration.',
      description:
        'The configuration file of {{ $labels.instance }} has mistakes, or its parts cannot be started. A pod that restarts now would not come up.',
    },
    {
      name: 'TenantQueryFrontendCertificateReloadFailed',
      severity: 'critical',
      forMinutes: 10,
      expr: `${own('certificate_last_reload_successful')} == 0`,
      summary: 'The query frontend keeps an earlier certificate, which will expire.',
      description:
        'The certificate or the authorities of clients in the files of {{ $labels.instance }} cannot be used.',
    },
    {
      name: 'TenantQueryFrontendWatchNotFollowing',
      severity: 'warning',
      forMinutes: 10,
      expr: `${own('watch_following')} == 0`,
      summary: 'The query frontend does not follow changes at the API server.',
      description:
        'The watch {{ $labels.watch }} of {{ $labels.instance }} is broken. A right that is withdrawn counts until its remembered verdict is too old.',
    },
  ];
}
