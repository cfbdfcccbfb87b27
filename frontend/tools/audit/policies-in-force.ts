import { asObject, asTexts, type JsonObject } from '../../adapters/kubernetes/json-fields.ts';
import { accept, refuse, type Result } from '../../result.ts';
import { type ApiServer, askServer } from './api-server.ts';

const API = '/apis/admissionregistration.k8s.io/v1';
const OURS = encodeURIComponent(
  'app.kubernetes.io/part-of=prometheus-tenancy-kit,app.kubernetes.io/component=admission',
);

/**
 * The kinds that a policy of the kit looks at, in the plural. Without this an audit of a cluster that has
 * no policies would find nothing wrong.
 */
export async function resourcesInForce(
  server: ApiServer,
): Promise<Result<ReadonlySet<string>, string>> {
  const bindings = await list(server, 'validatingadmissionpolicybindings');
  if (!bindings.ok) return bindings;
  const policies = await list(server, 'validatingadmissionpolicies');
  if (!policies.ok) return policies;
  const bound = new Set(
    bindings.value.filter(acts).map((binding) => asObject(binding['spec'])?.['policyName']),
  );
  const inForce = policies.value.filter((it) => bound.has(asObject(it['metadata'])?.['name']));
  return accept(new Set(inForce.flatMap(resourcesOf)));
}

async function list(
  server: ApiServer,
  resource: string,
): Promise<Result<readonly JsonObject[], string>> {
  const { body, status } = await askServer(server, {
    path: `${API}/${resource}?labelSelector=${OURS}`,
  });
  const found = asObject(body);
  // An API server of Kubernetes 1.30 leaves the items of an empty list out.
  const isList = String(found?.['kind']).endsWith('List');
  const items = isList ? (found?.['items'] ?? []) : undefined;
  if (status !== 200 || !Array.isArray(items)) {
    return refuse(`the API server does not list ${resource}: status ${status}`);
  }
  return accept(items.map((it: unknown) => asObject(it) ?? {}));
}

// A binding that does no more than write to the audit log tells the tool nothing.
function acts(binding: JsonObject): boolean {
  const actions = asTexts(asObject(binding['spec'])?.['validationActions']) ?? [];
  return actions.includes('Deny') || actions.includes('Warn');
}

function resourcesOf(policy: JsonObject): readonly string[] {
  const rules = asObject(asObject(policy['spec'])?.['matchConstraints'])?.['resourceRules'];
  return Array.isArray(rules)
    ? rules.flatMap((rule: unknown) => asTexts(asObject(rule)?.['resources']) ?? [])
    : [];
}
