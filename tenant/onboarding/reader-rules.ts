import type { k8s } from 'cdk8s-plus-28';
import type {
  AttributesByEndpointConfig,
  ResourceAttributesConfig,
} from '../../frontend/config/access-attributes.ts';
import type { SilenceAttributesConfig } from '../../frontend/config/upstreams.ts';

/** What a frontend says a reader must be allowed. */
export interface ReaderAttributes {
  /** What a reader must be allowed in a namespace. */
  readonly attributes: ResourceAttributesConfig;
  /**
   * What single classes of endpoints ask for instead.
   * @default - none: all of them ask for the same
   */
  readonly attributesByEndpoint?: AttributesByEndpointConfig;
}

/** What a frontend says whoever changes silences must be allowed. */
export interface SilenceAttributes {
  /**
   * Group, resource and subresource; the verbs are `create`, `update` and `delete`.
   * @default - nobody changes silences
   */
  readonly silenceAttributes?: SilenceAttributesConfig | undefined;
}

/** The rule that answers to what the frontend asks the API server. */
export function ruleOf(attributes: ResourceAttributesConfig): k8s.PolicyRule {
  const { group, resource, subresource, verb, name } = attributes;
  return {
    apiGroups: [group],
    resources: [subresource === '' ? resource : `${resource}/${subresource}`],
    verbs: [verb],
    ...(name !== undefined && { resourceNames: [name] }),
  };
}

/** The rules of whoever may read at every endpoint: one where all of them ask for the same. */
export function readerRules(frontend: ReaderAttributes): k8s.PolicyRule[] {
  const { attributes, attributesByEndpoint = {} } = frontend;
  return rulesOf([attributes, ...Object.values(attributesByEndpoint)]);
}

/** The rules of several sets of attributes, each once. */
export function rulesOf(sets: readonly (ResourceAttributesConfig | undefined)[]): k8s.PolicyRule[] {
  const rules = sets.flatMap((set) => (set === undefined ? [] : [ruleOf(set)]));
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

/** The rule of whoever may create, update and expire silences: these verbs, and no right to read. */
export function silencerRule(attributes: SilenceAttributesConfig): k8s.PolicyRule {
  return { ...ruleOf({ ...attributes, verb: 'create' }), verbs: ['create', 'update', 'delete'] };
}
