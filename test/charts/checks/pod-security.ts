import { at, type Json, listAt } from '../../lib/support/manifests.ts';
import type { PodTemplate } from '../../lib/support/pod-templates.ts';
import type { ManifestSet } from './manifest-set.ts';
import { containersOf } from './pods.ts';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * What the Pod Security Standard "restricted" forbids, after
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/. Fields that only the looser
 * "baseline" knows are forbidden altogether.
 */
export function podSecurity({ pods }: ManifestSet): string[] {
  return pods.flatMap((pod) =>
    [...podProblems(pod), ...containersOf(pod).flatMap((it) => containerProblems(pod, it))].map(
      (problem) => `${pod.owner} ${problem}`,
    ),
  );
}

function podProblems({ spec }: PodTemplate): string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((it) => at(spec, it) === true);
  const kinds = listAt(spec, 'volumes').flatMap((volume) =>
    Object.keys(volume as object).filter((it) => it !== 'name' && !VOLUMES.includes(it)),
  );
  return [
    ...shared.map((it) => `sets ${it}`),
    ...kinds.map((it) => `has a volume of kind ${it}`),
    ...(at(spec, 'securityContext', 'sysctls') === undefined ? [] : ['sets sysctls']),
  ];
}

// What these may do, the operator writes, and a test on the operator judges. The resource decides the rest.
const OF_OPERATOR = ['prometheus', 'config-reloader', 'thanos-sidecar', 'thanos-ruler'];

function isWrittenByOperator({ owner }: PodTemplate, container: Json): boolean {
  return (
    /^(?:Prometheus|ThanosRuler) /.test(owner) &&
    OF_OPERATOR.includes(String(at(container, 'name'))) &&
    at(container, 'securityContext') === undefined
  );
}

function containerProblems(pod: PodTemplate, container: Json): string[] {
  const own = at(container, 'securityContext');
  const ofPod = at(pod.spec, 'securityContext');
  const setting = (...path: readonly string[]): Json => at(own, ...path) ?? at(ofPod, ...path);
  const added = listAt(own, 'capabilities', 'add').filter((it) => it !== 'NET_BIND_SERVICE');
  const seccomp = setting('seccompProfile', 'type');
  const hostPorts = listAt(container, 'ports').filter((it) => at(it, 'hostPort') !== undefined);
  const isLeft = isWrittenByOperator(pod, container);
  const broken = {
    'may run as root': setting('runAsNonRoot') !== true || setting('runAsUser') === 0,
    'may gain privileges': !isLeft && at(own, 'allowPrivilegeEscalation') !== false,
    'is privileged': at(own, 'privileged') === true,
    'keeps capabilities':
      !isLeft && (!listAt(own, 'capabilities', 'drop').includes('ALL') || added.length > 0),
    'has no seccomp profile': seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost',
    'takes a port of its node': hostPorts.length > 0,
    'sees all of /proc': !['Default', undefined].includes(at(own, 'procMount') as undefined),
  };
  return Object.entries(broken).flatMap(([problem, isSo]) =>
    isSo ? [`${String(at(container, 'name'))} ${problem}`] : [],
  );
}
