import type { TenantScope } from '../../tenant/tenant-scope.ts';
import { accept, refuse, type Result } from '../result.ts';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
} from './json-value.ts';
import { isOwnSilence, isSilenceId } from './silence-owner.ts';

declare const scopedSilence: unique symbol;

/**
 * The text of a silence that acts on one tenant of its scope, ready to be sent.
 *
 * Only {@link scopeSilence} makes one.
 */
export type ScopedSilence = string & { readonly [scopedSilence]: never };

/** A silence as a caller wrote it: its form is checked, its matchers are not yet. */
export interface SilenceRequest {
  /** The silence to be changed, or `undefined` to make one. */
  readonly id: string | undefined;
  readonly matchers: readonly SilenceMatcher[];
  /** The other members, built anew. */
  readonly others: JsonObject;
}

/** One condition of a silence. */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Why a silence was refused. */
export type SilenceProblem =
  /** Its form is not that of the Alertmanager API; `member` says where. */
  | { readonly code: 'silence_malformed'; readonly member: string }
  /** A matcher on the tenancy label, or a static one, is no equality with a value of the scope. */
  | { readonly code: 'silence_matcher_refused'; readonly label: string }
  /** It has no matcher on the tenancy label, and the scope has several tenants. */
  | { readonly code: 'silence_tenant_missing'; readonly label: string };

/** Most matchers of one silence. */
export const MAX_SILENCE_MATCHERS = 50;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Reads the body of `POST /api/v2/silences`. Members that the API does not know are left out. */
export function readSilenceRequest(body: JsonValue): Result<SilenceRequest, SilenceProblem> {
  const malformed = (member: string): Result<never, SilenceProblem> =>
    refuse({ code: 'silence_malformed', member });
  if (!isJsonObject(body)) return malformed('the body');
  const id = memberOf(body, 'id') ?? '';
  if (typeof id !== 'string' || (id !== '' && !isSilenceId(id))) return malformed('id');
  const matchers = readMatchers(memberOf(body, 'matchers'));
  if (matchers === undefined) return malformed('matchers');
  const others: [string, JsonValue][] = [];
  for (const name of ['startsAt', 'endsAt', 'createdBy', 'comment']) {
    const text = memberOf(body, name);
    if (typeof text !== 'string') return malformed(name);
    if (name.endsWith('At') && !TIME.test(text)) return malformed(name);
    others.push([name, text]);
  }
  const annotations = memberOf(body, 'annotations') ?? null;
  if (annotations !== null) {
    if (!isJsonObject(annotations)) return malformed('annotations');
    if (Object.values(annotations).some((text) => typeof text !== 'string')) {
      return malformed('annotations');
    }
    others.push(['annotations', annotations]);
  }
  return accept({ id: id === '' ? undefined : id, matchers, others: Object.fromEntries(others) });
}

/**
 * Narrows a silence to one tenant. It must match the tenancy label exactly once, by equality with a
 * tenant of the scope; where the scope has one tenant only, a missing matcher is added. The same
 * goes for each static label and its one value.
 */
export function scopeSilence(
  { id, matchers, others }: SilenceRequest,
  scope: TenantScope,
): Result<ScopedSilence, SilenceProblem> {
  const added: SilenceMatcher[] = [];
  for (const { label, values } of pinsOf(scope)) {
    const [own, ...further] = matchers.filter(({ name }) => name === label);
    if (own === undefined) {
      const [value, ...more] = values;
      if (value === undefined || more.length > 0) {
        return refuse({ code: 'silence_tenant_missing', label });
      }
      added.push({ name: label, value, isRegex: false, isEqual: true });
      continue;
    }
    const isExact = !own.isRegex && own.isEqual && values.includes(own.value);
    if (!isExact || further.length > 0) return refuse({ code: 'silence_matcher_refused', label });
  }
  return accept(print({ id, matchers: [...added, ...matchers], others }, scope));
}

interface Pin {
  readonly label: string;
  readonly values: readonly string[];
}

function pinsOf({ tenancyLabel, tenants, staticLabels }: TenantScope): readonly Pin[] {
  return [
    { label: tenancyLabel, values: tenants },
    ...staticLabels.map(({ name, value }) => ({ label: name, values: [value] })),
  ];
}

function readMatchers(value: JsonValue | undefined): readonly SilenceMatcher[] | undefined {
  if (!isJsonList(value) || value.length > MAX_SILENCE_MATCHERS) return undefined;
  const matchers = value.flatMap((matcher) => readMatcher(matcher) ?? []);
  return matchers.length === value.length ? matchers : undefined;
}

function readMatcher(matcher: JsonValue): SilenceMatcher | undefined {
  const name = memberOf(matcher, 'name');
  const value = memberOf(matcher, 'value');
  const isRegex = memberOf(matcher, 'isRegex') ?? false;
  const isEqual = memberOf(matcher, 'isEqual') ?? true;
  if (typeof name !== 'string' || typeof value !== 'string') return undefined;
  if (typeof isRegex !== 'boolean' || typeof isEqual !== 'boolean') return undefined;
  return { name, value, isRegex, isEqual };
}

function print({ id, matchers, others }: SilenceRequest, scope: TenantScope): ScopedSilence {
  const text = JSON.stringify({ ...(id !== undefined && { id }), matchers, ...others });
  assertScoped(text, scope);
  return text;
}

// Reads what will be sent as the owner check reads what is stored: a silence that we would not take
// for the caller's own is never made.
function assertScoped(text: string, scope: TenantScope): asserts text is ScopedSilence {
  const printed: JsonValue = JSON.parse(text);
  if (!isOwnSilence(printed, scope)) throw new TypeError('the silence is outside its scope');
}
