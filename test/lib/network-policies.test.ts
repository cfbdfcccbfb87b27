import { describe, expect, it } from '@jest/globals';
import {
  isReachable,
  type ManifestPolicy,
  NetworkDestination,
  type NetworkNode,
  TenancyNetworkPolicies,
  type TenancyNetworkPoliciesProps,
  TenantPrometheus,
  type TenantPrometheusProps,
  ThanosQuerier,
  ThanosRuler,
} from '../../lib/index.ts';
import { PlatformChart } from '../../charts/platform-chart.ts';
import { App } from 'cdk8s';
import { exampleManifests, platformManifests } from './support/platform.ts';
import { at, listAt, manifestsOf, only, PLACEHOLDER, platformChart } from './support/manifests.ts';
import { podTemplates } from './support/pod-templates.ts';
import { pod, policiesOf, table } from './support/reachability-table.ts';

const TENANT = { 'prometheus-tenancy-kit/tenant': 'true' };
const EXPORTER = { app: 'exporter', 'prometheus-tenancy-kit/metrics': 'prometheus-only' };

// The platform's pods come from the manifests, so that a renamed label shows here.
const PLATFORM: readonly NetworkNode[] = podTemplates(platformManifests()).map((template) =>
  pod(
    template.owner.split(' ')[0] === 'Prometheus'
      ? 'prometheus'
      : (template.owner.split(' ')[1] ?? ''),
    template.namespace,
    template.labels,
  ),
);

const OTHERS: readonly NetworkNode[] = [
  pod('grafana of team-a', 'team-a', { app: 'grafana' }, TENANT),
  pod('exporter of team-a', 'team-a', EXPORTER, TENANT),
  pod('pod of team-b', 'team-b', { app: 'anything' }, TENANT),
  pod('stranger', 'default', { app: 'anything' }),
  pod(
    'impostor',
    'team-b',
    {
      'app.kubernetes.io/part-of': 'prometheus-tenancy-kit',
      'app.kubernetes.io/component': 'tenant-query-frontend',
      'app.kubernetes.io/instance': 'tenant-query-frontend',
    },
    TENANT,
  ),
  pod('dns', 'kube-system', { 'k8s-app': 'kube-dns' }),
  { name: 'world', address: '203.0.113.7' },
  { name: 'metadata service', address: '169.254.169.254' },
];

const NODES = [...PLATFORM, ...OTHERS];
describe('the network policies of the example', () => {
  const policies = policiesOf(exampleManifests());

  it('are in force for every pod of the platform, in both directions', () => {
    expect(PLATFORM.map(({ name }) => name)).toEqual([
      'prometheus',
      'thanos-store-gateway',
      'thanos-compactor',
      'thanos-querier',
      'thanos-query-frontend',
      'tenant-query-frontend',
    ]);
    const denial = policies.filter(
      (it) => it.metadata.name === 'prometheus-tenancy-kit-default-deny',
    );
    expect(table(denial, PLATFORM, NODES)).toEqual([]);
    expect(table(denial, NODES, PLATFORM)).toEqual([]);
  });

  it('let in exactly this', () => {
    expect(table(policies, NODES, PLATFORM)).toEqual([
      'prometheus -> prometheus: 8080 10902',
      'prometheus -> thanos-store-gateway: 10902',
      'prometheus -> thanos-compactor: 10902',
      'prometheus -> thanos-querier: 10902',
      'prometheus -> thanos-query-frontend: 10902',
      'prometheus -> tenant-query-frontend: 9091',
      'thanos-querier -> prometheus: 10901',
      'thanos-querier -> thanos-store-gateway: 10901',
      'thanos-query-frontend -> thanos-querier: 10902',
      'tenant-query-frontend -> thanos-query-frontend: 10902',
      'grafana of team-a -> tenant-query-frontend: 8443',
      'exporter of team-a -> tenant-query-frontend: 8443',
      'pod of team-b -> tenant-query-frontend: 8443',
      'impostor -> tenant-query-frontend: 8443',
    ]);
  });

  it('let out exactly this', () => {
    // What may be anywhere on 443 and 6443 is the API server and the object store, until they are named.
    expect(table(policies, PLATFORM, OTHERS)).toEqual([
      'prometheus -> grafana of team-a: any',
      'prometheus -> exporter of team-a: any',
      'prometheus -> pod of team-b: any',
      'prometheus -> stranger: 443 6443',
      'prometheus -> impostor: any',
      'prometheus -> dns: 53 443 6443',
      'prometheus -> world: 443 6443',
      'prometheus -> metadata service: 443 6443',
      'thanos-store-gateway -> grafana of team-a: 443',
      'thanos-store-gateway -> pod of team-b: 443',
      'thanos-store-gateway -> stranger: 443',
      'thanos-store-gateway -> impostor: 443',
      'thanos-store-gateway -> dns: 53 443',
      'thanos-store-gateway -> world: 443',
      'thanos-store-gateway -> metadata service: 443',
      'thanos-compactor -> grafana of team-a: 443',
      'thanos-compactor -> pod of team-b: 443',
      'thanos-compactor -> stranger: 443',
      'thanos-compactor -> impostor: 443',
      'thanos-compactor -> dns: 53 443',
      'thanos-compactor -> world: 443',
      'thanos-compactor -> metadata service: 443',
      'thanos-querier -> dns: 53',
      'thanos-query-frontend -> dns: 53',
      'tenant-query-frontend -> grafana of team-a: 443 6443',
      'tenant-query-frontend -> pod of team-b: 443 6443',
      'tenant-query-frontend -> stranger: 443 6443',
      'tenant-query-frontend -> impostor: 443 6443',
      'tenant-query-frontend -> dns: 53 443 6443',
      'tenant-query-frontend -> world: 443 6443',
      'tenant-query-frontend -> metadata service: 443 6443',
    ]);
  });

  it('keep all but Prometheus from exporters that ask for it', () => {
    const exporter = NODES.filter(({ name }) => name === 'exporter of team-a');
    expect(table(policies, NODES, exporter)).toEqual(['prometheus -> exporter of team-a: any']);
    const grafana = NODES.filter(({ name }) => name === 'grafana of team-a');
    expect(table(policies, [pod('x', 'team-b', {}, TENANT)], grafana)).toEqual([
      'x -> grafana of team-a: any',
    ]);
  });

  it('resolve names by UDP as well', () => {
    const [from] = PLATFORM;
    const to = NODES.find(({ name }) => name === 'dns');
    if (from === undefined || to === undefined) throw new Error('no such node');
    expect(isReachable(policies, { from, to, port: 53, protocol: 'UDP' })).toBe(true);
    expect(isReachable(policies, { from, to, port: 54, protocol: 'UDP' })).toBe(false);
  });

  it('warn where a rule is wider than it should be', () => {
    const frontend = only(
      exampleManifests(),
      'NetworkPolicy',
      'prometheus-tenancy-kit-tenant-query-frontend',
    );
    expect(frontend.metadata.annotations?.['prometheus-tenancy-kit/warning']).toMatch(
      /^the API server may be anywhere on port 443, 6443/,
    );
  });
});

function synth(props: Partial<TenancyNetworkPoliciesProps>): ManifestPolicy[] {
  const { compactor, frontend, prometheus, querier, queryFrontend } = new PlatformChart(
    new App(),
    'platform',
    { namespace: 'monitoring', cluster: 'main', runtime: PLACEHOLDER },
  );
  const parts = [compactor, queryFrontend];
  const all = { prometheus, querier, frontend, parts, ...props };
  const chart = platformChart();
  void new TenancyNetworkPolicies(chart, 'network', all);
  return policiesOf(manifestsOf(chart));
}

function prometheusWith(tenancyLabel: string): TenantPrometheus {
  return new TenantPrometheus(platformChart(), 'other', { cluster: 'main', tenancyLabel });
}

function warningsOf(policies: readonly ManifestPolicy[]): readonly unknown[] {
  return policies.map((it) => at(it, 'metadata', 'annotations')).filter((it) => it !== undefined);
}

describe('TenancyNetworkPolicies', () => {
  it('narrows to the addresses it is told, and then does not warn', () => {
    const policies = synth({
      apiServer: NetworkDestination.cidrs(['198.51.100.1/32'], [6_443]),
      objstore: NetworkDestination.pods(
        { namespace: 'minio', podLabels: { app: 'minio' } },
        [9_000],
      ),
    });
    expect(warningsOf(policies)).toEqual([]);
    const apiServer: NetworkNode = { name: 'API server', address: '198.51.100.1' };
    const world: NetworkNode = { name: 'world', address: '203.0.113.7' };
    expect(table(policies, PLATFORM, [apiServer, world])).toEqual([
      'prometheus -> API server: 6443',
      'tenant-query-frontend -> API server: 6443',
    ]);
  });

  it('opens the way from Prometheus, and from nothing else, to the Alertmanager it is told of', () => {
    const alertmanager = pod('alertmanager', 'alerting', { app: 'alertmanager' });
    const ways = (alertmanagers: TenantPrometheusProps['alertmanagers']): readonly string[] =>
      table(
        synth({
          prometheus: new TenantPrometheus(platformChart(), 'prometheus', {
            cluster: 'main',
            ...(alertmanagers !== undefined && { alertmanagers }),
          }),
          apiServer: NetworkDestination.cidrs(['198.51.100.1/32'], [6_443]),
          objstore: NetworkDestination.cidrs(['198.51.100.2/32'], [443]),
        }),
        PLATFORM,
        [alertmanager],
      );
    const network = NetworkDestination.pods({ namespace: 'alerting' }, [9_093]);
    expect(ways(undefined)).toEqual([]);
    expect(ways([{ service: 'alertmanager-operated', namespace: 'alerting', network }])).toEqual([
      'prometheus -> alertmanager: 9093',
    ]);
  });

  it('opens the ways of a store that is no part, out of the platform too', () => {
    const network = NetworkDestination.pods({ namespace: 'alerting' }, [9_093]);
    const chart = platformChart();
    const ruler = new ThanosRuler(chart, 'ruler', {
      cluster: 'main',
      query: ThanosQuerier.named(),
      rules: { platform: '{"groups":[]}' },
      alertmanagers: [{ addresses: ['alertmanager.alerting.svc:9093'], network }],
    });
    const { prometheus, storeGateway } = new PlatformChart(new App(), 'platform', {
      namespace: 'monitoring',
      cluster: 'main',
      runtime: PLACEHOLDER,
    });
    const querier = new ThanosQuerier(chart, 'querier', {
      endpoints: [prometheus, storeGateway, ruler],
    });
    const alertmanager = pod('alertmanager', 'alerting', { app: 'alertmanager' });
    const rulerPod = pod('ruler', 'monitoring', ruler.pods.podLabels);
    expect(table(synth({ querier }), [rulerPod], [alertmanager])).toEqual([
      'ruler -> alertmanager: 443 9093',
    ]);
  });

  it('excepts the metadata service from every block that Prometheus scrapes', () => {
    const policies = synth({
      scrapeCidrs: ['0.0.0.0/0', '10.0.0.0/8', '::/0'],
      apiServer: NetworkDestination.cidrs(['198.51.100.1/32'], [6_443]),
      objstore: NetworkDestination.cidrs(['198.51.100.2/32'], [443]),
    });
    const prometheus = PLATFORM.filter(({ name }) => name === 'prometheus');
    const services = ['169.254.169.254', '169.254.170.23', '168.63.129.16', '100.100.100.200'];
    const addresses = [...services, 'fd00:ec2::254', 'fd00:ec2::23', '192.0.2.1'];
    const nodes: NetworkNode[] = addresses.map((address) => ({ name: address, address }));
    expect(table(policies, prometheus, nodes)).toEqual(['prometheus -> 192.0.2.1: any']);
    const blocks = policies
      .flatMap((policy) => listAt(policy, 'spec', 'egress', 0, 'to'))
      .map((peer) => at(peer, 'ipBlock'))
      .filter((block) => block !== undefined);
    // The API server refuses an exception that lies outside of its block.
    expect(blocks).toContainEqual({ cidr: '10.0.0.0/8' });
  });

  it('lets in a Grafana that many tenants share, by both of its selectors', () => {
    const policies = synth({ clients: [{ namespace: 'grafana', podLabels: { app: 'grafana' } }] });
    const clients = [
      pod('grafana', 'grafana', { app: 'grafana' }),
      pod('neighbour', 'grafana', { app: 'other' }),
      pod('namesake', 'default', { app: 'grafana' }),
    ];
    expect(table(policies, clients, PLATFORM)).toEqual(['grafana -> tenant-query-frontend: 8443']);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['no block', () => NetworkDestination.cidrs([], [443]), /would mean everywhere/],
    ['no port', () => NetworkDestination.cidrs(['10.0.0.0/8'], []), /would mean every port/],
    [
      'an address without a length',
      () => NetworkDestination.cidrs(['10.0.0.1'], [443]),
      /not a block/,
    ],
    [
      'a length that is too long',
      () => NetworkDestination.cidrs(['10.0.0.1/33'], [443]),
      /not a block/,
    ],
    ['a name', () => synth({ scrapeCidrs: ['nodes'] }), /not a block/],
    [
      'a way to pods that it knows nothing of',
      () => synth({ parts: [] }),
      /tenant-query-frontend connects to thanos-query-frontend, which is not among its parts/,
    ],
    [
      'parts that carry tenants in different labels',
      () => synth({ prometheus: prometheusWith('tenant') }),
      /by Prometheus in tenant, by the querier in namespace, by the frontend in namespace/,
    ],
  ])('refuses %s', (_what, build, message) => {
    expect(build).toThrow(message);
  });
});
