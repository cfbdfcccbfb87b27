import * as v from 'valibot';
import { described, httpUrl, integer, section, text } from './fields.ts';
import { isKubernetesResource } from './kubernetes-resources.ts';
import {
  hasFittingUrl,
  upstreamConnection,
  type UpstreamConnectionConfig,
  URL_UNFIT,
} from './upstream-connection.ts';

/** An upstream beside the one that answers queries. */
export interface OtherUpstreamConfig extends UpstreamConnectionConfig {
  readonly url: string;
  readonly maxSockets: number;
}

/** Who answers what is no query; all of them optional. */
export interface UpstreamsConfig {
  readonly rules?: OtherUpstreamConfig | undefined;
  readonly alertmanager?: OtherUpstreamConfig | undefined;
}

/** Which endpoints there are beside the queries, and how they are answered. */
export interface EndpointsConfig {
  readonly federate: boolean;
  readonly metadata: 'empty' | 'targets';
  readonly silenceWrites: boolean;
}

/** What the SubjectAccessReview of a change asks for, beside its verb; the namespace is the tenant. */
export interface SilenceAttributesConfig {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

function otherUpstream(
  description: v.DescriptionAction<string, string>,
): v.GenericSchema<OtherUpstreamInput | undefined, OtherUpstreamConfig | undefined> {
  return v.optional(
    v.pipe(
      v.strictObject({
        url: v.pipe(httpUrl(), description),
        maxSockets: described(integer(1, 10_000), 32, 'Connections to it at once.'),
        ...upstreamConnection,
      }),
      v.check((it) => hasFittingUrl(it), URL_UNFIT),
    ),
  );
}

interface OtherUpstreamInput extends UpstreamConnectionConfig {
  readonly url: string;
  readonly maxSockets?: number | undefined;
}

/** The settings of {@link UpstreamsConfig}. */
export const upstreams: v.GenericSchema<object | undefined, UpstreamsConfig> = section({
  rules: otherUpstream(
    v.description(
      'URL of the ruler or Prometheus whose rules and alerts are shown. Without it the upstream of the queries is asked.',
    ),
  ),
  alertmanager: otherUpstream(
    v.description(
      'URL of the Alertmanager behind `/api/v2`. Without it these endpoints do not exist.',
    ),
  ),
});

/** The settings of {@link EndpointsConfig}. */
export const endpoints: v.GenericSchema<object | undefined, EndpointsConfig> = section({
  federate: described(
    v.boolean(),
    false,
    'Whether `/federate` exists. Its answers hold the external labels of the upstream, which must be a Prometheus.',
  ),
  metadata: described(
    v.picklist(['empty', 'targets']),
    'empty',
    'Where the types and HELP texts of metrics come from: `targets` from the targets of the namespaces, which only a Prometheus knows; `empty` shows none, as it must be behind Thanos.',
  ),
  silenceWrites: described(
    v.boolean(),
    false,
    'Whether callers may create, update and expire silences of their namespaces, where they have the right to. Without it silences can only be read.',
  ),
});

/** The setting `silenceAttributes` of access by the API server. */
export const silenceAttributes: v.GenericSchema<
  SilenceAttributesConfig | undefined,
  SilenceAttributesConfig
> = described(
  v.pipe(
    v.strictObject({ group: v.string(), resource: text(), subresource: v.string() }),
    // Reads may hang on a right to read something else. These verbs on pods are what every developer has.
    v.check(
      (it) => !isKubernetesResource(it),
      'must name nothing that Kubernetes serves itself, because whoever may change that could change silences; name what means nothing else, such as namespace/silences',
    ),
  ),
  { group: '', resource: 'namespace', subresource: 'silences' },
  'What a caller must be allowed to `create`, `update` or `delete` in the namespace to do so with a silence. Resources of Kubernetes itself, such as `pods`, are refused.',
);
