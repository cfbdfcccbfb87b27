import type { AccessObserver } from '../../access/access-observer.ts';
import type { Clock } from '../../access/clock.ts';
import type { TenantDirectory, TenantMap } from '../../access/tenant-map.ts';
import type { Log } from '../../http/log.ts';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { parseTenantId, type TenantId } from '../../../tenant/tenant-id.ts';
import type { ApiClient } from './api-client.ts';
import { ResourceWatch } from './resource-watch.ts';
import type { ObjectMetadata } from './watch-event.ts';

/** What {@link NamespaceDirectory} needs. */
export interface NamespaceDirectoryDeps {
  readonly client: Pick<ApiClient, 'get' | 'openStream'>;
  readonly clock: Clock;
  readonly observer: Pick<AccessObserver, 'watchChanged'>;
  readonly log: Log;
}

/** How long after the watch broke the namespaces of a tenant still count as known, in milliseconds. */
export const MAPPING_FRESH_MS = 30_000;

interface Named {
  readonly namespace: TenantId;
  /** What the tenant label of the namespace says. */
  readonly label: TenantId;
}

// The value of the tenant label on a namespace that is a tenant of its own.
const OWN = 'true';

/** The namespaces that carry the tenant label, as the API server lists and changes them. */
export class NamespaceDirectory {
  readonly #clock: Clock;
  readonly #watch: ResourceWatch;
  #labels: Map<TenantId, TenantId> | undefined;
  // What the labels say, the other way round; made again after each change.
  #groups: ReadonlyMap<TenantId, readonly TenantId[]> | undefined;
  #brokeAtMs: number | undefined = -Infinity;

  constructor({ client, clock, observer, log }: NamespaceDirectoryDeps) {
    this.#clock = clock;
    let isWarned = false;
    observer.watchChanged('namespaces', false);
    this.#watch = new ResourceWatch({
      client,
      path: '/api/v1/namespaces',
      labelSelector: TENANT_NAMESPACE_LABEL,
      needsObjects: true,
      started: (objects) => {
        const named = objects.flatMap((object) => readNamed(object) ?? []);
        this.#labels = new Map(named.map(({ namespace, label }) => [namespace, label]));
        this.#groups = undefined;
        this.#brokeAtMs = undefined;
        isWarned = false;
        observer.watchChanged('namespaces', true);
        log('info', 'namespaces_followed', { count: named.length });
      },
      changed: (object, isGone) => {
        this.#change(object, isGone);
      },
      broke: (error) => {
        this.#brokeAtMs ??= clock.monotonicMs();
        observer.watchChanged('namespaces', false);
        if (!isWarned) log('warn', 'namespaces_not_followed', { error });
        isWarned = true;
      },
    });
  }

  /**
   * Every labelled namespace as a tenant of its own. While the watch is broken they are those of
   * before: whether a caller may read one is reviewed each time, and one that is missing is merely
   * left out.
   */
  get eachItsOwn(): TenantDirectory {
    return { tenants: () => this.#labels && [...this.#labels.keys()].toSorted() };
  }

  /**
   * Namespaces grouped by the tenant that their label names. Here a namespace that is missing would
   * be a review too few, so a while after the watch broke nothing is known any more.
   */
  get mapping(): TenantMap & TenantDirectory {
    return {
      tenants: () => {
        const groups = this.#freshGroups();
        return groups && [...groups.keys()].toSorted();
      },
      namespacesOf: (tenant) => {
        const groups = this.#freshGroups();
        return groups && (groups.get(tenant) ?? []);
      },
      tenantOf: (namespace) =>
        this.#freshGroups() === undefined ? namespace : this.#labels?.get(namespace),
    };
  }

  /** Stops following. */
  stop(): void {
    this.#watch.stop();
  }

  #freshGroups(): ReadonlyMap<TenantId, readonly TenantId[]> | undefined {
    if (this.#labels === undefined) return undefined;
    const brokenForMs =
      this.#brokeAtMs === undefined ? 0 : this.#clock.monotonicMs() - this.#brokeAtMs;
    if (brokenForMs > MAPPING_FRESH_MS) return undefined;
    this.#groups ??= grouped(this.#labels);
    return this.#groups;
  }

  #change(object: ObjectMetadata, isGone: boolean): void {
    const namespace = parseTenantId(object.name);
    this.#groups = undefined;
    const named = isGone ? undefined : readNamed(object);
    if (named !== undefined) this.#labels?.set(named.namespace, named.label);
    else if (namespace !== undefined) this.#labels?.delete(namespace);
  }
}

function grouped(
  labels: ReadonlyMap<TenantId, TenantId>,
): ReadonlyMap<TenantId, readonly TenantId[]> {
  const groups = new Map<TenantId, TenantId[]>();
  for (const [namespace, tenant] of labels) {
    const group = groups.get(tenant);
    if (group === undefined) groups.set(tenant, [namespace]);
    else group.push(namespace);
  }
  return groups;
}

// A label that can be no tenant's name makes the namespace nobody's.
function readNamed({ name, labels }: ObjectMetadata): Named | undefined {
  const text = labels[TENANT_NAMESPACE_LABEL] ?? '';
  const namespace = parseTenantId(name);
  const label = parseTenantId(text === OWN ? name : text);
  return namespace === undefined || label === undefined ? undefined : { namespace, label };
}
