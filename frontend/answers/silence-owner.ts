import { ClusterScope, type SeriesScope } from '../../tenant/cluster-scope.ts';
import type { TenantScope } from '../../tenant/tenant-scope.ts';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
} from './json-value.ts';

declare const ownedSilenceId: unique symbol;

/**
 * The identifier of a silence that was read and found to act on the scope alone.
 *
 * Only {@link ownedSilenceId} makes one, so a silence that nobody looked at cannot be changed
 * without a type error.
 */
export type OwnedSilenceId = string & { readonly [ownedSilenceId]: never };

/** A UUID in its canonical form, as Alertmanager gives them out. */
const SILENCE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text can be the identifier of a silence. */
export function isSilenceId(text: string): boolean {
  return SILENCE_ID.test(text);
}

/**
 * Whether a silence acts on the scope alone: it matches the tenancy label by equality against a
 * tenant of the scope, and each static label against its value. All matchers of a silence have to
 * match, so others on these labels only narrow it; a silence with none, or with a pattern there,
 * reaches others and belongs to the platform.
 */
export function isOwnSilence(silence: JsonValue, scope: TenantScope): boolean {
  const matchers = memberOf(silence, 'matchers');
  if (!isJsonList(matchers)) return false;
  return (
    matchers.some((it) => scope.allows(equalityOn(it, scope.tenancyLabel))) &&
    isPinned(matchers, scope)
  );
}

function isPinned(
  matchers: readonly JsonValue[],
  { staticLabels }: Pick<SeriesScope, 'staticLabels'>,
): boolean {
  return staticLabels.every(({ name, value }) =>
    matchers.some((it) => equalityOn(it, name) === value),
  );
}

/**
 * Whether a silence may be shown. A reader of the whole cluster sees those that are pinned to the
 * static labels, and all of them where there are none. That makes none of them its own.
 */
export function isVisibleSilence(silence: JsonValue, scope: SeriesScope): boolean {
  if (!ClusterScope.is(scope)) return isOwnSilence(silence, scope);
  const matchers = memberOf(silence, 'matchers');
  return isJsonList(matchers) && isPinned(matchers, scope);
}

/** Gives a silence that was read upstream by its identifier, if it may be shown. */
export function visibleSilence(
  silence: JsonValue,
  id: string,
  scope: SeriesScope,
): JsonObject | undefined {
  if (!isJsonObject(silence) || memberOf(silence, 'id') !== id) return undefined;
  return isVisibleSilence(silence, scope) ? silence : undefined;
}

/** Checks a silence that was read upstream by its identifier, and is to be changed. */
export function ownSilence(
  silence: JsonValue,
  id: string,
  scope: TenantScope,
): { readonly id: OwnedSilenceId; readonly silence: JsonObject } | undefined {
  if (!isJsonObject(silence) || memberOf(silence, 'id') !== id) return undefined;
  return isOwnSilence(silence, scope) && isOwnedId(id) ? { id, silence } : undefined;
}

function isOwnedId(id: string): id is OwnedSilenceId {
  return isSilenceId(id);
}

// The value that a matcher compares a label with, where it does so by equality.
function equalityOn(matcher: JsonValue, label: string): string | undefined {
  const value = memberOf(matcher, 'value');
  const isEquality =
    memberOf(matcher, 'name') === label &&
    memberOf(matcher, 'isRegex') === false &&
    // Absent means true: so says the API, and so it was before the member existed.
    (memberOf(matcher, 'isEqual') ?? true) === true;
  return isEquality && typeof value === 'string' ? value : undefined;
}
