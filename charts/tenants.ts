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
   * Groups whose members may create, update and expire silences for the tenant's alerts. The query frontend
   * must take these: `frontend` of the app, with `endpoints.silenceWrites` and `upstreams.alertmanager`.
   * @default - none
   */
  readonly silencerGroups?: readonly string[];
  /**
   * Groups whose members may write series for the tenant, which the remote-write gateway asks for. This
   * version brings no gateway yet.
   * @default - none
   */
  readonly writerGroups?: readonly string[];
  /**
   * Groups whose members may read and change the tenant's rules, which the rules API asks for. This version
   * brings no rules API yet.
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
   * Further bounds in the words of a ResourceQuota, such as `{ 'requests.cpu': '10' }`. Where CPU or
   * memory is among them, pods that name none are refused, unless `containerDefaults` gives them some.
   * @default - none
   */
  readonly hard?: Readonly<Record<string, string>>;
  /**
   * What a container gets that asks for nothing, as a LimitRange.
   * @default - none
   */
  readonly containerDefaults?: ContainerDefaults;
}

/** What a container asks for and may use at most, in the words of Kubernetes. */
export interface ContainerDefaults {
  /** CPU that is set aside, such as `100m` or `1`. */
  readonly cpu: string;
  /** Memory that is set aside, such as `128Mi`. */
  readonly memory: string;
  /** Memory above which the container is killed, such as `1Gi`. */
  readonly memoryLimit: string;
}

/** The tenants of this installation. */
export const TENANTS: readonly TenantEntry[] = [
  { namespace: 'team-a', readerGroups: ['team-a-developers'] },
  { namespace: 'team-b' },
];
