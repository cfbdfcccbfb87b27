import type { ClusterScope } from '../../tenant/cluster-scope.ts';
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
   * @param onDenied - Hears where a denial came from, which the refusal itself does not say.
   */
  authorize(
    identity: Identity,
    tenants: readonly TenantId[],
    onDenied?: (source: VerdictSource) => void,
  ): Promise<Result<Authorized, AccessRejection>>;
  /** The tenant that a namespace belongs to. Not there where each is a tenant of the same name. */
  readonly tenantOf?: ((namespace: TenantId) => TenantId | undefined) | undefined;
  /**
   * Grants a scope over all tenants that the identity may read, or refuses if there are none. Not
   * there where requests have to name their tenants.
   */
  readonly authorizeAll?:
    ((identity: Identity) => Promise<Result<Authorized, AccessRejection>>) | undefined;
  /**
   * Grants a scope over all of `tenants` for one kind of change, or refuses it as a whole. Not there
   * where nobody may change anything.
   */
  readonly authorizeWrite?: AuthorizeWrite | undefined;
  /**
   * Grants the scope of the whole cluster, by a permission of its own. Not there where nobody may
   * read so.
   */
  readonly authorizeCluster?: AuthorizeCluster | undefined;
  /**
   * Access as one class of endpoints decides it. Not there where all of them decide alike.
   *
   * @param endpoint - The name of the class.
   */
  readonly forEndpoint?: ((endpoint: string) => Access) | undefined;
}

/** See {@link Access.authorizeCluster}. */
export type AuthorizeCluster = (
  identity: Identity,
  onDenied?: (source: VerdictSource) => void,
) => Promise<Result<ClusterAuthorized, AccessRejection>>;

/** See {@link Access.authorizeWrite}. */
export type AuthorizeWrite = (
  identity: Identity,
  tenants: readonly TenantId[],
  verb: WriteVerb,
) => Promise<Result<Authorized, AccessRejection>>;

/** What may be done to an object of a tenant, in the words of Kubernetes. */
export type WriteVerb = 'create' | 'update' | 'delete';

/**
 * Where a verdict came from, for the audit line. `live`: the API server was asked. `issuer`: the
 * keys of a configured issuer verified the token. `certificate`: a client certificate was verified.
 * `front_proxy`: a front proxy, whose certificate was verified, names the user.
 */
export type VerdictSource = 'cache' | 'live' | 'issuer' | 'static' | 'certificate' | 'front_proxy';

/** An identity, and where the verdict on its token came from. */
export interface Identified {
  readonly identity: Identity;
  readonly source: VerdictSource;
  /** The front proxy that asks for this user. Not there: callers speak for themselves. */
  readonly delegatedBy?: string | undefined;
}

/** A granted scope, and where the verdicts came from: `live` when at least one of them was. */
export interface Authorized {
  readonly scope: TenantScope;
  readonly source: VerdictSource;
}

/** The granted scope of the whole cluster, and where the verdict came from. */
export interface ClusterAuthorized {
  readonly scope: ClusterScope;
  readonly source: VerdictSource;
}

/** What a read was granted. */
export type Granted = Authorized | ClusterAuthorized;
