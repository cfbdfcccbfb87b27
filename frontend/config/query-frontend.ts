import * as v from 'valibot';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { DEFAULT_TENANCY_LABEL, parseTenancyLabel } from '../../tenant/tenancy-label.ts';
import type { Result } from '../result.ts';
import {
  attributes,
  attributesByEndpoint,
  type AttributesByEndpointConfig,
  clusterWide,
  type ClusterWideConfig,
  type ResourceAttributesConfig,
} from './access-attributes.ts';
import {
  clientCertificates,
  type ClientCertificatesConfig,
  frontProxy,
  type FrontProxyConfig,
  grafanaId,
  type GrafanaIdConfig,
  hasReviewsForCertificates,
  hasSeparateAuthorities,
  hasWholeFrontProxy,
  type TokenHeader,
  tokenHeaders,
} from './access-credentials.ts';
import {
  allNamespaces,
  type AllNamespacesConfig,
  review,
  type ReviewConfig,
  rightsWatch,
  type RightsWatchConfig,
  tenantMapping,
  type TenantMappingConfig,
} from './access-features.ts';
import { type OidcIssuerConfig, oidcIssuers } from './access-oidc.ts';
import { staticLabels } from './access-static-labels.ts';
import { CONFIG_API_VERSION } from './api-version.ts';
import { type ConfigProblem, parseDocument } from './document.ts';
import {
  described,
  filePath,
  httpUrl,
  integer,
  milliseconds,
  port,
  section,
  text,
} from './fields.ts';
import { LIMIT_GROUPS, type LimitGroups } from './limits.ts';
import { scoping, type ScopingConfig } from './scoping.ts';
import { upstream, type UpstreamConfig } from './upstream.ts';
import {
  endpoints,
  type EndpointsConfig,
  silenceAttributes,
  type SilenceAttributesConfig,
  upstreams,
  type UpstreamsConfig,
} from './upstreams.ts';
import { webUi, type WebUiConfig } from './web-ui.ts';

/** The settings of the query frontend, with every default filled in. The schema describes each. */
export interface QueryFrontendConfig extends LimitGroups {
  readonly apiVersion: typeof CONFIG_API_VERSION;
  readonly kind: 'QueryFrontend';
  readonly tenancyLabel: TenancyLabel;
  readonly staticLabels: Readonly<Record<string, string>>;
  readonly listener: ListenerConfig;
  readonly operations: { readonly address: string; readonly port: number };
  readonly upstream: UpstreamConfig;
  readonly access: AccessConfig;
  readonly scoping: ScopingConfig;
  readonly upstreams: UpstreamsConfig;
  readonly endpoints: EndpointsConfig;
  readonly ui?: WebUiConfig | undefined;
}

/** Where tenants connect. */
export interface ListenerConfig {
  readonly address: string;
  readonly port: number;
  readonly tls?: TlsConfig | undefined;
  readonly unsafePlainHttp: boolean;
  readonly maxConnections: number;
  readonly maxConnectionsPerCaller: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
}

/** The serving certificate, and whose client certificates are verified. */
export interface TlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
  readonly frontProxyCaFile?: string | undefined;
}

/** Who decides what a caller may read. */
export type AccessConfig = KubernetesAccessConfig | StaticTokensAccessConfig;

/** Access by the API server: TokenReview, then SubjectAccessReview. */
export interface KubernetesAccessConfig {
  readonly kind: 'kubernetes';
  readonly apiServer: {
    readonly url: string;
    readonly caFile: string;
    readonly tokenFile: string;
    readonly timeoutMs: number;
  };
  readonly review: ReviewConfig;
  readonly audiences: readonly string[];
  readonly tokenHeaders: readonly TokenHeader[];
  readonly clientCertificates: ClientCertificatesConfig;
  readonly frontProxy?: FrontProxyConfig | undefined;
  readonly grafanaId?: GrafanaIdConfig | undefined;
  readonly oidcIssuers: readonly OidcIssuerConfig[];
  readonly allNamespaces: AllNamespacesConfig;
  readonly tenantMapping: TenantMappingConfig;
  readonly rightsWatch: RightsWatchConfig;
  readonly attributes: ResourceAttributesConfig;
  readonly attributesByEndpoint: AttributesByEndpointConfig;
  readonly clusterWide: ClusterWideConfig;
  readonly silenceAttributes: SilenceAttributesConfig;
  readonly cache: {
    readonly authenticatedTtlMs: number;
    readonly rejectedTtlMs: number;
    readonly allowedTtlMs: number;
    readonly deniedTtlMs: number;
    readonly maxEntries: number;
  };
  readonly budget: {
    readonly maxInFlight: number;
    readonly reviewsPerSecond: number;
    readonly unknownTokensPerSecond: number;
  };
}

/** Access by a file of tokens, for local use. */
export interface StaticTokensAccessConfig {
  readonly kind: 'staticTokens';
  readonly file: string;
  readonly unsafeInCluster: boolean;
}

export type { LimitsConfig } from './limits.ts';
export type { UpstreamConfig } from './upstream.ts';

export {
  ATTRIBUTE_PRESETS,
  type AttributesByEndpointConfig,
  type ClusterWideConfig,
  type ResourceAttributesConfig,
  SEED_ATTRIBUTES,
} from './access-attributes.ts';

const kubernetesAccess = v.strictObject({
  kind: v.literal('kubernetes'),
  apiServer: section({
    url: described(httpUrl(), 'https://kubernetes.default.svc', 'URL of the API server.'),
    caFile: described(
      filePath(),
      '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
      'Certificate authority of the API server, PEM; read again at least once a minute.',
    ),
    tokenFile: described(
      filePath(),
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
      'Token of the frontend itself; read again at least once a minute.',
    ),
    timeoutMs: described(
      milliseconds(100, 30_000),
      10_000,
      'Longest time one review may take. After it there is no verdict, and the answer is 503.',
    ),
  }),
  review,
  audiences: described(
    v.array(text()),
    [],
    'Audiences that a token may be meant for, sent with every TokenReview; the answer must name one of them. Empty: the audience of the API server itself.',
  ),
  tokenHeaders,
  clientCertificates,
  frontProxy,
  grafanaId,
  oidcIssuers: described(
    oidcIssuers,
    [],
    'Issuers of OpenID Connect tokens beside the cluster. Their tokens are verified here and never sent to the API server, which is asked what the prefixed user and groups may read.',
  ),
  allNamespaces,
  tenantMapping,
  rightsWatch,
  attributes,
  attributesByEndpoint,
  clusterWide,
  silenceAttributes,
  cache: section({
    authenticatedTtlMs: described(
      milliseconds(0, 300_000),
      30_000,
      'How long an authenticated token is remembered, never beyond its own expiry. 0 switches it off.',
    ),
    rejectedTtlMs: described(
      milliseconds(0, 300_000),
      10_000,
      'How long a rejected token is remembered. 0 switches it off.',
    ),
    allowedTtlMs: described(
      milliseconds(0, 300_000),
      30_000,
      'How long an allowed review is remembered: a revoked RoleBinding works at most this long. 0 switches it off.',
    ),
    deniedTtlMs: described(
      milliseconds(0, 300_000),
      5_000,
      'How long a denied review is remembered. 0 switches it off.',
    ),
    maxEntries: described(
      integer(1, 1_000_000),
      8_192,
      'Entries in each cache; the least recently used one goes first. There are two for tokens, and two for each set of attributes that is asked about, those of the whole cluster apart.',
    ),
  }),
  budget: section({
    maxInFlight: described(
      integer(1, 1_000),
      64,
      'Reviews that may wait for the API server at once. Over it: 503 with Retry-After.',
    ),
    reviewsPerSecond: described(
      integer(1, 10_000),
      200,
      'Reviews per second, in all. Over it: 503 with Retry-After.',
    ),
    unknownTokensPerSecond: described(
      integer(1, 10_000),
      50,
      'TokenReviews per second for tokens that no cache knows, so that a flood of them leaves room for known callers.',
    ),
  }),
});

const staticTokensAccess = v.strictObject({
  kind: v.literal('staticTokens'),
  file: v.pipe(
    filePath(),
    v.description('JSON or YAML file: a list of token, username and the namespaces it may read.'),
  ),
  unsafeInCluster: described(
    v.boolean(),
    false,
    'Static tokens are refused inside a cluster unless this says otherwise.',
  ),
});

const schema = v.pipe(
  v.strictObject({
    apiVersion: v.pipe(v.literal(CONFIG_API_VERSION), v.description('Version of this format.')),
    kind: v.pipe(v.literal('QueryFrontend'), v.description('The role this document configures.')),
    tenancyLabel: described(
      v.pipe(
        v.string(),
        v.check(
          (it) => parseTenancyLabel(it) !== undefined,
          'must be a label name that does not begin with "__"',
        ),
        v.transform((it) => parseTenancyLabel(it) ?? DEFAULT_TENANCY_LABEL),
      ),
      'namespace',
      'The label that carries the tenant on every series.',
    ),
    staticLabels,
    listener: section({
      address: described(text(), '0.0.0.0', 'Address that tenants connect to.'),
      port: described(port(), 8443, 'Port that tenants connect to; 0 takes a free one.'),
      tls: v.optional(
        v.pipe(
          v.strictObject({
            certFile: v.pipe(filePath(), v.description('Serving certificate chain, PEM.')),
            keyFile: v.pipe(filePath(), v.description('Private key of the certificate, PEM.')),
            clientCaFile: v.optional(
              v.pipe(
                filePath(),
                v.description(
                  'Certificate authority of clients, PEM, its self-signed root included. A caller without a token is then known by a client certificate of it: the common name is the user, the organizations are the groups. Read again at least once a minute; revocation lists are not read.',
                ),
              ),
            ),
            frontProxyCaFile: v.optional(
              v.pipe(
                filePath(),
                v.description(
                  'Certificate authority of the front proxies that `access.frontProxy` names, PEM, its self-signed root included. It must sign for nobody else. Read again at least once a minute.',
                ),
              ),
            ),
          }),
          v.description(
            'Serving certificate, read again at least once a minute. Without it the listener speaks plain HTTP.',
          ),
        ),
      ),
      unsafePlainHttp: described(
        v.boolean(),
        false,
        'Allows plain HTTP on an address that is not loopback. Tokens then travel in clear text.',
      ),
      maxConnections: described(integer(1, 100_000), 1_024, 'Client connections at once.'),
      maxConnectionsPerCaller: described(
        integer(1, 100_000),
        256,
        'Of these, connections of one user, whatever addresses they come from; a connection belongs to the user of its latest request. Over it the idle one of theirs that has waited longest is closed; where none is idle: 429.',
      ),
      headersTimeoutMs: described(
        milliseconds(100, 120_000),
        10_000,
        'Longest time a client may take to send its request headers.',
      ),
      requestTimeoutMs: described(
        milliseconds(100, 300_000),
        30_000,
        'Longest time a client may take to send a whole request.',
      ),
      keepAliveTimeoutMs: described(
        milliseconds(100, 600_000),
        100_000,
        'How long an idle connection is kept. Longer than the 90 s of Grafana, so that the client closes first.',
      ),
    }),
    operations: section({
      address: described(text(), '0.0.0.0', 'Address of metrics, health and readiness.'),
      port: described(port(), 9_091, 'Port of metrics, health and readiness; 0 takes a free one.'),
    }),
    upstream,
    access: v.variant('kind', [kubernetesAccess, staticTokensAccess]),
    ...LIMIT_GROUPS,
    scoping,
    upstreams,
    endpoints,
    ui: webUi,
  }),
  v.check(
    (config) =>
      config.listener.tls !== undefined ||
      config.listener.unsafePlainHttp ||
      isLoopback(config.listener.address),
    'listener: without tls the address must be loopback, or unsafePlainHttp must be true',
  ),
  v.check(
    ({ listener }) => listener.headersTimeoutMs <= listener.requestTimeoutMs,
    'listener: headersTimeoutMs must not be greater than requestTimeoutMs',
  ),
  v.check(
    (config) => hasReviewsForCertificates(config),
    'listener.tls: clientCaFile and frontProxyCaFile need access of the kind kubernetes with review "subject"',
  ),
  v.check(
    (config) => hasWholeFrontProxy(config),
    'access.frontProxy and listener.tls.frontProxyCaFile must be set together',
  ),
  v.check(
    (config) => hasSeparateAuthorities(config),
    'listener.tls: clientCaFile and frontProxyCaFile must be two files',
  ),
  v.check(
    (config) => !Object.hasOwn(config.staticLabels, config.tenancyLabel),
    'staticLabels: must not name the tenancyLabel',
  ),
  v.check(
    ({ access }) =>
      access.kind !== 'kubernetes' ||
      access.review === 'subject' ||
      (access.audiences.length === 0 && access.oidcIssuers.length === 0),
    'access: with review "self" the API server takes its own tokens alone, so audiences and oidcIssuers must be empty',
  ),
);

/** The schema behind {@link parseQueryFrontendConfig}, for the generated reference alone. */
export const QUERY_FRONTEND_SCHEMA: v.GenericSchema<unknown, QueryFrontendConfig> = schema;

/** Reads the configuration of the query frontend. Every problem is reported, not only the first. */
export function parseQueryFrontendConfig(
  document: unknown,
): Result<QueryFrontendConfig, readonly ConfigProblem[]> {
  return parseDocument(QUERY_FRONTEND_SCHEMA, document);
}

/** Prints a configuration as the JSON text that {@link parseQueryFrontendConfig} reads back. */
export function printQueryFrontendConfig(config: QueryFrontendConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}
