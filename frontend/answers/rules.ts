import type { SeriesScope } from '../../tenant/cluster-scope.ts';
import { accept, refuse } from '../result.ts';
import { type AnswerFilter, isSuccess, type ShownTexts, successEnvelope } from './answer-filter.ts';
import { isInScope } from './in-scope.ts';
import { isJsonList, type JsonObject, type JsonValue, memberOf } from './json-value.ts';
import { RulePage, type RulePageRequest } from './rule-page.ts';

/** Members of a group that are texts and speak of nothing but the group. `file` is not among them. */
const GROUP_TEXTS: ReadonlySet<string> = new Set([
  'name',
  'lastEvaluation',
  'partialResponseStrategy',
]);

/** States of an alerting rule, the gravest first. */
const STATES = ['firing', 'pending'] as const;

/**
 * Filters the answer of `/api/v1/rules`: a rule stays when its own tenancy label is in the scope, a
 * group when a rule of it stays.
 *
 * A label that is a template stands for any tenant, and its text is none, so such a rule is left
 * out. Of a group, which may hold rules of several tenants, only what cannot speak of the others is
 * kept; of a rule, which is the caller's own, everything but error messages that may not be shown.
 */
export function filterRules(
  scope: SeriesScope,
  shown: ShownTexts,
  request: RulePageRequest = {},
): AnswerFilter {
  const page = new RulePage(request);
  return {
    shape: {
      kind: 'members',
      members: {
        data: {
          kind: 'members',
          members: {
            groups: {
              kind: 'entries',
              entry: {
                kind: 'members',
                members: {
                  rules: {
                    kind: 'entries',
                    entry: {
                      kind: 'members',
                      members: {
                        alerts: { kind: 'entries', judge: (alert) => ownAlert(alert, scope) },
                      },
                    },
                    judge: (rule, lost) => ownRule(rule, lost, scope, shown),
                  },
                },
              },
              judge: (group) => groupOnPage(group, page),
            },
          },
        },
      },
    },
    finish: (answer) => {
      const groups = memberOf(memberOf(answer, 'data'), 'groups');
      if (!isSuccess(answer) || !isJsonList(groups)) return refuse({ code: 'answer_unexpected' });
      if (!page.isFound) return refuse({ code: 'page_unknown' });
      const { nextToken } = page;
      const data = { groups, ...(nextToken !== undefined && { groupNextToken: nextToken }) };
      return accept(successEnvelope(data, answer, shown));
    },
  };
}

function ownAlert(alert: JsonObject, scope: SeriesScope): JsonObject | undefined {
  return isInScope(memberOf(alert, 'labels'), scope) ? alert : undefined;
}

function ownRule(
  rule: JsonObject,
  lost: number,
  scope: SeriesScope,
  shown: ShownTexts,
): JsonObject | undefined {
  if (!isInScope(memberOf(rule, 'labels'), scope)) return undefined;
  const members = Object.entries(rule).flatMap(([name, member]): [string, JsonValue][] => {
    if (name === 'lastError') {
      return typeof member === 'string' && member !== '' ? [[name, shown.error(member)]] : [];
    }
    // The state is that of the gravest alert, which may be one of those that were left out.
    if (name === 'state' && lost > 0) return [[name, stateOf(memberOf(rule, 'alerts'))]];
    return [[name, member]];
  });
  return Object.fromEntries(members);
}

function stateOf(alerts: JsonValue | undefined): string {
  const states = isJsonList(alerts) ? alerts.map((alert) => memberOf(alert, 'state')) : [];
  return STATES.find((state) => states.includes(state)) ?? 'inactive';
}

function groupOnPage(group: JsonObject, page: RulePage): JsonObject | undefined {
  const rules = memberOf(group, 'rules');
  const name = memberOf(group, 'name');
  if (!isJsonList(rules) || rules.length === 0 || typeof name !== 'string') return undefined;
  if (!page.takes(name)) return undefined;
  const members = Object.entries(group).filter(
    ([member, value]) =>
      typeof value === 'number' ||
      typeof value === 'boolean' ||
      member === 'rules' ||
      (typeof value === 'string' && GROUP_TEXTS.has(member)),
  );
  return Object.fromEntries(members);
}
