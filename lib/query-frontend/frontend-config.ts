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
import type { AccessFeatures } from './access-features.ts';

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
  /** Audiences that a token may be meant for. */
  readonly audiences: readonly string[];
  /** What a reader must be allowed in the namespace. */
  readonly attributes: ResourceAttributesConfig;
  /** Optional features of access. */
  readonly features: AccessFeatures;
  /** Bounds on what one request may ask. */
  readonly limits: Partial<LimitsConfig>;
  /** How requests share rates, turns and answers. */
  readonly sharing: SharingSettings;
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
      port: settings.tenantPort,
      ...listenerSecurity(settings.certificateFolder),
    },
    operations: { port: settings.operationsPort },
    upstream: { url: settings.upstreamUrl },
    access: {
      kind: 'kubernetes',
      audiences: [...settings.audiences],
      attributes: { ...settings.attributes },
      ...settings.features,
    },
    limits: { ...settings.limits },
    ...settings.sharing,
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

function listenerSecurity(folder: string | undefined): Readonly<Record<string, unknown>> {
  if (folder === undefined) return { unsafePlainHttp: true };
  return { tls: { certFile: `${folder}/tls.crt`, keyFile: `${folder}/tls.key` } };
}
