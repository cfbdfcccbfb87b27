import type { SeriesScope } from '../../tenant/cluster-scope.ts';
import { accept, refuse } from '../result.ts';
import { type AnswerFilter, isSuccess, type ShownTexts, successEnvelope } from './answer-filter.ts';
import { isInScope } from './in-scope.ts';
import { isJsonList, memberOf } from './json-value.ts';

/**
 * Filters the answer of `/api/v1/query_exemplars`, although the query was scoped: Thanos leaves a
 * matcher out whose label is an external one of a store, and so answers with every tenant's.
 */
export function filterExemplars(scope: SeriesScope, shown: ShownTexts): AnswerFilter {
  return {
    shape: {
      kind: 'members',
      members: {
        data: {
          kind: 'entries',
          judge: (entry) => (isInScope(memberOf(entry, 'seriesLabels'), scope) ? entry : undefined),
        },
      },
    },
    finish: (answer) => {
      const data = memberOf(answer, 'data');
      if (!isSuccess(answer) || !isJsonList(data)) return refuse({ code: 'answer_unexpected' });
      return accept(successEnvelope(data, answer, shown));
    },
  };
}
