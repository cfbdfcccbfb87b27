import { type Kubectl, mustKubectl } from './kubectl.ts';
import { type KubeRequest, mustRequest } from './kube-request.ts';
import { poll } from './poll.ts';
import type { ProgramResult } from './processes.ts';
import { readPath } from './read-path.ts';

/** A manifest of one object. */
export type Manifest = Readonly<Record<string, unknown>>;

/** One entry of a Role's or ClusterRole's rules. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Whom a binding grants something. */
export type Subject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User' | 'Group'; readonly name: string };

/** What a binding binds. */
export interface RoleBinding {
  readonly namespace: string;
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  readonly subject: Subject;
}

/** The ways to make and remove objects in a cluster. Each one throws if the cluster refuses. */
export interface ClusterObjects {
  readonly createNamespace: (
    name: string,
    labels?: Readonly<Record<string, string>>,
  ) => Promise<void>;
  readonly createServiceAccount: (namespace: string, name: string) => Promise<void>;
  readonly createRole: (
    namespace: string,
    name: string,
    rules: readonly PolicyRule[],
  ) => Promise<void>;
  readonly createClusterRole: (name: string, rules: readonly PolicyRule[]) => Promise<void>;
  /** Makes a RoleBinding with the name of the role and of the subject. */
  readonly bindRole: (binding: RoleBinding) => Promise<void>;
  /** Makes a ClusterRoleBinding with the name of the role and of the subject. */
  readonly bindClusterRole: (clusterRole: string, subject: Subject) => Promise<void>;
  /**
   * Applies manifests on the server's side, with strict checking of fields.
   *
   * @returns What kubectl printed; warnings, such as those of PodSecurity, are in `stderr`.
   */
  readonly apply: (manifests: readonly Manifest[]) => Promise<ProgramResult>;
  /**
   * Deletes an object, if it exists, without waiting for it to be gone. A namespace stays in the
   * phase `Terminating` unless a controller manager runs.
   */
  readonly deleteObject: (kind: string, name: string, namespace?: string) => Promise<void>;
  /** Installs custom resource definitions from files or folders, and waits until they serve. */
  readonly installCrds: (...paths: readonly string[]) => Promise<void>;
}

const RBAC = 'rbac.authorization.k8s.io';
const RBAC_PATH = `/apis/${RBAC}/v1`;

/** Gives these ways for one cluster. */
export function prepareClusterObjects(request: KubeRequest, kubectl: Kubectl): ClusterObjects {
  const create = async (path: string, object: Manifest): Promise<void> => {
    await mustRequest(request, 'POST', path, object);
  };
  return {
    createNamespace: (name, labels = {}) =>
      create('/api/v1/namespaces', { metadata: { name, labels } }),
    createServiceAccount: (namespace, name) =>
      create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } }),
    createRole: (namespace, name, rules) =>
      create(`${RBAC_PATH}/namespaces/${namespace}/roles`, { metadata: { name }, rules }),
    createClusterRole: (name, rules) =>
      create(`${RBAC_PATH}/clusterroles`, { metadata: { name }, rules }),
    bindRole: ({ namespace, role, subject }) =>
      create(`${RBAC_PATH}/namespaces/${namespace}/rolebindings`, bindingOf(role, subject)),
    bindClusterRole: (name, subject) =>
      create(`${RBAC_PATH}/clusterrolebindings`, bindingOf({ kind: 'ClusterRole', name }, subject)),
    apply: (manifests) =>
      mustKubectl(
        kubectl,
        ['apply', '--server-side', '--force-conflicts', '--validate=strict', '--filename=-'],
        // Not a List: kubectl would check that against its own idea of the fields, not the server's. No
        // line of dashes between them either, which kubectl 1.30 does not take behind JSON.
        manifests.map((manifest) => JSON.stringify(manifest)).join('\n'),
      ),
    deleteObject: async (kind, name, namespace) => {
      const where = namespace === undefined ? [] : [`--namespace=${namespace}`];
      await mustKubectl(kubectl, [
        'delete',
        kind,
        name,
        ...where,
        '--ignore-not-found',
        '--wait=false',
      ]);
    },
    installCrds: (...paths) => installCrds(request, kubectl, paths),
  };
}

async function installCrds(
  request: KubeRequest,
  kubectl: Kubectl,
  paths: readonly string[],
): Promise<void> {
  const files = paths.map((path) => `--filename=${path}`);
  const apply = ['apply', '--server-side', '--output=name', ...files];
  const { stdout } = await mustKubectl(kubectl, apply);
  const names = stdout.trim().split('\n');
  for (const name of names.map((line) => line.slice(line.indexOf('/') + 1))) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    await poll(async () => (isServed(await mustRequest(request, 'GET', path)) ? true : undefined), {
      what: `${name} to be established`,
    });
  }
}

function isServed(definition: unknown): boolean {
  const conditions = readPath(definition, 'status', 'conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (one: unknown) =>
        readPath(one, 'type') === 'Established' && readPath(one, 'status') === 'True',
    )
  );
}

function bindingOf(role: RoleBinding['role'], subject: Subject): Manifest {
  const apiGroup = subject.kind === 'ServiceAccount' ? {} : { apiGroup: RBAC };
  return {
    // Names of users and roles hold colons, which a path segment takes, but no slash.
    metadata: { name: `${role.name}-${subjectName(subject)}`.replaceAll('/', '-') },
    roleRef: { apiGroup: RBAC, ...role },
    subjects: [{ ...subject, ...apiGroup }],
  };
}

function subjectName(subject: Subject): string {
  return subject.kind === 'ServiceAccount' ? `${subject.namespace}-${subject.name}` : subject.name;
}
