import type { Duration } from 'cdk8s';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { SynthError } from '../synth-error.ts';

/** Settings of {@link WatchingPrometheus.other}. */
export interface OtherPrometheusProps {
  /** The namespace of its pods, for the network policies. */
  readonly namespace: string;
  /** Labels that select its pods, for the network policies. */
  readonly podLabels: Readonly<Record<string, string>>;
  /**
   * Labels by which it finds ServiceMonitors, PodMonitors and PrometheusRules, such as
   * `release: kube-prometheus-stack`.
   * @default - none, for one that takes all of them
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * How often it scrapes the platform: every 75 seconds or more often, since the alerts look at rates
   * over five minutes, and at most once a second.
   * @default - its own interval
   */
  readonly interval?: Duration;
}

/** What monitors, rules and network policies have to know of another Prometheus. */
export type OtherPrometheus = Required<Omit<OtherPrometheusProps, 'interval'>> & {
  readonly interval: Duration | undefined;
};

// By the first the kit's own Prometheus finds what is meant for it, by the second the jobs are told.
const TAKEN_PREFIXES = ['prometheus-tenancy-kit/', 'app.kubernetes.io/'];
const SHORTEST_INTERVAL_SECONDS = 1;
const LONGEST_INTERVAL_SECONDS = 75;

/**
 * The Prometheus that watches the platform: scrapes its pods and evaluates the alerts on it.
 *
 * Monitors, rules and network policies of a chart have to be told the same one, or synthesis throws. Two at
 * once would count everything twice wherever both are queried together.
 */
export class WatchingPrometheus {
  /** The one that is not of the kit, if it is another. */
  readonly other: OtherPrometheus | undefined;

  private constructor(other?: OtherPrometheus) {
    this.other = other;
  }

  /** The kit's own, by ScrapeConfigs: it takes ServiceMonitors and PodMonitors from tenants alone. */
  static own(): WatchingPrometheus {
    return new WatchingPrometheus();
  }

  /**
   * Another one in the cluster, run by an operator as well, by ServiceMonitors and PrometheusRules in the
   * namespace of the platform.
   *
   * It must look into that namespace, and be allowed to list Services, EndpointSlices and Pods there. The
   * series carry the labels that the kit's own would give them, so alerts and dashboards are the same.
   *
   * It is trusted with everything: the port at which parts of Thanos answer metrics answers queries as well.
   * Where it takes monitors of tenants, the admission policies keep these from `namespace` and `job`, which
   * tell the platform's series. So the tenancy label must be `namespace`: it does not force another one.
   *
   * One thing it does not see: what Prometheus says of itself. Its web port answers with the series of all
   * tenants and stays closed; `PrometheusSelfMonitor` has it scrape itself, and it evaluates the alerts on
   * itself.
   *
   * @throws {SynthError} If the namespace cannot be one, no label of its pods is named, a label is one that
   *   the kit sets, or the interval is too short or too long.
   */
  static other(props: OtherPrometheusProps): WatchingPrometheus {
    const { interval, labels = {}, namespace, podLabels } = props;
    const subject = 'WatchingPrometheus.other';
    if (parseTenantId(namespace) === undefined) {
      throw new SynthError(
        `${subject} namespace`,
        `${JSON.stringify(namespace)} is not the name of a namespace`,
        'write a-z, 0-9 and -, as the cluster does',
      );
    }
    if (Object.keys(podLabels).length === 0) {
      throw new SynthError(
        `${subject} podLabels`,
        `names no label, and every pod of ${namespace} would reach the metrics`,
        'name the labels of its pods',
      );
    }
    const taken = Object.keys(labels).find((it) => TAKEN_PREFIXES.some((to) => it.startsWith(to)));
    if (taken !== undefined) {
      throw new SynthError(
        `${subject} labels`,
        `${taken} is a label that the kit sets itself`,
        'have its selectors ask for another one',
      );
    }
    if (interval !== undefined) requireInterval(`${subject} interval`, interval);
    return new WatchingPrometheus({ namespace, podLabels, labels, interval });
  }
}

function requireInterval(subject: string, interval: Duration): void {
  const milliseconds = interval.toMilliseconds({ integral: false });
  const seconds = milliseconds / 1_000;
  if (seconds > LONGEST_INTERVAL_SECONDS) {
    throw new SynthError(
      subject,
      'is so long that rates over five minutes would have gaps',
      `use ${LONGEST_INTERVAL_SECONDS} seconds at most`,
    );
  }
  if (seconds >= SHORTEST_INTERVAL_SECONDS && Number.isInteger(milliseconds)) return;
  throw new SynthError(
    subject,
    'is shorter than a second, or no whole number of milliseconds',
    `use ${SHORTEST_INTERVAL_SECONDS} to ${LONGEST_INTERVAL_SECONDS} seconds`,
  );
}
