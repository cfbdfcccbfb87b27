/**
 * Switches that take a wall down. Each is off by default, each is named for what it allows, and each
 * belongs into an installation where every author of monitors is trusted with every tenant's data.
 */
export interface UnsafePrometheusSwitches {
  /**
   * Lets a target's own labels win over those of its scrape, so that it can claim another tenant.
   * @default false
   */
  readonly unsafeHonorLabels?: boolean;
  /**
   * Lets a target set the time of its samples.
   * @default false
   */
  readonly unsafeHonorTimestamps?: boolean;
  /**
   * Lets a monitor select targets in other namespaces than its own.
   * @default false
   */
  readonly unsafeForeignNamespaces?: boolean;
  /**
   * Lets a ServiceMonitor name files of the Prometheus pod, its ServiceAccount token among them.
   * @default false
   */
  readonly unsafeFileAccess?: boolean;
  /**
   * Takes monitors from every namespace, whether it is marked as a tenant's or not.
   * @default false
   */
  readonly unsafeEveryNamespace?: boolean;
  /**
   * Serves the API that deletes series and takes snapshots.
   * @default false
   */
  readonly unsafeAdminApi?: boolean;
}
