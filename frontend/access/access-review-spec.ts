import type { TenantId } from '../../tenant/tenant-id.ts';
import type { Identity } from './identity.ts';

/** What a reader must be allowed in each namespace. One set serves every read and HTTP method. */
export interface ResourceAttributes {
  /** The verb, such as `get`. */
  readonly verb: string;
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The resource in plural, as rules of a Role name it. It needs no API behind it. */
  readonly resource: string;
  /** The subresource; empty for the resource itself. */
  readonly subresource: string;
}

/** One question to the access reviewer: may this identity do this in this namespace? */
export interface AccessReviewSpec {
  readonly identity: Identity;
  readonly attributes: ResourceAttributes;
  /** The name of a namespace, which is never empty: a tenant's name has the same form. */
  readonly namespace: TenantId;
}

/** Longest canonical spec whose verdict is remembered, in bytes. */
export const MAX_REMEMBERED_SPEC_BYTES = 10_000;

/**
 * Prints all of an identity in one form that no other identity has.
 *
 * Groups and the names of extra facts are sorted, because their order is the authenticator's whim.
 * JSON quotes every text, so the group `a,b` is not the groups `a` and `b`.
 */
export function canonicalIdentity(identity: Identity): string {
  const extra = Object.entries(identity.extra).toSorted(([a], [b]) => compareText(a, b));
  return JSON.stringify([
    identity.username,
    identity.uid,
    identity.groups.toSorted(compareText),
    extra,
  ]);
}

/** Prints what a spec asks for, apart from who, in one form that no other question has. */
export function canonicalAttributes(attributes: ResourceAttributes, namespace: TenantId): string {
  const { verb, group, resource, subresource } = attributes;
  return JSON.stringify([verb, group, resource, subresource, namespace]);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
