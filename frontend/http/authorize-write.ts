import type { Access, Granted, WriteVerb } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { AccessRejection } from '../access/rejection.ts';
import { refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import { authorizeRequest } from './authorize-request.ts';
import type { RequestRejection } from './request-rejection.ts';

/**
 * Decides whose silences a request may change. The right to read is not asked for and not enough.
 *
 * Namespaces are named as for reads, but that "all I may" is nothing to change things in.
 */
export async function authorizeWrite(
  access: Access,
  identity: Identity,
  admitted: AdmittedRequest,
  verb: WriteVerb,
): Promise<Result<Granted | undefined, AccessRejection | RequestRejection>> {
  const writing: Access = {
    identify: (token) => access.identify(token),
    authorize: async (who, tenants) => {
      const [tenant] = tenants;
      if (access.authorizeWrite !== undefined) return access.authorizeWrite(who, tenants, verb);
      if (tenant === undefined) throw new TypeError('there is no tenant to be authorized for');
      return refuse({ code: 'tenant_denied', tenant });
    },
  };
  const authorized = await authorizeRequest(writing, identity, admitted, true);
  if (authorized.ok || authorized.rejection.code !== 'tenant_denied') return authorized;
  return refuse({ code: 'silence_denied', verb, tenant: authorized.rejection.tenant });
}
