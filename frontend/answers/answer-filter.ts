import type { Result } from '../result.ts';
import { isJsonList, type JsonObject, type JsonValue, memberOf } from './json-value.ts';
import type { Shape } from './shape.ts';

/** Why a filter makes no answer. */
export type AnswerProblem =
  /** The upstream's answer is not of the form that its API describes. */
  | { readonly code: 'answer_unexpected' }
  /** The caller asks for a page that is not there, or no longer. */
  | { readonly code: 'page_unknown' };

/** How one answer of an upstream becomes that of a caller. It is used for one answer only. */
export interface AnswerFilter {
  /** Where the entries stand, and what is left of each. */
  readonly shape: Shape;
  /** Builds the answer from what was left. Nothing else of the upstream's answer goes into it. */
  readonly finish: (filtered: JsonValue) => Result<JsonValue, AnswerProblem>;
}

/** Decides what texts of an upstream may be shown; others may name stores or other tenants. */
export interface ShownTexts {
  /** Gives an error message of an evaluation as it may be shown. */
  error(message: string): string;
  /** Gives a warning or info as it may be shown. */
  notice(message: string): string;
}

/** Builds the envelope of the Prometheus API anew around an answer's data. */
export function successEnvelope(
  data: JsonValue,
  answer: JsonValue,
  shown: Pick<ShownTexts, 'notice'>,
): JsonObject {
  const notices = ['warnings', 'infos'].flatMap((name): [string, JsonValue][] => {
    const texts = memberOf(answer, name);
    if (!isJsonList(texts) || texts.length === 0) return [];
    const shownTexts = texts.map((text) => shown.notice(typeof text === 'string' ? text : ''));
    return [[name, [...new Set(shownTexts)]]];
  });
  return { status: 'success', data, ...Object.fromEntries(notices) };
}

/** Whether an answer is a success of the Prometheus API. */
export function isSuccess(answer: JsonValue): boolean {
  return memberOf(answer, 'status') === 'success';
}
