import { DEFAULT_TENANCY_LABEL } from '../../../tenant/tenancy-label.ts';
import { ClusterScope } from '../../../tenant/cluster-scope.ts';
import { TenantScope } from '../../../tenant/tenant-scope.ts';
import type { Access } from '../../../frontend/access/access.ts';
import type { Identity } from '../../../frontend/access/identity.ts';
import type { AccessRejection } from '../../../frontend/access/rejection.ts';
import { accept, refuse } from '../../../frontend/result.ts';

/** What one token of a fake stands for. */
export interface FakeHolder {
  readonly username: string;
  readonly namespaces?: readonly string[];
  /** Whether it reads the whole cluster. */
  readonly clusterWide?: boolean;
  /** What every authorization answers instead. */
  readonly fails?: AccessRejection;
  /** What every authorization throws instead. */
  readonly throws?: Error;
  /** What every authorization waits for first. */
  readonly waitsFor?: () => Promise<void>;
}

/** The identity of a user in no group. */
export function identityOf(username: string): Identity {
  return { username, uid: `uid-${username}`, groups: [], extra: {} };
}

/** Access that knows the given tokens. */
export function accessOf(holders: Readonly<Record<string, FakeHolder>>): Access {
  const byName = new Map(Object.values(holders).map((holder) => [holder.username, holder]));
  return {
    identify: async (token) => {
      const holder = Object.hasOwn(holders, token) ? holders[token] : undefined;
      return holder === undefined
        ? refuse({ code: 'token_rejected' })
        : accept({ identity: identityOf(holder.username), source: 'live' });
    },
    authorize: async (identity, tenants) => {
      const holder = byName.get(identity.username);
      await holder?.waitsFor?.();
      if (holder?.throws !== undefined) throw holder.throws;
      if (holder?.fails !== undefined) return refuse(holder.fails);
      const denied = tenants.find((tenant) => holder?.namespaces?.includes(tenant) !== true);
      return denied === undefined
        ? accept({ scope: TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants), source: 'live' })
        : refuse({ code: 'tenant_denied', tenant: denied });
    },
    authorizeCluster: async (identity, onDenied) => {
      const holder = byName.get(identity.username);
      if (holder?.fails !== undefined) return refuse(holder.fails);
      if (holder?.clusterWide === true) {
        return accept({ scope: ClusterScope.grant(), source: 'live' });
      }
      onDenied?.('live');
      return refuse({ code: 'cluster_denied' });
    },
  };
}
