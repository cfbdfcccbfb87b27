import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { SynthError } from '../synth-error.ts';

/** A kind of component that is watched. */
export type MonitoredComponent =
  | 'frontend'
  | 'prometheus'
  | 'sidecar'
  | 'storeGateway'
  | 'compactor'
  | 'querier'
  | 'thanosQueryFrontend'
  | 'ruler'
  | 'receive'
  | 'operator';

/** The values of the label `job` under which the metrics of each component are stored. */
export type MonitoredJobs = Readonly<Partial<Record<MonitoredComponent, readonly string[]>>>;

/** Where the platform's own series are. */
export interface PlatformSeriesProps {
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** The namespace of the platform. */
  readonly namespace: string;
  /** The jobs in it. */
  readonly jobs: MonitoredJobs;
}

/**
 * The only way in which alerts, rules and dashboards select series.
 *
 * A tenant may expose any metric name with any labels but the tenancy label, which is forced at the
 * scrape. A selector without it would take what a tenant made up for the platform's own: an alert that
 * cries wolf, or a join that fails for everybody because one series is there twice.
 */
export class PlatformSeries {
  readonly #props: PlatformSeriesProps;

  constructor(props: PlatformSeriesProps) {
    this.#props = props;
  }

  /** The labels that every aggregation keeps, so that its result can be selected in the same way. */
  get kept(): string {
    return `${this.#props.tenancyLabel}, job`;
  }

  /** Whether there is such a component. */
  has(component: MonitoredComponent): boolean {
    return this.#jobsOf(component).length > 0;
  }

  /** The jobs of a component. */
  jobsOf(component: MonitoredComponent): readonly string[] {
    return this.#jobsOf(component);
  }

  /** A selector of one metric of a component, such as `up{namespace="monitoring",job="x"}`. */
  of(component: MonitoredComponent, metric: string, ...matchers: readonly string[]): string {
    return this.ofJobs(this.#jobsOf(component), metric, ...matchers);
  }

  /** A selector of one metric of several components, of those that are there. */
  ofAll(components: readonly MonitoredComponent[], metric: string, ...matchers: string[]): string {
    return this.ofJobs(
      components.flatMap((it) => this.#jobsOf(it)),
      metric,
      ...matchers,
    );
  }

  /**
   * A selector of one metric of these jobs.
   *
   * @throws {SynthError} If there is no job: such a selector would match nothing, or everything.
   */
  ofJobs(jobs: readonly string[], metric: string, ...matchers: readonly string[]): string {
    const distinct = [...new Set(jobs)];
    const [first] = distinct;
    if (first === undefined) {
      throw new SynthError(
        `selector of ${metric}`,
        'names no job, so nothing says whose series it takes',
        'name the jobs of the component',
      );
    }
    const { tenancyLabel, namespace } = this.#props;
    // Names of Services hold letters, digits and dashes, none of which means anything in a pattern.
    const job = distinct.length === 1 ? `job="${first}"` : `job=~"${distinct.join('|')}"`;
    return `${metric}{${[`${tenancyLabel}="${namespace}"`, job, ...matchers].join(',')}}`;
  }

  #jobsOf(component: MonitoredComponent): readonly string[] {
    return this.#props.jobs[component] ?? [];
  }
}

const JOB_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Refuses jobs that could not stand in a selector as they are. */
export function requireJobs(subject: string, jobs: MonitoredJobs): void {
  const odd = Object.values(jobs)
    .flat()
    .find((job) => !JOB_NAME.test(job));
  if (odd === undefined) return;
  throw new SynthError(
    `${subject} jobs`,
    `${JSON.stringify(odd)} is not the name of a Service`,
    'write lower-case letters, digits and dashes',
  );
}
