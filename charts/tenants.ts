/** A tenant as the platform team lists it. */
export interface TenantEntry {
  /** The namespace, which is also the tenant's name. It must exist. */
  readonly namespace: string;
  /**
   * Groups whose members may read the tenant's metrics.
   * @default - none: only the tenant's own ServiceAccount
   */
  readonly readerGroups?: readonly string[];
}

/** The tenants of this installation. */
export const TENANTS: readonly TenantEntry[] = [
  { namespace: 'team-a', readerGroups: ['team-a-developers'] },
  { namespace: 'team-b' },
];
