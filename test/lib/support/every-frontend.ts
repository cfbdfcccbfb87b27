import { Duration } from 'cdk8s';
import { QUERY_FRONTEND_SCHEMA } from '../../../frontend/config/query-frontend.ts';
import {
  AlertmanagerUpstream,
  BearerToken,
  NetworkDestination,
  RulesUpstream,
  RuntimeCode,
  type TenantQueryFrontendProps,
  TrustedAuthority,
  type UpstreamConnection,
} from '../../../lib/index.ts';
import { configSettings } from './config-settings.ts';
import { PLACEHOLDER } from './manifests.ts';
import { QUERIER } from './querier.ts';

const CONNECTION: UpstreamConnection = {
  tls: {
    authority: TrustedAuthority.secret('ca'),
    clientCertificateSecret: 'client',
    serverName: 'name.example',
  },
  bearerToken: BearerToken.secret('token'),
  maxSockets: 3,
};
const ATTRIBUTES = { verb: 'list', group: 'g', resource: 'r', subresource: 's' };
const SOMEWHERE = NetworkDestination.cidrs(['192.0.2.1/32'], [443]);

/**
 * Properties that change every setting which has one, but for the few that cannot stand beside them.
 */
export const EVERY_PROPERTY: TenantQueryFrontendProps = {
  upstream: { ...QUERIER, queryUrl: 'https://other:1', software: 'prometheus' },
  upstreamConnection: { ...CONNECTION, deadline: Duration.seconds(7) },
  upstreams: {
    rules: RulesUpstream.url('https://rules.example', SOMEWHERE, CONNECTION),
    alertmanager: AlertmanagerUpstream.url('https://am.example', SOMEWHERE, CONNECTION),
  },
  endpoints: { federate: true, metadata: 'targets', silenceWrites: true },
  silenceAttributes: { group: 'g', resource: 'r', subresource: 's' },
  autoscaling: { maxReplicas: 5 },
  priorityClassName: 'system-cluster-critical',
  staticLabels: { cluster: 'a' },
  audiences: ['other'],
  attributes: ATTRIBUTES,
  features: {
    allNamespaces: {
      enabled: true,
      ...changed('access(kubernetes).allNamespaces'),
    },
    tenantMapping: { enabled: true },
    rightsWatch: { enabled: true },
    clusterWide: { enabled: true, attributes: ATTRIBUTES },
    attributesByEndpoint: {
      query: ATTRIBUTES,
      rules: ATTRIBUTES,
      alerts: ATTRIBUTES,
      metadata: ATTRIBUTES,
      alertmanager: ATTRIBUTES,
      federate: ATTRIBUTES,
    },
    oidcIssuers: [
      {
        issuer: 'https://issuer.example',
        audiences: ['a'],
        algorithms: ['ES384'],
        usernameClaim: 'email',
        usernamePrefix: 'u:',
        groupsClaim: 'groups',
        groupsPrefix: 'g:',
        requireEmailVerified: false,
        authority: TrustedAuthority.configMap('issuer'),
      },
    ],
    grafanaId: {
      issuer: 'https://grafana.example/',
      keysUrl: 'https://grafana.example/keys',
      audiences: ['org:1'],
      authority: TrustedAuthority.configMap('grafana'),
    },
  },
  credentials: {
    tokenHeaders: ['x-id-token'],
    clientCertificates: {
      authority: TrustedAuthority.secret('clients'),
      allowSystemNames: true,
    },
    frontProxy: {
      authority: TrustedAuthority.secret('proxies'),
      allowedNames: ['proxy'],
      userHeader: 'x-user',
      groupHeader: 'x-group',
    },
  },
  limits: changed('limits'),
  rates: changed('rates'),
  concurrency: changed('concurrency'),
  coalescing: changed('coalescing'),
  listener: {
    maxConnections: 5,
    maxConnectionsPerCaller: 4,
    headersTimeoutMs: 3_000,
    requestTimeoutMs: 4_000,
    keepAliveTimeoutMs: 5_000,
  },
  reviews: {
    timeoutMs: 5_000,
    cache: changed('access(kubernetes).cache'),
    budget: changed('access(kubernetes).budget'),
  },
  scoping: { mode: 'error', features: changed('scoping.features') },
  code: RuntimeCode.configMap(PLACEHOLDER),
};

/** Another value than the default for each setting of a group. */
function changed(group: string): Readonly<Record<string, never>> {
  const members = configSettings(QUERY_FRONTEND_SCHEMA).filter(({ path }) =>
    path.startsWith(`${group}.`),
  );
  const values = members.map(({ fallback, path }) => [
    path.slice(group.length + 1),
    typeof fallback === 'number' ? fallback + 1 : fallback !== true,
  ]);
  // The runtime itself checks the kinds of the values.
  return Object.fromEntries(values) as Readonly<Record<string, never>>;
}
