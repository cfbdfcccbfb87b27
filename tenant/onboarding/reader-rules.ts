import type { k8s } from 'cdk8s-plus-28';
import type {
  AttributesByEndpointConfig,
  ResourceAttributesConfig,
} from '../../frontend/config/access-attributes.ts';
import type { SilenceAttributesConfig } from '../../frontend/config/upstreams.ts';
import { SynthError } from '../../lib/synth-error.ts';

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
function ruleOf(attributes: ResourceAttributesConfig): k8s.PolicyRule {
  const { group, resource, subresource, verb, name } = attributes;
  return {
    apiGroups: [group],
    resources: [subresource === '' ? resource : `${resource}/${subresource}`],
    verbs: [verb],
    ...(name !== undefined && { resourceNames: [name] }),
  };
}

/**
 * The rules of whoever may read at every endpoint: one where all of them ask for the same.
 *
 * @throws {SynthError} If one of them would give more than the right to read metrics.
 */
export function readerRules(subject: string, frontend: ReaderAttributes): k8s.PolicyRule[] {
  const { attributes, attributesByEndpoint = {} } = frontend;
  return rulesOf(subject, [attributes, ...Object.values(attributesByEndpoint)]);
}

/**
 * The rules of several sets of attributes, each once.
 *
 * @throws {SynthError} If one of them would give more than the right to read metrics.
 */
export function rulesOf(
  subject: string,
  sets: readonly (ResourceAttributesConfig | undefined)[],
): k8s.PolicyRule[] {
  const named = sets.filter((set) => set !== undefined);
  for (const set of named) refuseMoreThanReading(subject, set);
  const rules = named.map((set) => ruleOf(set));
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

const READS: readonly string[] = ['get', 'list', 'watch'];

// With `get` these lead into a container or to a server.
const WAYS_IN: readonly string[] = ['attach', 'exec', 'portforward', 'proxy'];

// The API server looks up the same words for what it does itself, not only for the frontend.
function refuseMoreThanReading(subject: string, attributes: ResourceAttributesConfig): void {
  const { group, resource, subresource, verb } = attributes;
  const isRead = READS.includes(verb) && !WAYS_IN.includes(subresource) && resource !== 'secrets';
  if (isRead && ![group, resource, subresource].includes('*')) return;
  const what = `${verb} ${[resource, subresource].filter((it) => it !== '').join('/')}`;
  throw new SynthError(
    subject,
    `the frontend asks for ${JSON.stringify(what)}, and who holds that may do more than to read metrics`,
    'have it ask for a read that means nothing else, such as get namespace/metrics',
  );
}

/** The rule of whoever may create, update and expire silences: these verbs, and no right to read. */
export function silencerRule(attributes: SilenceAttributesConfig): k8s.PolicyRule {
  return { ...ruleOf({ ...attributes, verb: 'create' }), verbs: ['create', 'update', 'delete'] };
}
