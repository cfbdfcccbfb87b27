import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { staticLabelsOf } from '../../tenant/static-labels.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import type { AnswerFilter, ShownTexts } from '../../frontend/answers/answer-filter.ts';
import type { JsonValue } from '../../frontend/answers/json-value.ts';
import { printJson } from '../../frontend/answers/print-json.ts';
import { readJson } from '../../frontend/answers/read-json.ts';

/** A scope over these tenants. */
export function scopeOf(...names: string[]): TenantScope {
  const tenants = names.flatMap((name) => parseTenantId(name) ?? []);
  return TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants);
}

/** A scope over one tenant of one cluster of several. */
export function scopeInCluster(name: string, cluster: string): TenantScope {
  const { tenants } = scopeOf(name);
  return TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants, staticLabelsOf({ cluster }));
}

/** Shows texts that begin with `engine:`, and hides all others. */
export const SHOWN: ShownTexts = {
  error: (text) => (text.startsWith('engine:') ? text : 'hidden error'),
  notice: (text) => (text.startsWith('engine:') ? text : 'hidden notice'),
};

/** Drives a generator to its end. */
export function finished<T>(steps: Generator<unknown, T>): { readonly value: T; steps: number } {
  for (let count = 0; ; count += 1) {
    const step = steps.next();
    if (step.done === true) return { value: step.value, steps: count };
  }
}

/** The bytes of a value, printed as JSON. */
export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Takes an answer the whole way: read, filtered, finished, printed, and parsed again. */
export function filtered(filter: AnswerFilter, answer: unknown): unknown {
  const { value } = finished(readJson(bytesOf(answer), filter.shape));
  if (value === undefined) return 'unreadable';
  const finishedAnswer = filter.finish(value);
  if (!finishedAnswer.ok) return finishedAnswer.rejection.code;
  return parsed(finishedAnswer.value);
}

function parsed(value: JsonValue): unknown {
  return JSON.parse([...printJson(value)].join(''));
}
