import { createHttpInspector } from '../adapters/upstream/http-inspector.ts';
import { createHttpUpstream } from '../adapters/upstream/http-upstream.ts';
import type { OtherUpstreamConfig } from '../config/upstreams.ts';
import { guardUpstream } from '../http/guard-upstream.ts';
import type { Log } from '../http/log.ts';
import type { StoreRules } from '../http/upstream-inspection.ts';
import type { Upstream } from '../http/upstream.ts';
import { UpstreamWatch } from '../http/upstream-watch.ts';

/** The upstream of the rules, where it is not that of the queries. */
export interface RulesUpstream {
  /** It is asked only once it was seen to be safe. */
  readonly upstream: Upstream;
  readonly watch: UpstreamWatch;
  /** Closes idle connections. */
  readonly close: () => void;
}

/**
 * Makes the upstream of the rules. It is guarded for itself: while it is unsafe, or was never looked
 * at, rules and alerts are refused, and queries go on.
 */
export function createRulesUpstream(
  config: OtherUpstreamConfig,
  rules: StoreRules,
  log: Log,
): RulesUpstream {
  const upstream = createHttpUpstream(config);
  const watch = new UpstreamWatch(createHttpInspector(config), rules, (level, event, fields) => {
    log(level, event, { upstream: 'upstreams.rules', ...fields });
  });
  return {
    upstream: guardUpstream(upstream, () => watch.state === 'reachable' || watch.state === 'away'),
    watch,
    close: () => {
      upstream.close();
    },
  };
}
