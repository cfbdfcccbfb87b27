import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { clusterScoped } from '../../lib/cluster-scoped.ts';
import { SynthError } from '../../lib/synth-error.ts';
import { TENANT_NAMESPACE_LABEL } from '../tenancy-label.ts';

/** What keeps Argo CD and Flux from deleting a Namespace that a manifest no longer names. */
const KEEP: Readonly<Record<string, string>> = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false,ServerSideApply=true',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** Settings of {@link Namespace.labelled}. */
export interface LabelledNamespaceProps {
  /**
   * Where the object that carries the label goes.
   *
   * `kubectl delete` and `kubectl apply --prune` delete what a manifest names, and a Namespace takes
   * everything in it along. So the label belongs into a chart that is applied on its own, with
   * `kubectl apply --server-side --field-manager=prometheus-tenancy-kit`, and whose manifest is in no
   * set that is pruned or deleted. With another field manager, labels of the same manager are lost.
   */
  readonly scope: Construct;
}

/** Settings of {@link Namespace.managed}. */
export interface ManagedNamespaceProps {
  /**
   * Labels beside the one that marks the tenant.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Who owns the Namespace object of a tenant. Everything else needs it to bear the tenant's mark. */
export class Namespace {
  readonly #add: (scope: Construct, name: string) => k8s.KubeNamespace | undefined;

  private constructor(add: (scope: Construct, name: string) => k8s.KubeNamespace | undefined) {
    this.#add = add;
  }

  /**
   * Sets the one label on a Namespace that somebody else owns.
   *
   * The object names nothing but the label, so a server-side apply owns that one field and leaves the
   * others. A client-side apply adds the label as well.
   *
   * @throws {SynthError} If the scope is in the chart of the tenant's other objects.
   */
  static labelled(props: LabelledNamespaceProps): Namespace {
    return new Namespace((scope, name) => {
      refuseSharedChart(scope, props.scope, name);
      return addNamespace(props.scope, name, {});
    });
  }

  /**
   * Makes the Namespace, and owns it.
   *
   * Argo CD and Flux are told to keep it. `kubectl delete` is not stopped by that.
   */
  static managed(props: ManagedNamespaceProps = {}): Namespace {
    return new Namespace((scope, name) =>
      addNamespace(scope, name, { labels: { ...props.labels }, annotations: { ...KEEP } }),
    );
  }

  /** Leaves the Namespace and its label to somebody else, and makes no object. */
  static foreign(): Namespace {
    return new Namespace(() => undefined);
  }

  /** Adds the object, if this way makes one. */
  addTo(scope: Construct, name: string): k8s.KubeNamespace | undefined {
    return this.#add(scope, name);
  }
}

function refuseSharedChart(tenant: Construct, labels: Construct | undefined, name: string): void {
  if (labels !== undefined && Chart.of(labels) !== Chart.of(tenant)) return;
  throw new SynthError(
    `Namespace.labelled of ${name}`,
    'stands with the other objects of the tenant, so deleting those would delete the namespace',
    'pass as scope a chart of its own, and apply that on its own',
  );
}

function addNamespace(scope: Construct, name: string, metadata: k8s.ObjectMeta): k8s.KubeNamespace {
  return clusterScoped(
    new k8s.KubeNamespace(scope, `namespace-${name}`, {
      metadata: {
        ...metadata,
        name,
        labels: { ...metadata.labels, [TENANT_NAMESPACE_LABEL]: 'true' },
      },
    }),
  );
}
