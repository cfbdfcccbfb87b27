import type { SeriesScope } from '../../tenant/cluster-scope.ts';
import { accept, refuse } from '../result.ts';
import { type AnswerFilter, isSuccess, type ShownTexts, successEnvelope } from './answer-filter.ts';
import { isInScope } from './in-scope.ts';
import { isJsonList, memberOf } from './json-value.ts';

/** Filters the answer of `/api/v1/alerts`: an alert stays when its tenancy label is in the scope. */
export function filterAlerts(scope: SeriesScope, shown: ShownTexts): AnswerFilter {
  return {
    shape: {
      kind: 'members',
      members: {
        data: {
          kind: 'members',
          members: {
            alerts: {
              kind: 'entries',
              judge: (alert) => (isInScope(memberOf(alert, 'labels'), scope) ? alert : undefined),
            },
          },
        },
      },
    },
    finish: (answer) => {
      const alerts = memberOf(memberOf(answer, 'data'), 'alerts');
      if (!isSuccess(answer) || !isJsonList(alerts)) return refuse({ code: 'answer_unexpected' });
      return accept(successEnvelope({ alerts }, answer, shown));
    },
  };
}
