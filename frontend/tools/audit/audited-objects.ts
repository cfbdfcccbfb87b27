import { asObject, type JsonObject } from '../../adapters/kubernetes/json-fields.ts';
import { accept, refuse, type Result } from '../../result.ts';

/** One object of the cluster, to be written back to it unchanged. */
export interface AuditedObject {
  /** Kind, namespace and name, as a person would say it. */
  readonly title: string;
  /** The kind in the plural, as policies name it. */
  readonly resource: string;
  /** Its path on the API server. */
  readonly path: string;
  readonly object: JsonObject;
}

const GROUP = 'monitoring.coreos.com/';

const RESOURCES: Readonly<Record<string, string>> = {
  ServiceMonitor: 'servicemonitors',
  PodMonitor: 'podmonitors',
  Probe: 'probes',
  ScrapeConfig: 'scrapeconfigs',
  PrometheusRule: 'prometheusrules',
  AlertmanagerConfig: 'alertmanagerconfigs',
  Prometheus: 'prometheuses',
  PrometheusAgent: 'prometheusagents',
  ThanosRuler: 'thanosrulers',
  Alertmanager: 'alertmanagers',
};

/** The kinds that can be audited, as kubectl takes them. */
export const AUDITED_RESOURCES: readonly string[] = Object.values(RESOURCES);

/** Reads what `kubectl get --output=json` prints for several objects. */
export function readObjects(text: string): Result<readonly AuditedObject[], string> {
  const list = parse(text);
  const items = list?.['items'];
  if (list?.['kind'] !== 'List' || !Array.isArray(items)) {
    return refuse('the input is no List, as kubectl get --output=json prints one');
  }
  const objects: AuditedObject[] = [];
  for (const item of items) {
    const read = readItem(asObject(item));
    if (!read.ok) return read;
    objects.push(read.value);
  }
  return accept(objects);
}

function readItem(object: JsonObject | undefined): Result<AuditedObject, string> {
  const metadata = asObject(object?.['metadata']);
  const { apiVersion, kind } = object ?? {};
  const { namespace, name } = metadata ?? {};
  const isNamed = typeof namespace === 'string' && typeof name === 'string';
  if (
    object === undefined ||
    !isNamed ||
    typeof apiVersion !== 'string' ||
    typeof kind !== 'string'
  ) {
    return refuse('an item of the List has no kind, no namespace or no name');
  }
  const resource = Object.hasOwn(RESOURCES, kind) ? RESOURCES[kind] : undefined;
  if (resource === undefined || !apiVersion.startsWith(GROUP)) {
    return refuse(`${apiVersion} ${kind} is none of ${AUDITED_RESOURCES.join(', ')}`);
  }
  const [where, called] = [namespace, name].map(encodeURIComponent);
  return accept({
    title: `${kind} ${namespace}/${name}`,
    resource,
    path: `/apis/${apiVersion}/namespaces/${where}/${resource}/${called}`,
    object,
  });
}

function parse(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
