import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';

/** Something that answers the query API of Prometheus: a Thanos querier. */
export interface QueryUpstream {
  /** URL of the query API, relative to the namespace. */
  readonly queryUrl: string;
  /** The pods behind the URL. */
  readonly pods: PodGroup;
  /** The port of the query API on those pods. */
  readonly queryPort: PodPort;
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /**
   * What it is: `/federate` and the targets that metadata comes from are a Prometheus' alone.
   * @default 'thanos'
   */
  readonly software?: 'prometheus' | 'thanos';
}
