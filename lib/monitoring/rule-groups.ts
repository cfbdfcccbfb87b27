import type { RuleGroup } from './alert.ts';
import { frontendRules } from './alerts/frontend-rules.ts';
import { operatorRules } from './alerts/operator-rules.ts';
import { presenceRules } from './alerts/presence-rules.ts';
import { prometheusRules } from './alerts/prometheus-rules.ts';
import { thanosRules } from './alerts/thanos-rules.ts';
import type { PlatformSeries } from './platform-series.ts';

/** All alerts and rules on the components that are there. */
export function ruleGroups(series: PlatformSeries): RuleGroup[] {
  return [
    ...(series.has('frontend') ? [frontendRules(series)] : []),
    prometheusRules(series),
    thanosRules(series),
    operatorRules(series),
    presenceRules(series),
  ].filter(({ alerts, recordings }) => alerts.length + recordings.length > 0);
}
