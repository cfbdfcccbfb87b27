import { ClusterScope } from '../../tenant/cluster-scope.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import { accept, refuse } from '../result.ts';
import type { Access, AuthorizeCluster } from './access.ts';
import type { ScopeLabels } from './access-settings.ts';
import { frozenIdentity, type Identity } from './identity.ts';
import type { KeyedHash } from './keyed-hash.ts';

/** One token of a token file, and what its holder may read. */
export interface StaticToken {
  /** The token in clear. It must be unique among the entries. */
  readonly token: string;
  /** The name that stands in the audit line. Several tokens may share it. */
  readonly username: string;
  /** The tenants that the holder may read. */
  readonly namespaces: readonly TenantId[];
  /** Whether the holder may read the whole cluster as such. @defaultValue false */
  readonly clusterWide?: boolean;
}

/** What access by a token file needs from outside. */
export interface StaticAccessDeps extends ScopeLabels {
  readonly hash: KeyedHash;
}

/** Decides access by a fixed list of tokens, for local use. Nothing in it expires. */
export function createStaticAccess(
  entries: readonly StaticToken[],
  deps: StaticAccessDeps,
): Access {
  const holders = entries.map((entry, index) => ({
    digest: deps.hash.digest([entry.token]),
    // The uid names the entry, so that two tokens of one user keep their own namespaces.
    identity: frozenIdentity({
      username: entry.username,
      uid: `static-token-${index + 1}`,
      groups: [],
      extra: {},
    }),
    namespaces: new Set(entry.namespaces),
    isClusterWide: entry.clusterWide === true,
  }));
  const holderOf = ({ uid, username }: Identity): (typeof holders)[number] | undefined =>
    holders.find(({ identity }) => identity.uid === uid && identity.username === username);
  const authorizeCluster: AuthorizeCluster = async (identity, onDenied) => {
    if (holderOf(identity)?.isClusterWide === true) {
      return accept({ scope: ClusterScope.grant(deps.staticLabels), source: 'static' });
    }
    onDenied?.('static');
    return refuse({ code: 'cluster_denied' });
  };

  return {
    identify: async (token) => {
      const digest = deps.hash.digest([token]);
      // Every entry is compared to its last character, so time tells nothing about the tokens.
      const [holder] = holders.filter((candidate) => isSameDigest(candidate.digest, digest));
      return holder === undefined
        ? refuse({ code: 'token_rejected' })
        : accept({ identity: holder.identity, source: 'static' });
    },
    authorize: async (identity, tenants, onDenied) => {
      const namespaces = holderOf(identity)?.namespaces;
      const denied = tenants.find((tenant) => namespaces?.has(tenant) !== true);
      if (denied !== undefined) {
        onDenied?.('static');
        return refuse({ code: 'tenant_denied', tenant: denied });
      }
      return accept({
        scope: TenantScope.grant(deps.tenancyLabel, tenants, deps.staticLabels),
        source: 'static',
      });
    },
    // Where nobody may, there is no such thing.
    authorizeCluster: holders.some((it) => it.isClusterWide) ? authorizeCluster : undefined,
  };
}

function isSameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  }
  return difference === 0;
}
