import { parseTenantId } from '../../tenant/tenant-id.ts';
import type { Access, Granted } from '../access/access.ts';
import { type Identity, serviceAccountNamespace } from '../access/identity.ts';
import type { AccessRejection } from '../access/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { RequestRejection } from './request-rejection.ts';

/**
 * Decides which tenants a request may see.
 *
 * Named tenants must all be allowed. Where none is named, a ServiceAccount reads its own namespace,
 * if it may; else, where that is switched on, the caller reads every tenant that it may. A request
 * that reads no series needs no tenant. One for the whole cluster needs the permission for just that,
 * whatever it reads.
 *
 * @returns The granted scope, or `undefined` when none was named and none is needed.
 */
export async function authorizeRequest(
  access: Access,
  identity: Identity,
  admitted: AdmittedRequest,
  needsTenant: boolean,
): Promise<Result<Granted | undefined, AccessRejection | RequestRejection>> {
  if (admitted.isClusterWide === true) {
    return access.authorizeCluster?.(identity) ?? refuse({ code: 'cluster_denied' });
  }
  if (admitted.tenants.length > 0) return access.authorize(identity, admitted.tenants);
  if (!needsTenant) return accept(undefined);
  const home = parseTenantId(serviceAccountNamespace(identity) ?? '');
  const own = home === undefined || access.tenantOf === undefined ? home : access.tenantOf(home);
  if (own !== undefined) {
    const authorized = await access.authorize(identity, [own]);
    if (authorized.ok || authorized.rejection.code !== 'tenant_denied') return authorized;
  }
  return access.authorizeAll?.(identity) ?? refuse({ code: 'tenant_missing' });
}
