import { at, listAt, type Manifest, textAt, textsAt } from '../../lib/support/manifests.ts';
import { find, type ManifestSet, matches, ofKind, title } from './manifest-set.ts';
import { podsBy } from './network.ts';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** No object is there twice. */
export function duplicates({ manifests }: ManifestSet): string[] {
  const titles = manifests.map((it) => `${it.apiVersion.split('/')[0] ?? ''} ${title(it)}`);
  return titles
    .filter((it, index) => titles.indexOf(it) !== index)
    .map((it) => `${it} is there twice`);
}

/** Roles and ServiceAccounts that bindings name exist. */
export function bindings(set: ManifestSet): string[] {
  return ofKind(set, 'RoleBinding', 'ClusterRoleBinding').flatMap((binding) => {
    const kind = textAt(binding, 'roleRef', 'kind');
    const name = textAt(binding, 'roleRef', 'name');
    const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
    const missing = listAt(binding, 'subjects').filter(
      (it) =>
        at(it, 'kind') === 'ServiceAccount' &&
        find(set, 'ServiceAccount', at(it, 'name'), String(at(it, 'namespace'))) === undefined,
    );
    return [
      ...(find(set, kind, name, namespace) === undefined
        ? [`${title(binding)} binds ${kind} ${name}, which does not exist`]
        : []),
      ...missing.map((it) => `${title(binding)} binds ${JSON.stringify(it)}, who does not exist`),
    ];
  });
}

/** A budget selects pods and lets at least one of them go. */
export function disruptionBudgets(set: ManifestSet): string[] {
  return ofKind(set, 'PodDisruptionBudget').flatMap((budget) => {
    const pods = podsBy(set, at(budget.spec, 'selector'), budget.metadata.namespace);
    if (pods.length === 0) return [`${title(budget)} selects no pod`];
    const owners = new Set(pods.map(({ owner }) => owner));
    const replicas = set.manifests
      .filter((it) => owners.has(`${it.kind} ${it.metadata.name}`))
      .reduce((sum, it) => sum + Number(at(it.spec, 'replicas') ?? 1), 0);
    const unavailable = at(budget.spec, 'maxUnavailable');
    const available = at(budget.spec, 'minAvailable');
    const hasRoom =
      available === undefined
        ? unavailable !== 0 && unavailable !== '0%'
        : Number(available) < replicas;
    return hasRoom ? [] : [`${title(budget)} lets none of ${replicas} pods go`];
  });
}

/**
 * A workload selects the pods it makes, by labels that never change, and spreads those; the Service that
 * names the pods of a StatefulSet is there and headless.
 */
export function workloads(set: ManifestSet): string[] {
  return ofKind(set, ...WORKLOADS).flatMap((workload) => {
    const labels = textsAt(workload.spec, 'template', 'metadata', 'labels');
    const selector = at(workload.spec, 'selector');
    const spreads = listAt(workload.spec, 'template', 'spec', 'topologySpreadConstraints');
    return [
      ...(matches(selector, labels) ? [] : [`${title(workload)} does not select its own pods`]),
      ...(at(selector, 'matchLabels', 'app.kubernetes.io/version') === undefined
        ? []
        : [`${title(workload)} selects by a version`]),
      ...spreads
        .filter((it) => !matches(at(it, 'labelSelector'), labels))
        .map(() => `${title(workload)} spreads other pods than its own`),
      ...governingService(set, workload),
    ];
  });
}

function governingService(set: ManifestSet, workload: Manifest): string[] {
  if (workload.kind !== 'StatefulSet') return [];
  const name = at(workload.spec, 'serviceName');
  const service = find(set, 'Service', name, workload.metadata.namespace);
  return at(service?.spec, 'clusterIP') === 'None'
    ? []
    : [`${title(workload)} names its pods by ${String(name)}, which is no headless Service`];
}

/** What scales a workload names one that is there. */
export function autoscalers(set: ManifestSet): string[] {
  return ofKind(set, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const kind = textAt(scaler.spec, 'scaleTargetRef', 'kind');
    const name = textAt(scaler.spec, 'scaleTargetRef', 'name');
    return find(set, kind, name, scaler.metadata.namespace) === undefined
      ? [`${title(scaler)} scales ${kind} ${name}, which does not exist`]
      : [];
  });
}

/** An admission policy without a binding refuses nothing. */
export function admission(set: ManifestSet): string[] {
  const policies = ofKind(set, 'ValidatingAdmissionPolicy');
  const bound = ofKind(set, 'ValidatingAdmissionPolicyBinding');
  const names = bound.map((it) => at(it.spec, 'policyName'));
  // Whoever may do everything in the platform's namespace is not refused there.
  const platforms = new Set(set.pods.map(({ namespace }) => namespace));
  return [
    ...policies
      .filter((it) => !names.includes(it.metadata.name))
      .map((it) => `${title(it)} is bound to nothing`),
    ...bound
      .filter((it) => !policies.some(({ metadata }) => metadata.name === at(it.spec, 'policyName')))
      .map((it) => `${title(it)} binds a policy that does not exist`),
    ...bound.flatMap((it) => {
      const spared = listAt(it.spec, 'matchResources', 'namespaceSelector', 'matchExpressions')
        .filter((one) => at(one, 'operator') === 'NotIn')
        .flatMap((one) => listAt(one, 'values'));
      const missing = [...platforms].filter((one) => spared.length > 0 && !spared.includes(one));
      return missing.map((one) => `${title(it)} does not spare the platform in ${one}`);
    }),
  ];
}
