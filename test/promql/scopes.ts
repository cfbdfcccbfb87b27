import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';

/** Grants these tenants under the default label. */
export function scopeOf(...names: readonly string[]): TenantScope {
  const tenants = names.map((name) => {
    const tenant = parseTenantId(name);
    if (tenant === undefined) throw new TypeError(`${name} is no tenant`);
    return tenant;
  });
  return TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants);
}
