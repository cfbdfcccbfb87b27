declare const tenantId: unique symbol;

/**
 * The name of a tenant, which is also the name of the Kubernetes namespace it owns.
 *
 * Only {@link parseTenantId} creates one, so holding a `TenantId` is proof that the text is an
 * RFC 1123 label and can stand in a matcher, an object key or a URL without escaping.
 */
export type TenantId = string & { readonly [tenantId]: never };

/** Longest RFC 1123 label, in characters; Kubernetes allows no longer namespace name. */
export const MAX_TENANT_ID_LENGTH = 63;

const RFC_1123_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Reads a tenant identifier from untrusted text, or returns `undefined` when it is not one. */
export function parseTenantId(text: string): TenantId | undefined {
  return isTenantId(text) ? text : undefined;
}

function isTenantId(text: string): text is TenantId {
  return RFC_1123_LABEL.test(text);
}
