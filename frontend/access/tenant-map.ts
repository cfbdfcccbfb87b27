import type { TenantId } from '../../tenant/tenant-id.ts';

/** Says which namespaces stand behind a tenant. A caller must be allowed in every one of them. */
export interface TenantMap {
  /**
   * The namespaces of a tenant, none if there is no such tenant, or `undefined` while that cannot
   * be told.
   */
  namespacesOf(tenant: TenantId): readonly TenantId[] | undefined;
  /**
   * The tenant that a namespace belongs to, if it belongs to one. While that cannot be told it is
   * the name of the namespace, about whose namespaces nothing can be told either.
   */
  tenantOf(namespace: TenantId): TenantId | undefined;
}

/** Lists the tenants that there are. */
export interface TenantDirectory {
  /** Every tenant, or `undefined` while that cannot be told. */
  tenants(): readonly TenantId[] | undefined;
}

/** The map where each namespace is a tenant of the same name, which nobody has to look up. */
export const ONE_TO_ONE: TenantMap = {
  namespacesOf: (tenant) => [tenant],
  tenantOf: (namespace) => namespace,
};
