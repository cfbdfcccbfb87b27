import { Chart, Testing } from 'cdk8s';
import { TenantAdmissionPolicies } from '../../../lib/admission/tenant-admission-policies.ts';
import type { TenantAdmissionPoliciesProps } from '../../../lib/admission/tenant-admission-policies-props.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import type { Manifest } from '../harness/cluster-objects.ts';
import { type KubeAnswer, type KubeRequestOptions, mustRequest } from '../harness/kube-request.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { poll } from '../harness/poll.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { monitoring, OWN, VICTIM } from './admission-case.ts';
import { isAboutLaterField } from './oldest-definitions.ts';

/** The namespace of the platform. */
export const PLATFORM = 'monitoring';

/** The manifests of the policies. */
export function policyManifests(props: TenantAdmissionPoliciesProps = {}): readonly Manifest[] {
  const chart = new Chart(Testing.app(), 'admission', { namespace: PLATFORM });
  void new TenantAdmissionPolicies(chart, 'policies', props);
  return chart.toJson() as Manifest[];
}

/** An API server with the kinds of the operator, two tenants, and the policies in force. */
export async function startAdmittedCluster(
  props: TenantAdmissionPoliciesProps = {},
): Promise<TestCluster> {
  const cluster = await startKubeApiserver({ controllerManager: true });
  try {
    await cluster.installCrds(await operatorCrdFolder());
    for (const name of [PLATFORM, OWN, VICTIM]) await cluster.createNamespace(name);
    await enforce(cluster, props);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Applies the policies and waits until the API server acts by them. */
export async function enforce(
  cluster: TestCluster,
  props: TenantAdmissionPoliciesProps = {},
): Promise<void> {
  const manifests = policyManifests(props);
  await cluster.apply(manifests);
  const probe = monitoring('ServiceMonitor', { selector: {}, endpoints: [{ port: 'http' }] });
  const left = { metadata: { name: 'tried', namespace: OWN, finalizers: ['orphan'] } };
  const service = { apiVersion: 'v1', kind: 'Service', ...left, spec: { ports: [{ port: 80 }] } };
  // The policies come into force one after the other, and up to a second apart where Kubernetes is old.
  await poll(
    async () => {
      const answers = [
        await tryCreate(cluster, probe),
        await tryCreate(cluster, monitoring('Prometheus', {})),
        await tryCreate(cluster, service),
      ];
      const isSeen = ({ headers, status }: KubeAnswer): boolean =>
        props.unsafeWarnOnly === true ? headers['warning'] !== undefined : status === 403;
      return answers.every(isSeen) ? true : undefined;
    },
    { what: 'the policies to be in force' },
  );
}

/**
 * What the API server has to say about expressions that do not fit the fields of their kinds, by policy.
 *
 * It is the controller manager that looks, some time after a policy was written.
 */
export async function typeWarnings(
  cluster: TestCluster,
  props: TenantAdmissionPoliciesProps = {},
): Promise<Readonly<Record<string, unknown>>> {
  const warnings: Record<string, unknown> = {};
  for (const { kind, metadata } of policyManifests(props)) {
    if (kind !== 'ValidatingAdmissionPolicy') continue;
    const name = readString(metadata, 'name');
    const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
    const checked = await poll(
      async () => {
        const found = await mustRequest(cluster.request, 'GET', path);
        const status = readPath(found, 'status');
        const isCurrent =
          readPath(status, 'observedGeneration') === readPath(found, 'metadata', 'generation');
        return isCurrent && readPath(status, 'typeChecking') !== undefined ? status : undefined;
      },
      { what: `${name} to be checked` },
    );
    const found = readPath(checked, 'typeChecking', 'expressionWarnings');
    const unexpected = Array.isArray(found) ? found.filter((it) => !isAboutLaterField(it)) : [];
    if (unexpected.length > 0) warnings[name] = unexpected;
  }
  return warnings;
}

/** Creates an object without keeping it. */
export function tryCreate(
  cluster: TestCluster,
  object: Manifest,
  options?: KubeRequestOptions,
): Promise<KubeAnswer> {
  const path = `${collectionOf(object)}?dryRun=All&fieldValidation=Strict`;
  return cluster.request('POST', path, object, options);
}

/** Creates an object and keeps it. */
export function create(
  cluster: TestCluster,
  object: Manifest,
  options?: KubeRequestOptions,
): Promise<KubeAnswer> {
  return cluster.request('POST', collectionOf(object), object, options);
}

/** Which rule refused, `undefined` where none did. @throws {Error} If it failed in another way. */
export function refusingRules({ status, body }: KubeAnswer): readonly string[] {
  if (status >= 200 && status < 300) return [];
  const message = String(readPath(body, 'message'));
  if (status !== 403 && !message.includes('ValidatingAdmissionPolicy')) {
    throw new Error(`${status} ${message}`);
  }
  return [message];
}

const PLURALS: Readonly<Record<string, string>> = {
  Endpoints: 'endpoints',
  Prometheus: 'prometheuses',
};

/** The path of an object's kind in its namespace. */
export function collectionOf(object: Manifest): string {
  const apiVersion = String(object['apiVersion']);
  const kind = String(object['kind']);
  const namespace = readPath(object, 'metadata', 'namespace');
  const prefix = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const where = namespace === undefined ? '' : `/namespaces/${String(namespace)}`;
  return `${prefix}${where}/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}`;
}
