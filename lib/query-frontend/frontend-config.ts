import { CONFIG_API_VERSION } from '../../frontend/config/api-version.ts';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import {
  type LimitsConfig,
  parseQueryFrontendConfig,
  printQueryFrontendConfig,
  type QueryFrontendConfig,
  type ResourceAttributesConfig,
} from '../../frontend/config/query-frontend.ts';
import type {
  CoalescingConfig,
  ConcurrencyConfig,
  RatesConfig,
} from '../../frontend/config/limits.ts';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { SynthError } from '../synth-error.ts';
import type { EndpointsConfig, SilenceAttributesConfig } from '../../frontend/config/upstreams.ts';
import type { AccessFeatures } from './access-features.ts';
import {
  authoritySettings,
  type CallerCredentials,
  credentialSettings,
} from './caller-credentials.ts';
import { type FrontendTuning, reviewSettings } from './frontend-tuning.ts';
import { identityProviderSettings } from './identity-providers.ts';
import { type OtherUpstreams, upstreamsSettings } from './other-upstreams.ts';
import { QUERIES_FOLDER } from './frontend-folders.ts';
import type { QueryConnection } from './tenant-query-frontend-props.ts';
import { connectionSettings } from './upstream-connection.ts';
import type { WebUiSettings } from './web-ui.ts';

/** What callers share, and by which rules. */
export interface SharingSettings {
  readonly rates: Partial<RatesConfig>;
  readonly concurrency: Partial<ConcurrencyConfig>;
  readonly coalescing: Partial<CoalescingConfig>;
}

/** Settings of the runtime that the construct does not derive from the cluster around it. */
export interface FrontendSettings {
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** Labels that every series must carry besides. */
  readonly staticLabels: Readonly<Record<string, string>>;
  /** URL of the querier. */
  readonly upstreamUrl: string;
  /** How the querier is known. */
  readonly upstreamConnection: QueryConnection;
  /** Who answers what is no query. */
  readonly upstreams: OtherUpstreams;
  /** Which endpoints there are beside the queries. */
  readonly endpoints: Partial<EndpointsConfig>;
  /** What whoever changes silences must be allowed, or `undefined` for what the runtime asks for. */
  readonly silenceAttributes: SilenceAttributesConfig | undefined;
  /** What most installations leave alone. */
  readonly tuning: FrontendTuning;
  /** Audiences that a token may be meant for. */
  readonly audiences: readonly string[];
  /** What a reader must be allowed in the namespace. */
  readonly attributes: ResourceAttributesConfig;
  /** Optional features of access. */
  readonly features: AccessFeatures;
  /** By what callers identify themselves. */
  readonly credentials: CallerCredentials;
  /** Bounds on what one request may ask. */
  readonly limits: Partial<LimitsConfig>;
  /** How requests share rates, turns and answers. */
  readonly sharing: SharingSettings;
  /** The web UI, or `undefined` for none. */
  readonly ui: WebUiSettings | undefined;
  /** Folder of the serving certificate, or `undefined` for plain HTTP. */
  readonly certificateFolder: string | undefined;
  /** Port that tenants connect to. */
  readonly tenantPort: number;
  /** Port of metrics and probes. */
  readonly operationsPort: number;
}

/**
 * Makes the configuration with the parser of the runtime itself, so a setting that the runtime does
 * not know, or refuses, cannot be synthesised.
 */
export function frontendConfig(subject: string, settings: FrontendSettings): QueryFrontendConfig {
  const parsed = parseQueryFrontendConfig({
    apiVersion: CONFIG_API_VERSION,
    kind: 'QueryFrontend',
    tenancyLabel: settings.tenancyLabel,
    staticLabels: { ...settings.staticLabels },
    listener: {
      ...settings.tuning.listener,
      port: settings.tenantPort,
      ...listenerSecurity(settings),
    },
    operations: { port: settings.operationsPort },
    upstream: upstreamSettings(settings),
    upstreams: upstreamsSettings(settings.upstreams),
    endpoints: { ...settings.endpoints },
    scoping: { ...settings.tuning.scoping },
    access: {
      kind: 'kubernetes',
      audiences: [...settings.audiences],
      attributes: { ...settings.attributes },
      ...reviewSettings(settings.tuning.reviews ?? {}),
      ...settings.features,
      ...identityProviderSettings(settings.features),
      ...credentialSettings(settings.credentials),
      ...(settings.silenceAttributes !== undefined && {
        silenceAttributes: { ...settings.silenceAttributes },
      }),
    },
    limits: { ...settings.limits },
    ...settings.sharing,
    ...(settings.ui !== undefined && { ui: { ...settings.ui } }),
  });
  if (parsed.ok) return parsed.value;
  throw new SynthError(
    subject,
    `the runtime refuses its configuration: ${parsed.rejection.map(describeConfigProblem).join(', ')}`,
    'see the reference of the query frontend for what each setting may be',
  );
}

/** The file that the runtime reads. */
export function printFrontendConfig(config: QueryFrontendConfig): string {
  return printQueryFrontendConfig(config);
}

function upstreamSettings({
  upstreamConnection,
  upstreamUrl,
}: FrontendSettings): Readonly<Record<string, unknown>> {
  const { deadline } = upstreamConnection;
  return {
    url: upstreamUrl,
    ...connectionSettings(QUERIES_FOLDER, upstreamConnection),
    ...(deadline !== undefined && { deadlineMs: deadline.toMilliseconds() }),
  };
}

function listenerSecurity({
  certificateFolder: folder,
  credentials,
}: FrontendSettings): Readonly<Record<string, unknown>> {
  if (folder === undefined) return { unsafePlainHttp: true };
  return {
    tls: {
      certFile: `${folder}/tls.crt`,
      keyFile: `${folder}/tls.key`,
      ...authoritySettings(credentials),
    },
  };
}
