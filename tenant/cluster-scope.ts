import type { StaticLabel } from './static-labels.ts';
import type { TenantScope } from './tenant-scope.ts';

/**
 * The right to read the series of every namespace, and those that belong to none.
 *
 * It is no set of tenants and cannot stand for one: nothing that takes a {@link TenantScope} takes
 * it. The constructor is private and {@link ClusterScope.grant} may be imported by the authorizers
 * alone, which the architecture test checks.
 */
export class ClusterScope {
  /** Labels that a series must carry all the same: with several clusters in one store, its own. */
  readonly staticLabels: readonly StaticLabel[];
  // A private field makes the class nominal: an object of the same shape is not a scope.
  readonly #granted: true = true;

  private constructor(staticLabels: readonly StaticLabel[]) {
    this.staticLabels = staticLabels;
    Object.freeze(this);
  }

  /** Creates the scope of a decision that was made for all namespaces at once. */
  static grant(staticLabels: readonly StaticLabel[] = []): ClusterScope {
    return new ClusterScope(staticLabels);
  }

  /** Whether a scope is one of the whole cluster. A copy of one is not. */
  static is(scope: SeriesScope | undefined): scope is ClusterScope {
    return scope instanceof ClusterScope && scope.#granted;
  }
}

/** What a request may read: the series of its tenants, or, by a right of its own, of the cluster. */
export type SeriesScope = TenantScope | ClusterScope;
