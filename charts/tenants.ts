/** A tenant as the platform team lists it. */
export interface TenantEntry {
  /** The namespace, which is also the tenant's name. It must exist. */
  readonly namespace: string;
  /**
   * Groups whose members may read the tenant's metrics.
   * @default - none: only the tenant's own ServiceAccount
   */
  readonly readerGroups?: readonly string[];
  /**
   * Groups whose members may write series for the tenant.
   * @default - none
   */
  readonly writerGroups?: readonly string[];
  /**
   * Groups whose members may read and change the tenant's rules.
   * @default - none
   */
  readonly ruleEditorGroups?: readonly string[];
  /**
   * The token of the tenant's ServiceAccount: one that never expires, one that is made anew by a CronJob,
   * or none.
   * @default 'legacySecret'
   */
  readonly token?: TenantToken;
  /**
   * The Grafana that gets the data source: one of the tenant's own, a shared one that passes the users'
   * own tokens on, or an organisation of the tenant's own in a shared one.
   * @default 'ownInstance'
   */
  readonly grafana?: TenantGrafana;
  /**
   * How much the tenant may take.
   * @default - no quota
   */
  readonly quota?: TenantBounds;
  /**
   * Whether the tenant gets a monitor and rules to start from.
   * @default false
   */
  readonly samples?: boolean;
}

/** Every {@link TenantToken}. */
export const TENANT_TOKENS = ['legacySecret', 'renewed', 'none'] as const;

/** How a tenant's ServiceAccount gets a token. */
export type TenantToken = (typeof TENANT_TOKENS)[number];

/** Every {@link TenantGrafana} that is a word. */
export const TENANT_GRAFANAS = ['ownInstance', 'forwardedOAuth', 'none'] as const;

/** Where a tenant's data source goes. */
export type TenantGrafana =
  | (typeof TENANT_GRAFANAS)[number]
  | {
      /** Number of the organisation, from 2 on. */
      readonly organisation: number;
    };

/** How many objects a tenant may have. */
export interface TenantBounds {
  /** @default 50 */
  readonly monitors?: number;
  /** @default 50 */
  readonly rules?: number;
  /**
   * Further bounds in the words of a ResourceQuota.
   * @default - none
   */
  readonly hard?: Readonly<Record<string, string>>;
}

/** The tenants of this installation. */
export const TENANTS: readonly TenantEntry[] = [
  { namespace: 'team-a', readerGroups: ['team-a-developers'] },
  { namespace: 'team-b' },
];
