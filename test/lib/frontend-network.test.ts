import { describe, expect, it } from '@jest/globals';
import {
  AlertmanagerUpstream,
  type ManifestPolicy,
  NetworkDestination,
  type NetworkNode,
  RulesUpstream,
  RuntimeCode,
  SynthError,
  TenancyNetworkPolicies,
  type TenancyNetworkPoliciesProps,
  TenantPrometheus,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
  ThanosQuerier,
  ThanosRuler,
} from '../../lib/index.ts';
import { manifestsOf, PLACEHOLDER, platformChart } from './support/manifests.ts';
import { pod, policiesOf, table } from './support/reachability-table.ts';

const KIT = 'app.kubernetes.io';
const API_SERVER = NetworkDestination.cidrs(['198.51.100.1/32'], [6_443]);
const OBJSTORE = NetworkDestination.cidrs(['198.51.100.2/32'], [443]);
const ISSUERS = [
  { issuer: 'https://issuer.example', audiences: ['a'], usernamePrefix: 'issuer:' },
] as const;

interface Installation {
  readonly frontend: (
    querier: ThanosQuerier,
    ruler: ThanosRuler,
  ) => Partial<TenantQueryFrontendProps>;
  readonly network?: Partial<TenancyNetworkPoliciesProps>;
  readonly withRuler?: boolean;
}

function policies({ frontend, network = {}, withRuler = true }: Installation): ManifestPolicy[] {
  const chart = platformChart();
  const cluster = 'main';
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster });
  const ruler = new ThanosRuler(chart, 'ruler', {
    cluster,
    query: ThanosQuerier.named(),
    rules: { platform: '{"groups":[]}' },
  });
  const endpoints = withRuler ? [prometheus, ruler] : [prometheus];
  const querier = new ThanosQuerier(chart, 'querier', { endpoints });
  const front = new TenantQueryFrontend(chart, 'frontend', {
    upstream: querier,
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...frontend(querier, ruler),
  });
  void new TenancyNetworkPolicies(chart, 'network', {
    prometheus,
    querier,
    frontend: front,
    ...(withRuler && { parts: [ruler] }),
    apiServer: API_SERVER,
    objstore: OBJSTORE,
    ...network,
  });
  return policiesOf(manifestsOf(chart));
}

function kitPod(component: string): NetworkNode {
  return pod(component, 'monitoring', {
    [`${KIT}/part-of`]: 'prometheus-tenancy-kit',
    [`${KIT}/component`]: component,
    [`${KIT}/instance`]: component,
  });
}

function alertmanager(instance: string, namespace = 'monitoring'): NetworkNode {
  return pod(`alertmanager ${instance} of ${namespace}`, namespace, {
    alertmanager: instance,
    [`${KIT}/instance`]: instance,
    [`${KIT}/managed-by`]: 'prometheus-operator',
    [`${KIT}/name`]: 'alertmanager',
  });
}

const FRONTEND = kitPod('tenant-query-frontend');
const TARGETS: readonly NetworkNode[] = [
  kitPod('thanos-querier'),
  kitPod('thanos-ruler'),
  alertmanager('main'),
  alertmanager('other'),
  alertmanager('main', 'alerting'),
  pod('operator', 'monitoring', { [`${KIT}/name`]: 'prometheus-operator' }),
  pod('pod of a tenant', 'team-a', { app: 'x' }, { 'prometheus-tenancy-kit/tenant': 'true' }),
  { name: 'API server', address: '198.51.100.1' },
  { name: 'issuer', address: '203.0.113.7' },
];
const QUERIES = [
  'tenant-query-frontend -> thanos-querier: 10902',
  'tenant-query-frontend -> API server: 6443',
];

function reached(found: readonly ManifestPolicy[]): readonly string[] {
  return table(found, [FRONTEND], TARGETS).toSorted();
}

describe('what a TenantQueryFrontend may connect to', () => {
  it('is the querier and the API server by default', () => {
    expect(reached(policies({ frontend: () => ({}) }))).toEqual(QUERIES.toSorted());
  });

  it('is the ruler that its rules come from, which lets it in', () => {
    const found = policies({
      frontend: (_querier, ruler) => ({ upstreams: { rules: RulesUpstream.ruler(ruler) } }),
    });
    expect(reached(found)).toEqual(
      [...QUERIES, 'tenant-query-frontend -> thanos-ruler: 10902'].toSorted(),
    );
  });

  it('is the one Alertmanager of the operator, and no other pod beside it', () => {
    const alertmanagers = AlertmanagerUpstream.operated('main', { port: 9_090 });
    const found = policies({ frontend: () => ({ upstreams: { alertmanager: alertmanagers } }) });
    expect(reached(found)).toEqual(
      [...QUERIES, 'tenant-query-frontend -> alertmanager main of monitoring: 9090'].toSorted(),
    );
  });

  it('is an Alertmanager of another namespace, by the pods that are named', () => {
    const podLabels = { alertmanager: 'main' };
    const network = NetworkDestination.pods({ namespace: 'alerting', podLabels }, [9_090]);
    const found = policies({
      frontend: () => ({
        upstreams: { alertmanager: AlertmanagerUpstream.url('http://am.alerting:9093', network) },
      }),
    });
    expect(reached(found)).toEqual(
      [...QUERIES, 'tenant-query-frontend -> alertmanager main of alerting: 9090'].toSorted(),
    );
  });

  it('is the identity providers that are named, where it knows any', () => {
    const found = policies({
      frontend: () => ({ features: { oidcIssuers: ISSUERS } }),
      network: { identityProviders: [NetworkDestination.cidrs(['203.0.113.7/32'], [443])] },
    });
    expect(reached(found)).toEqual([...QUERIES, 'tenant-query-frontend -> issuer: 443'].toSorted());
  });

  it.each<readonly [string, Installation, RegExp]>([
    [
      'issuers without a way to them',
      { frontend: () => ({ features: { oidcIssuers: ISSUERS } }) },
      /identityProviders: is empty, and the frontend asks https:\/\/issuer\.example for keys/,
    ],
    [
      'a Grafana without a way to it',
      {
        frontend: () => ({
          features: { grafanaId: { issuer: 'g', keysUrl: 'https://grafana.example/keys' } },
        }),
      },
      /the frontend asks https:\/\/grafana\.example\/keys for keys/,
    ],
    [
      'a way to issuers that nobody needs',
      { frontend: () => ({}), network: { identityProviders: [OBJSTORE] } },
      /identityProviders: opens a way that the frontend does not need/,
    ],
    [
      'a ruler that is no part of the platform',
      {
        frontend: (_querier, ruler) => ({ upstreams: { rules: RulesUpstream.ruler(ruler) } }),
        withRuler: false,
      },
      /tenant-query-frontend connects to thanos-ruler, which is not among its parts/,
    ],
  ])('is refused for %s', (_what, installation, message) => {
    expect(() => policies(installation)).toThrow(SynthError);
    expect(() => policies(installation)).toThrow(message);
  });
});
