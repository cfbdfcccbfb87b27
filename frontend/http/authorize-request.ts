import { parseTenantId } from '../../tenant/tenant-id.ts';
import type { Access, Authorized } from '../access/access.ts';
import { type Identity, serviceAccountNamespace } from '../access/identity.ts';
import type { AccessRejection } from '../access/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { RequestRejection } from './request-rejection.ts';

/**
 * Decides which tenants a request may see.
 *
 * Named tenants must all be allowed. Where none is named, a ServiceAccount reads its own namespace,
 * if it may; a request that reads no series needs no tenant.
 *
 * @returns The granted scope, or `undefined` when none was named and none is needed.
 */
export async function authorizeRequest(
  access: Access,
  identity: Identity,
  admitted: AdmittedRequest,
  needsTenant: boolean,
): Promise<Result<Authorized | undefined, AccessRejection | RequestRejection>> {
  if (admitted.tenants.length > 0) return access.authorize(identity, admitted.tenants);
  if (!needsTenant) return accept(undefined);
  const own = parseTenantId(serviceAccountNamespace(identity) ?? '');
  if (own === undefined) return refuse({ code: 'tenant_missing' });
  const authorized = await access.authorize(identity, [own]);
  return !authorized.ok && authorized.rejection.code === 'tenant_denied'
    ? refuse({ code: 'tenant_missing' })
    : authorized;
}
