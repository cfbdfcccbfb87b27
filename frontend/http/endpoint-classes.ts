import type { Access } from '../access/access.ts';
import type {
  AttributesByEndpointConfig,
  EndpointClass,
  ResourceAttributesConfig,
} from '../config/access-attributes.ts';
import type { Route, RouteName } from './routes.ts';

/** Which class an endpoint is in, for what its readers must be allowed. */
export const CLASS_OF: Readonly<Record<RouteName, EndpointClass>> = {
  query: 'query',
  query_range: 'query',
  query_exemplars: 'query',
  format_query: 'query',
  parse_query: 'query',
  series: 'query',
  labels: 'query',
  label_values: 'query',
  metadata: 'metadata',
  rules: 'rules',
  alerts: 'alerts',
  buildinfo: 'query',
  explain: 'query',
  federate: 'federate',
  alertmanager_status: 'alertmanager',
  alertmanager_alerts: 'alertmanager',
  alertmanager_groups: 'alertmanager',
  silences: 'alertmanager',
  silence: 'alertmanager',
  ui_page: 'query',
  ui_file: 'query',
  stores: 'query',
  flags: 'query',
};

/**
 * Access as an endpoint decides it.
 *
 * @throws {TypeError} For an endpoint that is in no class: a defect of this program.
 */
export function accessOfRoute(access: Access, { name }: Pick<Route, 'name'>): Access {
  // Else it would be decided by what the usual ones ask for.
  if (!Object.hasOwn(CLASS_OF, name)) throw new TypeError(`no class of endpoints has ${name}`);
  return access.forEndpoint?.(CLASS_OF[name]) ?? access;
}

/** What the API server is asked for, where it is asked. */
export interface AskedAttributes {
  readonly attributes: ResourceAttributesConfig;
  readonly attributesByEndpoint: AttributesByEndpointConfig;
  readonly clusterWide: { readonly attributes?: ResourceAttributesConfig | undefined };
}

/** What a reader of a class of endpoints must be allowed: in a namespace, or in all at once. */
export function attributesOf(
  { attributes, attributesByEndpoint, clusterWide }: AskedAttributes,
  endpoint: EndpointClass,
): {
  readonly inNamespace: ResourceAttributesConfig;
  readonly inCluster: ResourceAttributesConfig;
} {
  const inNamespace = attributesByEndpoint[endpoint] ?? attributes;
  return { inNamespace, inCluster: clusterWide.attributes ?? inNamespace };
}
