import { describe, expect, it } from '@jest/globals';
import { Duration } from 'cdk8s';
import { parseTenancyLabel } from '../../tenant/index.ts';
import {
  type StoreEndpoint,
  TenantPrometheus,
  ThanosQuerier,
  type ThanosQuerierProps,
  ThanosStoreGateway,
} from '../../lib/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textsAt,
} from './support/manifests.ts';

interface StoreLabels {
  readonly replicaLabels?: readonly string[];
  readonly tenancyLabel?: string;
}

function store(address: string, labels: StoreLabels = {}): StoreEndpoint {
  const pods = { component: 'store', podLabels: { app: address }, metricsPorts: [] };
  const storePort = { name: 'grpc', port: 10_901 };
  return {
    storeAddress: address,
    tenancyLabel: parseTenancyLabel(labels.tenancyLabel ?? ''),
    replicaLabels: labels.replicaLabels ?? [],
    storePods: pods,
    storePort,
    usesObjstore: false,
  };
}

function synth(props: Partial<ThanosQuerierProps> = {}): Manifest[] {
  const chart = platformChart();
  void new ThanosQuerier(chart, 'querier', { endpoints: [store('dnssrv+_grpc._tcp.a')], ...props });
  return manifestsOf(chart);
}

function argsOf(manifests: readonly Manifest[]): readonly unknown[] {
  const deployment = only(manifests, 'Deployment');
  return listAt(deployment.spec, 'template', 'spec', 'containers', 0, 'args');
}

describe('ThanosQuerier', () => {
  it('asks the stores that are attached, at relative names', () => {
    const chart = platformChart();
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
    const gateway = new ThanosStoreGateway(chart, 'gateway');
    void new ThanosQuerier(chart, 'querier', { endpoints: [prometheus, gateway] });
    const manifests = manifestsOf(chart);
    const file = manifests.find((it) => it.metadata.name.startsWith('thanos-querier-endpoints-'));
    expect(JSON.parse(textsAt(file, 'data')['endpoints.yaml'] ?? '')).toEqual({
      endpoints: [
        { address: 'dnssrv+_grpc._tcp.tenancy-thanos-sidecar' },
        { address: 'dnssrv+_grpc._tcp.thanos-store-gateway' },
      ],
    });
    expect(argsOf(manifests)).toEqual(
      expect.arrayContaining([
        '--endpoint.sd-config-file=/etc/thanos/endpoints/endpoints.yaml',
        '--query.replica-label=prometheus_replica',
        '--web.disable-cors',
      ]),
    );
  });

  it('deduplicates by the labels of every store, each once', () => {
    const endpoints = [
      store('a', { replicaLabels: ['replica', 'rule_replica'] }),
      store('b', { replicaLabels: ['replica'] }),
    ];
    const labels = argsOf(synth({ endpoints, replicaLabels: ['own'] })).filter((arg) =>
      String(arg).startsWith('--query.replica-label'),
    );
    expect(labels).toEqual([
      '--query.replica-label=own',
      '--query.replica-label=replica',
      '--query.replica-label=rule_replica',
    ]);
  });

  it('rolls its pods when an endpoint is added', () => {
    const volume = (manifests: readonly Manifest[]): unknown =>
      at(only(manifests, 'Deployment').spec, 'template', 'spec', 'volumes', 0, 'configMap', 'name');
    const one = volume(synth({ endpoints: [store('a')] }));
    const two = volume(synth({ endpoints: [store('a'), store('b')] }));
    expect(one).not.toEqual(two);
    expect(volume(synth({ endpoints: [store('b'), store('a')] }))).toEqual(two);
  });

  it('carries tenants in the label of its stores, where one has a label', () => {
    const chart = platformChart();
    const prometheus = new TenantPrometheus(chart, 'prometheus', {
      cluster: 'main',
      tenancyLabel: 'tenant',
    });
    const gateway = new ThanosStoreGateway(chart, 'gateway');
    const labelOf = (id: string, endpoints: readonly StoreEndpoint[]): string =>
      new ThanosQuerier(platformChart(), id, { endpoints }).tenancyLabel;
    expect(labelOf('all', [gateway, prometheus])).toBe('tenant');
    expect(labelOf('blocks', [gateway])).toBe('namespace');
  });

  it('never emits the tenancy of Thanos, which replaces matchers', () => {
    expect(argsOf(synth()).filter((arg) => String(arg).includes('tenancy'))).toEqual([]);
  });

  it('takes further arguments', () => {
    expect(argsOf(synth({ extraArgs: ['--query.lookback-delta=5m'] }))).toContain(
      '--query.lookback-delta=5m',
    );
  });

  it.each<[string, Partial<ThanosQuerierProps>, RegExp]>([
    ['no endpoint', { endpoints: [] }, /no endpoint to ask/],
    ['the tenancy label as a replica label', { replicaLabels: ['namespace'] }, /in one tenant/],
    [
      'a store that deduplicates by the tenancy label',
      { endpoints: [store('a', { replicaLabels: ['namespace'] })] },
      /in one tenant/,
    ],
    [
      'stores that carry tenants in different labels',
      { endpoints: [store('a', { tenancyLabel: 'tenant' }), store('b', { tenancyLabel: 'team' })] },
      /by a in tenant, by b in team; use one label everywhere/,
    ],
    [
      'another tenancy label than that of its stores',
      { tenancyLabel: 'namespace', endpoints: [store('a', { tenancyLabel: 'tenant' })] },
      /the querier in namespace, by a in tenant/,
    ],
    [
      'the tenancy label as a replica label, by hand',
      { extraArgs: ['--query.replica-label=a,namespace'] },
      /in one tenant/,
    ],
    [
      'the tenancy label as its own',
      { extraArgs: ['--selector-label=namespace="team-a"'] },
      /in one tenant/,
    ],
    ['an argument that is set already', { extraArgs: ['--query.timeout=1m'] }, /is set already/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => synth({ timeout: Duration.seconds(5), ...props })).toThrow(message);
  });
});
