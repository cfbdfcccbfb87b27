import { describe, expect, it } from '@jest/globals';
import { Duration, JsonPatch, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import {
  SynthError,
  ThanosBucketWeb,
  ThanosQuerier,
  ThanosReceive,
  type ThanosReceiveProps,
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

function build(props: Partial<ThanosReceiveProps> = {}): {
  receive: ThanosReceive;
  all: Manifest[];
} {
  const chart = platformChart();
  const receive = new ThanosReceive(chart, 'receive', { cluster: 'main', ...props });
  return { receive, all: manifestsOf(chart) };
}

function argsOf(all: readonly Manifest[], kind: string): readonly unknown[] {
  return listAt(only(all, kind).spec, 'template', 'spec', 'containers', 0, 'args');
}

describe('ThanosReceive', () => {
  it('divides series between ingestors, each of which has a name', () => {
    const { all } = build({ ingestors: 4 });
    const file = all.find(({ metadata }) => metadata.name.startsWith('thanos-receive-hashrings-'));
    const [ring, ...others] = JSON.parse(textsAt(file, 'data')['hashrings.json'] ?? '[]') as {
      readonly endpoints: readonly { readonly address: string }[];
    }[];
    expect(others).toEqual([]);
    expect(ring?.endpoints.map(({ address }) => address)).toEqual([
      'thanos-receive-ingestor-0.thanos-receive-ingestor:10901',
      'thanos-receive-ingestor-1.thanos-receive-ingestor:10901',
      'thanos-receive-ingestor-2.thanos-receive-ingestor:10901',
      'thanos-receive-ingestor-3.thanos-receive-ingestor:10901',
    ]);
    const { metadata, spec } = only(all, 'StatefulSet');
    expect([metadata.name, at(spec, 'serviceName'), at(spec, 'replicas')]).toEqual([
      'thanos-receive-ingestor',
      'thanos-receive-ingestor',
      4,
    ]);
    expect(argsOf(all, 'Deployment')).toEqual(
      expect.arrayContaining([
        '--receive.hashrings-algorithm=ketama',
        '--receive.replication-factor=3',
        '--receive.tenant-header=THANOS-TENANT',
      ]),
    );
  });

  it('has an ingestor take what it is given, and no router keep anything', () => {
    const { all, receive } = build();
    expect(argsOf(all, 'StatefulSet').join(' ')).not.toContain('hashring');
    expect(argsOf(all, 'Deployment').join(' ')).not.toContain('objstore');
    expect(receive.parts.map(({ pods, usesObjstore }) => [pods.component, usesObjstore])).toEqual([
      ['thanos-receive-router', false],
      ['thanos-receive-ingestor', true],
    ]);
  });

  it('keeps the port that knows no certificates to the pod', () => {
    const { all } = build();
    for (const kind of ['Deployment', 'StatefulSet']) {
      expect(argsOf(all, kind)).toContain('--receive.capnproto-address=127.0.0.1:19391');
    }
  });

  it('gives the querier its ingestors, their replica label and that of rulers that write', () => {
    const { receive } = build();
    const querier = new ThanosQuerier(platformChart(), 'querier', { endpoints: [receive] });
    expect(querier.replicaLabels).toEqual(['receive_replica', 'rule_replica']);
    expect(receive.storeAddress).toBe('dnssrv+_grpc._tcp.thanos-receive-ingestor');
  });

  it('has routers of their own size', () => {
    const { all } = build({ routers: { autoscaling: { maxReplicas: 6 } } });
    expect(at(only(all, 'Deployment').spec, 'replicas')).toBeUndefined();
    expect(at(only(all, 'HorizontalPodAutoscaler').spec, 'maxReplicas')).toBe(6);
    const memory = Size.gibibytes(32);
    const large = build({ resources: { cpu: Cpu.units(8), memory, memoryLimit: memory } });
    const limits = (kind: string): unknown =>
      at(only(large.all, kind).spec, 'template', 'spec', 'containers', 0, 'resources', 'limits');
    expect(limits('StatefulSet')).toEqual({ memory: '32768Mi' });
    expect(limits('Deployment')).toEqual({ memory: '1024Mi' });
  });

  it.each<[string, Partial<ThanosReceiveProps>, RegExp]>([
    ['more replicas than ingestors', { ingestors: 2 }, /3 replicas of a series do not fit on 2/],
    ['no replica', { replicationFactor: 0 }, /do not fit/],
    ['half a replica', { replicationFactor: 1.5 }, /do not fit/],
    ['the tenancy label as that of storages', { tenantLabel: 'namespace' }, /in one tenant/],
    [
      'another tenancy label as that of storages',
      { tenancyLabel: 'tenant', tenantLabel: 'tenant' },
      /in one tenant/,
    ],
    ['the tenancy label on everything', { externalLabels: { namespace: 'a' } }, /in one tenant/],
    ['that by hand', { extraArgs: ['--label=namespace="a"'] }, /in one tenant/],
    [
      'that by hand on routers',
      { routers: { extraArgs: ['--label=namespace="a"'] } },
      /in one tenant/,
    ],
    [
      'a label of series that becomes an external one',
      { extraArgs: ['--receive.split-tenant-label-name=namespace'] },
      /in one tenant/,
    ],
    ['one label twice', { tenantLabel: 'cluster' }, /is an external label too/],
    ['no cluster', { cluster: '' }, /name the cluster/],
    ['a second cluster', { externalLabels: { cluster: 'b' } }, /use the property cluster/],
    [
      'a second replica label',
      { externalLabels: { receive_replica: 'a' } },
      /set by the construct/,
    ],
    ['that by hand', { extraArgs: ['--label=receive_replica="a"'] }, /receive_replica two values/],
    ['blocks that never leave', { retention: Duration.hours(5) }, /keep at least 6/],
    [
      'an authority that is not looked at',
      { routers: { extraArgs: ['--remote-write.client-tls-skip-verify'] } },
      /name the authority/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => build(props)).toThrow(SynthError);
    expect(() => build(props)).toThrow(message);
  });
});

describe('the final arguments', () => {
  it('give no tenancy label to everything, whatever is patched', () => {
    const chart = platformChart();
    const receive = new ThanosReceive(chart, 'receive', { cluster: 'main' });
    const querier = new ThanosQuerier(chart, 'querier', { endpoints: [receive] });
    const found = (): string[] => chart.node.findAll().flatMap((it) => it.node.validate());
    expect(found()).toEqual([]);
    const add = (arg: string): JsonPatch =>
      JsonPatch.add('/spec/template/spec/containers/0/args/-', arg);
    receive.deployment.addJsonPatch(add('--label=namespace="a"'));
    receive.statefulSet.addJsonPatch(add('--receive.split-tenant-label-name=namespace'));
    querier.deployment.addJsonPatch(add('--query.enforce-tenancy'));
    expect(found()).toEqual([
      expect.stringMatching(/^thanos-receive-ingestor arguments: .* in one tenant/),
      expect.stringMatching(/^thanos-receive arguments: .* in one tenant/),
      expect.stringMatching(/^thanos-querier --query.enforce-tenancy/),
    ]);
  });
});

describe('ThanosBucketWeb', () => {
  it('shows and changes nothing', () => {
    const chart = platformChart();
    const web = new ThanosBucketWeb(chart, 'web');
    const args = argsOf(manifestsOf(chart), 'Deployment');
    expect(args.slice(0, 3)).toEqual(['tools', 'bucket', 'web']);
    expect(args).toEqual(
      expect.arrayContaining([
        '--disable-admin-operations',
        '--web.disable-cors',
        '--label=cluster',
      ]),
    );
    expect([web.connections, web.usesObjstore]).toEqual([[], true]);
  });
});
