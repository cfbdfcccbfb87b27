import type { SeriesScope } from '../../tenant/cluster-scope.ts';
import { accept, refuse } from '../result.ts';
import { type AnswerFilter, isSuccess, type ShownTexts, successEnvelope } from './answer-filter.ts';
import { isInScope } from './in-scope.ts';
import { isJsonList, type JsonObject, type JsonValue, memberOf } from './json-value.ts';

/** What of the metadata a caller asks for. */
export interface MetadataRequest {
  /** The one metric that is asked for; the upstream then leaves the name out. */
  readonly metric?: string | undefined;
  /** Most metrics; `undefined` for all. */
  readonly limit?: number | undefined;
  /** Most entries for one metric; `undefined` for all. */
  readonly limitPerMetric?: number | undefined;
}

/**
 * Makes the answer of `/api/v1/metadata` out of that of `/api/v1/targets/metadata`.
 *
 * The former has no notion of a target: filtered by names it would show the HELP text of another
 * tenant's metric of the same name. Here each text comes from a target inside the scope.
 */
export function filterTargetMetadata(
  scope: SeriesScope,
  shown: ShownTexts,
  { metric, limit = Infinity, limitPerMetric = Infinity }: MetadataRequest = {},
): AnswerFilter {
  // Many targets say the same, so equal entries meet here and not in the list.
  const byName = new Map<string, Map<string, JsonObject>>();
  const collect = (entry: JsonObject): void => {
    const name = memberOf(entry, 'metric') ?? metric;
    if (typeof name !== 'string' || !isInScope(memberOf(entry, 'target'), scope)) return;
    const known = byName.get(name);
    if (known === undefined && byName.size >= limit) return;
    const entries = known ?? new Map<string, JsonObject>();
    const described = Object.fromEntries(
      ['type', 'help', 'unit'].map((member) => [member, textOf(memberOf(entry, member))]),
    );
    const key = JSON.stringify(described);
    if (entries.size < limitPerMetric || entries.has(key)) entries.set(key, described);
    byName.set(name, entries);
  };
  return {
    shape: {
      kind: 'members',
      members: {
        data: {
          kind: 'entries',
          judge: (entry) => {
            collect(entry);
            return undefined;
          },
        },
      },
    },
    finish: (answer) => {
      if (!isSuccess(answer) || !isJsonList(memberOf(answer, 'data'))) {
        return refuse({ code: 'answer_unexpected' });
      }
      const data = Object.fromEntries(
        [...byName].map(([name, entries]): [string, JsonValue] => [name, [...entries.values()]]),
      );
      return accept(successEnvelope(data, answer, shown));
    },
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
