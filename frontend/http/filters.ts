import { ClusterScope, type SeriesScope } from '../../tenant/cluster-scope.ts';
import {
  filterAlertGroups,
  filterAlertmanagerAlerts,
  filterSilences,
} from '../answers/alertmanager.ts';
import { filterAlerts } from '../answers/alerts.ts';
import type { AnswerFilter, ShownTexts } from '../answers/answer-filter.ts';
import { filterExemplars } from '../answers/exemplars.ts';
import { filterTargetMetadata } from '../answers/metadata.ts';
import { filterRules } from '../answers/rules.ts';
import { scopeWithoutSelector } from '../promql/scope.ts';
import { staticSelectorOf } from '../promql/scope-cluster.ts';
import type { AdmittedRequest } from './admit.ts';
import { judgeMessage } from './engine-messages.ts';
import type { Narrowing } from './forward.ts';
import type { FilterName } from './routes.ts';
import { shownNotice } from './scrub-notices.ts';

/** What stands in an answer for an error of a rule that may not be shown. */
export const HIDDEN_ERROR = 'the rule could not be evaluated';

const SHOWN: ShownTexts = {
  error: (message) => (judgeMessage(message) === 'shown' ? message : HIDDEN_ERROR),
  notice: shownNotice,
};

/** Filters whose upstream answers with a list. A single silence is no list: see `silences.ts`. */
export type ListFilterName = Exclude<FilterName, 'silence'>;

/** Makes the filter of one answer. */
export function filterOf(
  name: ListFilterName,
  scope: SeriesScope,
  admitted: AdmittedRequest,
): AnswerFilter {
  const own = (parameter: string): string | undefined => admitted.own?.get(parameter);
  switch (name) {
    case 'exemplars':
      return filterExemplars(scope, SHOWN);
    case 'rules':
      return filterRules(scope, SHOWN, {
        limit: countOf(own('group_limit')),
        token: own('group_next_token'),
      });
    case 'alerts':
      return filterAlerts(scope, SHOWN);
    case 'metadata':
      return filterTargetMetadata(scope, SHOWN, {
        metric: admitted.parameters.get('metric'),
        limit: countOf(own('limit')),
        limitPerMetric: countOf(own('limit_per_metric')),
      });
    case 'alertmanagerAlerts':
      return filterAlertmanagerAlerts(scope);
    case 'alertmanagerGroups':
      return filterAlertGroups(scope);
    case 'silences':
      return filterSilences(scope);
    default:
      return name satisfies never;
  }
}

/**
 * Says the scope to upstreams that can narrow an answer themselves: less to send, and to filter. The
 * scope of a whole cluster without static labels leaves nothing to say.
 */
export function narrowingOf(name: ListFilterName, scope: SeriesScope): Narrowing | undefined {
  switch (name) {
    case 'metadata':
      return saying('match_target', [
        ClusterScope.is(scope) ? staticSelectorOf(scope) : scopeWithoutSelector(scope),
      ]);
    case 'alertmanagerAlerts':
    case 'alertmanagerGroups':
      return saying('filter', matchersOf(scope));
    case 'silences':
      // Here a filter finds the silences that have this very matcher, so several cannot be said.
      return !ClusterScope.is(scope) && scope.tenants.length > 1
        ? undefined
        : saying('filter', matchersOf(scope));
    default:
      return undefined;
  }
}

function saying(
  parameter: Narrowing['parameter'],
  texts: readonly (string | undefined)[],
): Narrowing | undefined {
  const values = texts.filter((text) => text !== undefined);
  return values.length === 0 ? undefined : { parameter, values };
}

// Alertmanager reads one matcher a parameter.
function matchersOf(scope: SeriesScope): readonly string[] {
  const fixed = scope.staticLabels.map(({ name, value }) => `${name}=${JSON.stringify(value)}`);
  if (ClusterScope.is(scope)) return fixed;
  const { tenancyLabel, tenants } = scope;
  // RFC 1123 labels have no metacharacters, so joining them needs no escaping.
  const operator = tenants.length > 1 ? '=~' : '=';
  return [`${tenancyLabel}${operator}"${tenants.join('|')}"`, ...fixed];
}

// 0 is no limit, as everywhere else.
function countOf(value: string | undefined): number | undefined {
  const count = Number(value ?? 0);
  return count === 0 ? undefined : count;
}
