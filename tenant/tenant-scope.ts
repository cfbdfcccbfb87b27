import type { StaticLabel } from './static-labels.ts';
import type { TenancyLabel } from './tenancy-label.ts';
import type { TenantId } from './tenant-id.ts';

/**
 * What a caller may see: a non-empty set of tenants, and the label that carries the tenant.
 *
 * Holding a scope is proof that an authorizer allowed every tenant in it. The constructor is
 * private and {@link TenantScope.grant} may be imported by the authorizers alone, which the
 * architecture test checks; scoping a query takes a scope, so a query that nobody authorized
 * cannot be forwarded without a type error.
 */
export class TenantScope {
  /** The label that carries the tenant on every series. */
  readonly tenancyLabel: TenancyLabel;
  /** The allowed tenants: at least one, sorted, without repeats. */
  readonly tenants: readonly TenantId[];
  /** Labels that a series must carry besides, whichever tenant it belongs to. */
  readonly staticLabels: readonly StaticLabel[];
  // A private field makes the class nominal: an object of the same shape is not a scope.
  readonly #granted: true = true;

  private constructor(
    tenancyLabel: TenancyLabel,
    tenants: readonly TenantId[],
    staticLabels: readonly StaticLabel[],
  ) {
    this.tenancyLabel = tenancyLabel;
    this.tenants = tenants;
    this.staticLabels = staticLabels;
    Object.freeze(this);
  }

  /**
   * Creates the scope of an access decision.
   *
   * @throws {RangeError} If `tenants` is empty: an empty scope has no PromQL form that every
   *   backend answers alike, so such a request is refused before this point.
   */
  static grant(
    tenancyLabel: TenancyLabel,
    tenants: Iterable<TenantId>,
    staticLabels: readonly StaticLabel[] = [],
  ): TenantScope {
    const sorted = [...new Set(tenants)].toSorted();
    if (sorted.length === 0) throw new RangeError('a tenant scope needs at least one tenant');
    return new TenantScope(tenancyLabel, Object.freeze(sorted), staticLabels);
  }

  /** Whether a series with this value of the tenancy label belongs to the scope. */
  allows(tenant: string | undefined): boolean {
    return this.#granted && this.tenants.some((allowed) => allowed === tenant);
  }
}
