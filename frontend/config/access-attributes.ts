import * as v from 'valibot';
import { described, section, text } from './fields.ts';

/** What an access review of a read asks for; the namespace is the tenant's. */
export interface ResourceAttributesConfig {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name?: string | undefined;
}

/** The classes of endpoints that can ask for attributes of their own. */
export const ENDPOINT_CLASSES = [
  'query',
  'rules',
  'alerts',
  'metadata',
  'alertmanager',
  'federate',
] as const;

/** One of them. Which endpoint is in which, the table beside the routes says. */
export type EndpointClass = (typeof ENDPOINT_CLASSES)[number];

/** The attributes of classes that do not ask for those of all. */
export type AttributesByEndpointConfig = Readonly<
  Partial<Record<EndpointClass, ResourceAttributesConfig | undefined>>
>;

/** Reads of the whole cluster. */
export interface ClusterWideConfig {
  readonly enabled: boolean;
  readonly attributes?: ResourceAttributesConfig | undefined;
}

/** The attributes that an existing `get namespace/metrics` Role answers to. */
export const SEED_ATTRIBUTES: ResourceAttributesConfig = {
  verb: 'get',
  group: '',
  resource: 'namespace',
  subresource: 'metrics',
};

/** Named attribute sets: what installations that came before us ask the API server. */
export const ATTRIBUTE_PRESETS: Readonly<Record<string, ResourceAttributesConfig>> = {
  seed: SEED_ATTRIBUTES,
  seedPodsMetrics: { verb: 'get', group: '', resource: 'pods', subresource: 'metrics' },
  openshift: { verb: 'get', group: 'metrics.k8s.io', resource: 'pods', subresource: '' },
};

/** One set of attributes as it may be written: by the name of a preset, or in full. */
export type AttributesInput = 'seed' | 'seedPodsMetrics' | 'openshift' | ResourceAttributesConfig;

const anyAttributes: v.GenericSchema<AttributesInput, ResourceAttributesConfig> = v.union([
  v.pipe(
    v.picklist(['seed', 'seedPodsMetrics', 'openshift']),
    v.transform((name): ResourceAttributesConfig => ATTRIBUTE_PRESETS[name] ?? SEED_ATTRIBUTES),
  ),
  v.strictObject({
    verb: text(),
    group: v.string(),
    resource: text(),
    subresource: v.string(),
    name: v.optional(text()),
  }),
]);

/** The setting `attributes`. */
export const attributes: v.GenericSchema<AttributesInput | undefined, ResourceAttributesConfig> =
  described(
    anyAttributes,
    'seed',
    'What a reader must be allowed in the namespace: `seed` (`get namespace/metrics`), `seedPodsMetrics` (`get pods/metrics`), `openshift` (`get pods.metrics.k8s.io`), or verb, group, resource, subresource and, where it is about one object, name.',
  );

/** The setting `attributesByEndpoint`. */
export const attributesByEndpoint: v.GenericSchema<object | undefined, AttributesByEndpointConfig> =
  section({
    query: v.optional(
      v.pipe(
        anyAttributes,
        v.description(
          'What readers must be allowed instead of `attributes` for queries, series, labels and exemplars.',
        ),
      ),
    ),
    rules: v.optional(v.pipe(anyAttributes, v.description('The same for `/api/v1/rules`.'))),
    alerts: v.optional(v.pipe(anyAttributes, v.description('The same for `/api/v1/alerts`.'))),
    metadata: v.optional(v.pipe(anyAttributes, v.description('The same for `/api/v1/metadata`.'))),
    alertmanager: v.optional(
      v.pipe(
        anyAttributes,
        v.description('The same for what is read below `/api/v2`: alerts, groups and silences.'),
      ),
    ),
    federate: v.optional(v.pipe(anyAttributes, v.description('The same for `/federate`.'))),
  });

/** The setting `clusterWide`. */
export const clusterWide: v.GenericSchema<object | undefined, ClusterWideConfig> = section({
  enabled: described(
    v.boolean(),
    false,
    'Whether `/all-namespaces/` may stand before every endpoint that reads. Below it a caller who is allowed the attributes in all namespaces at once reads series whatever their tenancy label is.',
  ),
  attributes: v.optional(
    v.pipe(
      anyAttributes,
      v.description(
        'What such a caller must be allowed in all namespaces at once. Without it, what a reader of one namespace must be allowed there.',
      ),
    ),
  ),
});
