import type { Alert, RuleGroup } from '../alert.ts';
import type { MonitoredComponent, PlatformSeries } from '../platform-series.ts';

const COMPONENTS: readonly MonitoredComponent[] = [
  'frontend',
  'prometheus',
  'sidecar',
  'storeGateway',
  'compactor',
  'querier',
  'thanosQueryFrontend',
  'ruler',
  'receive',
  'operator',
];

/** Alerts on components that do not answer, or are not there at all. */
export function presenceRules(series: PlatformSeries): RuleGroup {
  const jobs = [...new Set(COMPONENTS.flatMap((it) => series.jobsOf(it)))];
  const alerts: readonly Alert[] = [
    {
      name: 'TenancyComponentMissing',
      severity: 'critical',
      forMinutes: 10,
      expr: jobs.map((job) => missing(series, job)).join(' or '),
      summary: 'No pod of a component of the platform answers.',
      description:
        'No pod of {{ $labels.job }} was scraped with success: it is down, or its monitor does not find it, and the other alerts on it are blind.',
    },
    {
      name: 'TenancyComponentDown',
      severity: 'warning',
      forMinutes: 10,
      expr: `${series.ofAll(COMPONENTS, 'up')} == 0`,
      summary: 'A pod of the platform does not answer scrapes.',
      description: '{{ $labels.instance }} of {{ $labels.job }} cannot be scraped.',
    },
  ];
  return { name: 'tenancy-presence', recordings: [], alerts: jobs.length === 0 ? [] : alerts };
}

// Of a comparison `absent` infers no label, so the job is put back.
function missing(series: PlatformSeries, job: string): string {
  return `label_replace(absent(${series.ofJobs([job], 'up')} == 1), "job", "${job}", "", "")`;
}
