import type { UpstreamName } from './routes.ts';
import type { Upstream } from './upstream.ts';

/** Who answers what. */
export interface Upstreams {
  /** Answers queries, and says what metrics there are. */
  readonly queries: Upstream;
  /** Evaluates rules. @defaultValue the upstream of the queries */
  readonly rules?: Upstream | undefined;
  /** Absent where there is none; its routes do not exist then. */
  readonly alertmanager?: Upstream | undefined;
}

/** Replaces each upstream by `f` of it. */
export function mapUpstreams(upstreams: Upstreams, f: (upstream: Upstream) => Upstream): Upstreams {
  const { queries, rules, alertmanager } = upstreams;
  return {
    queries: f(queries),
    rules: rules && f(rules),
    alertmanager: alertmanager && f(alertmanager),
  };
}

/** Chooses the upstream of a route. @throws {TypeError} If a route is taken that is not offered. */
export function upstreamOf(upstreams: Upstreams, name: UpstreamName | undefined): Upstream {
  if (name === undefined) return upstreams.queries;
  if (name === 'rules') return upstreams.rules ?? upstreams.queries;
  if (upstreams.alertmanager === undefined) throw new TypeError('there is no Alertmanager');
  return upstreams.alertmanager;
}
