import type { TenantId } from '../../tenant/tenant-id.ts';
import type { TenantScope } from '../../tenant/tenant-scope.ts';
import type { Result } from '../result.ts';
import type { BearerToken } from './bearer-token.ts';
import type { Identity } from './identity.ts';
import type { AccessRejection } from './rejection.ts';

/** The two questions that every request has to pass: who is calling, and what may they read. */
export interface Access {
  /** Finds out whose token this is. */
  identify(token: BearerToken): Promise<Result<Identified, AccessRejection>>;
  /**
   * Grants a scope over all of `tenants`, or refuses the request as a whole.
   *
   * @param tenants - At least one tenant.
   */
  authorize(
    identity: Identity,
    tenants: readonly TenantId[],
  ): Promise<Result<Authorized, AccessRejection>>;
}

/** Where a verdict came from, for the audit line. */
export type VerdictSource = 'cache' | 'live' | 'static';

/** An identity, and where the verdict on its token came from. */
export interface Identified {
  readonly identity: Identity;
  readonly source: VerdictSource;
}

/** A granted scope, and where the verdicts came from: `live` when at least one of them was. */
export interface Authorized {
  readonly scope: TenantScope;
  readonly source: VerdictSource;
}
