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
  /** The one object, as `resourceNames` of a Role lists it. @defaultValue none: every object */
  readonly name?: string | undefined;
}

/** One question to the access reviewer: may this identity do this in this namespace? */
export interface AccessReviewSpec {
  readonly identity: Identity;
  readonly attributes: ResourceAttributes;
  /** The name of a namespace, which is never empty: a tenant's name has the same form. */
  readonly namespace: TenantId;
}

/**
 * One question about the whole cluster: may this identity do this in every namespace? It has no
 * member for a namespace, so nothing that a request names can become one of these.
 */
export interface ClusterReviewSpec {
  readonly identity: Identity;
  readonly attributes: ResourceAttributes;
  readonly reach: 'cluster';
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
  return JSON.stringify([...membersOf(attributes), namespace]);
}

/** Does for a question about the whole cluster what {@link canonicalAttributes} does for one. */
export function canonicalClusterAttributes(attributes: ResourceAttributes): string {
  return JSON.stringify([...membersOf(attributes), null]);
}

// No name and an empty one are the same question.
function membersOf(attributes: ResourceAttributes): readonly string[] {
  const { verb, group, resource, subresource, name = '' } = attributes;
  return [verb, group, resource, subresource, name];
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
