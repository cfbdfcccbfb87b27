import type { Identity } from '../access/identity.ts';
import type { LimitGroups } from '../config/limits.ts';
import type { Clock } from '../limits/clock.ts';
import type { Asker } from '../limits/fair-queue.ts';
import { RateLimiter } from '../limits/rate-limiter.ts';
import type { RateRejection, Sharer } from '../limits/rejection.ts';
import { accept, refuse, type Result } from '../result.ts';
import { ClusterScope, type SeriesScope } from '../../tenant/cluster-scope.ts';
import { type AnswerSource, SharedUpstream } from './coalesce.ts';
import { SharedFiles } from './shared-files.ts';
import type { Upstream, UpstreamFiles } from './upstream.ts';

/** What callers share, and by which rules. */
export interface SharesParts {
  readonly groups: Pick<LimitGroups, 'rates' | 'concurrency' | 'coalescing'>;
  readonly clock: Clock;
  /** Longest time for one answer, in milliseconds. */
  readonly deadlineMs: number;
  /** Hears where an answer came from. */
  readonly onAnswer: (source: AnswerSource) => void;
  /** Hears how long a request waited for its turn. */
  readonly onTurn: (waitedMs: number) => void;
}

/** Gives every tenant and every user its share: of requests per second, and of each upstream. */
export class Shares {
  readonly #parts: SharesParts;
  readonly #users: RateLimiter;
  readonly #tenants: RateLimiter;
  readonly #shared = new WeakMap<Upstream, SharedUpstream>();
  readonly #sharedFiles = new WeakMap<UpstreamFiles, SharedFiles>();

  constructor(parts: SharesParts) {
    this.#parts = parts;
    const { perUser, perTenant } = parts.groups.rates;
    this.#users = new RateLimiter(parts.clock, perUser);
    this.#tenants = new RateLimiter(parts.clock, perTenant);
  }

  /** Counts a request of a user. */
  takeForUser(identity: Identity): Result<undefined, RateRejection> {
    const { perUser } = this.#parts.groups.rates;
    return taken(this.#users.take(identity.username), 'user', perUser);
  }

  /** Counts a request for the namespaces of a scope; without one there is nothing to count. */
  takeForTenants(scope: SeriesScope | undefined): Result<undefined, RateRejection> {
    if (scope === undefined) return accept(undefined);
    const { perTenant } = this.#parts.groups.rates;
    return taken(this.#tenants.take(tenantKey(scope)), 'tenant', perTenant);
  }

  /**
   * An upstream as one of many callers has it: requests wait for their turn, and equal ones share an
   * answer. Its `send` also throws `TurnRefused`.
   */
  upstreamFor(upstream: Upstream, asker: Asker): Upstream {
    const shared = this.#sharedOf(upstream);
    return { send: (request, signal) => shared.send(request, asker, signal) };
  }

  /** The files of a web UI as one of many callers has them. Its `fetch` also throws `TurnRefused`. */
  filesFor(files: UpstreamFiles, asker: Asker): UpstreamFiles {
    const { waitMs } = this.#parts.groups.concurrency;
    const shared = this.#sharedFiles.get(files) ?? new SharedFiles(files, waitMs);
    this.#sharedFiles.set(files, shared);
    return { fetch: (path, signal) => shared.fetch(path, asker, signal) };
  }

  #sharedOf(upstream: Upstream): SharedUpstream {
    const known = this.#shared.get(upstream);
    if (known !== undefined) return known;
    const { groups, deadlineMs: joinableMs, ...rest } = this.#parts;
    const shared = new SharedUpstream(upstream, { ...groups, ...rest, joinableMs });
    this.#shared.set(upstream, shared);
    return shared;
  }
}

/**
 * In whose name a request waits for its turn. Without a scope no series is read, and nobody but the
 * user itself stands behind it.
 */
export function askerOf(identity: Identity, scope: SeriesScope | undefined): Asker {
  const { username } = identity;
  return { tenant: scope === undefined ? `user ${username}` : tenantKey(scope), user: username };
}

// Sorted already, and a space or a comma is in no name: so no set of tenants has the key of the
// whole cluster, and neither has a user's own key.
function tenantKey(scope: SeriesScope): string {
  return ClusterScope.is(scope) ? 'all namespaces' : scope.tenants.join(',');
}

function taken(
  retryAfterSeconds: number,
  sharer: Sharer,
  limit: number,
): Result<undefined, RateRejection> {
  if (retryAfterSeconds === 0) return accept(undefined);
  return refuse({ code: 'limit_rate', sharer, limit, retryAfterSeconds });
}
