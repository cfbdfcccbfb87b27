import { describe, expect, it } from '@jest/globals';
import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import {
  type CompactorDeduplication,
  type StreamSelector,
  SynthError,
  ThanosCompactor,
  type ThanosCompactorProps,
  ThanosStoreGateway,
} from '../../lib/index.ts';
import { compactorShards } from '../../lib/thanos/compactor-shards.ts';
import { keeps } from './support/relabelling.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textsAt,
} from './support/manifests.ts';

function synth(props: ThanosCompactorProps = {}): Manifest[] {
  const chart = platformChart();
  void new ThanosCompactor(chart, 'compactor', props);
  return manifestsOf(chart);
}

function argsOf(manifests: readonly Manifest[], name = 'thanos-compactor'): readonly unknown[] {
  const { spec } = only(manifests, 'StatefulSet', name);
  return listAt(spec, 'template', 'spec', 'containers', 0, 'args');
}

const NO_ACKNOWLEDGEMENT = { replicaLabels: ['replica'] } as unknown as CompactorDeduplication;

describe('ThanosCompactor', () => {
  it('runs for ever, offers no administration and keeps everything', () => {
    const args = argsOf(synth());
    expect(args).toEqual([
      'compact',
      '--log.format=json',
      '--http-address=0.0.0.0:10902',
      '--enable-auto-gomemlimit',
      '--web.disable-cors',
      '--web.disable',
      '--disable-admin-operations',
      '--wait',
      '--wait-interval=5m',
      '--data-dir=/var/thanos/compact',
      '--objstore.config-file=/etc/thanos/objstore/objstore.yaml',
      '--delete-delay=48h',
      '--compact.concurrency=1',
      '--downsample.concurrency=1',
    ]);
  });

  it('is one pod with a disk, which stops before the next one starts', () => {
    const manifests = synth();
    const { spec } = only(manifests, 'StatefulSet');
    expect(at(spec, 'replicas')).toBe(1);
    expect(at(spec, 'updateStrategy')).toBeUndefined();
    expect(at(spec, 'volumeClaimTemplates', 0, 'metadata', 'name')).toBe('data');
    expect(manifests.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
    expect(listAt(spec, 'template', 'spec', 'containers', 0, 'ports')).toEqual([
      { name: 'http', containerPort: 10_902, protocol: 'TCP' },
    ]);
  });

  it('keeps each resolution as long as it is told', () => {
    const retention = {
      raw: Duration.days(30),
      fiveMinutes: Duration.days(90),
      oneHour: Duration.days(365),
    };
    expect(argsOf(synth({ retention }))).toEqual(
      expect.arrayContaining([
        '--retention.resolution-raw=720h',
        '--retention.resolution-5m=2160h',
        '--retention.resolution-1h=8760h',
      ]),
    );
  });

  it('deletes young blocks where nothing is made of them', () => {
    const props = { downsampling: false, retention: { raw: Duration.hours(12) } };
    expect(argsOf(synth(props))).toEqual(
      expect.arrayContaining(['--downsampling.disable', '--retention.resolution-raw=12h']),
    );
  });

  it('merges replicas when that is acknowledged', () => {
    const replicaLabels = ['prometheus_replica', 'rule_replica'];
    const merged = { replicaLabels, unsafeIrreversible: true } as const;
    expect(argsOf(synth({ deduplication: merged }))).toEqual(
      expect.arrayContaining([
        '--deduplication.replica-label=prometheus_replica',
        '--deduplication.replica-label=rule_replica',
        '--deduplication.func=penalty',
      ]),
    );
    const equal = argsOf(synth({ deduplication: { ...merged, algorithm: 'oneToOne' } }));
    expect(equal.join(' ')).not.toContain('--deduplication.func');
  });

  it('waits for the stores that it is told of', () => {
    const chart = platformChart();
    const ignoreDeletionMarksDelay = Duration.hours(48);
    const store = new ThanosStoreGateway(chart, 'store', { ignoreDeletionMarksDelay });
    const build = (deleteDelay: Duration): unknown =>
      new ThanosCompactor(chart, 'compactor', { stores: [store], deleteDelay });
    expect(() => build(Duration.hours(48))).toThrow(/while thanos-store-gateway still serves/);
    expect(() => build(Duration.hours(49))).not.toThrow(SynthError);
  });

  it.each<[string, ThanosCompactorProps, RegExp]>([
    [
      'raw blocks that go before they are thinned out',
      { retention: { raw: Duration.hours(39) } },
      /retention.raw: .* those of five minutes .*; keep at least 40h/,
    ],
    [
      'blocks of five minutes that go before those of an hour',
      { retention: { fiveMinutes: Duration.days(9) } },
      /retention.fiveMinutes: .* those of one hour/,
    ],
    [
      'a deletion under the hands of the stores',
      { deleteDelay: Duration.hours(24) },
      /deleteDelay: .* set it above/,
    ],
    [
      'an irreversible merge by the way',
      { deduplication: NO_ACKNOWLEDGEMENT },
      /set unsafeIrreversible to true/,
    ],
    [
      'a merge of tenants',
      { deduplication: { replicaLabels: ['namespace'], unsafeIrreversible: true } },
      /in one tenant/,
    ],
    [
      'a merge of tenants by hand',
      { extraArgs: ['--deduplication.replica-label=a,namespace'] },
      /in one tenant/,
    ],
    [
      'a merge of nothing',
      { deduplication: { replicaLabels: [], unsafeIrreversible: true } },
      /nothing would be merged/,
    ],
    ['a second pass', { extraArgs: ['--no-wait'] }, /is set already/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => synth(props)).toThrow(SynthError);
    expect(() => synth(props)).toThrow(message);
  });

  it('has a workload for each shard and one for the rest, behind one Service', () => {
    const manifests = synth({
      shards: { eu: { cluster: ['eu-1', 'eu-2'] }, us: { cluster: ['us.1'] } },
    });
    const sets = manifests.filter(({ kind }) => kind === 'StatefulSet');
    expect(sets.map(({ metadata }) => metadata.name)).toEqual([
      'thanos-compactor',
      'thanos-compactor-eu',
      'thanos-compactor-us',
    ]);
    const selectors = sets.map(({ spec }) => textsAt(spec, 'selector', 'matchLabels'));
    expect(new Set(selectors.map((it) => JSON.stringify(it))).size).toBe(3);
    const service = textsAt(only(manifests, 'Service').spec, 'selector');
    for (const { spec } of sets) {
      expect(textsAt(spec, 'template', 'metadata', 'labels')).toMatchObject(service);
    }
    expect(argsOf(manifests, 'thanos-compactor-eu')).toContain(
      '--selector.relabel-config-file=/etc/thanos/streams/streams.yaml',
    );
  });
});

describe('compactorShards', () => {
  it.each<[string, Readonly<Record<string, StreamSelector>>, RegExp]>([
    [
      'one value in two shards',
      { a: { cluster: ['x', 'y'] }, b: { cluster: ['y'] } },
      /a and b may take the same stream/,
    ],
    [
      'shards by different labels',
      { a: { cluster: ['x'] }, b: { region: ['eu'] } },
      /may take the same stream/,
    ],
    ['a shard of everything', { a: {} }, /selects no stream/],
    ['a shard without a value', { a: { cluster: [] } }, /selects no stream/],
    ['an empty value', { a: { cluster: [''] } }, /is empty or holds/],
    ['a value that holds the separator', { a: { cluster: ['x;y'] } }, /is empty or holds/],
    ['a name that no object can have', { A_b: { cluster: ['x'] } }, /no part of an object name/],
  ])('refuses %s', (_what, selectors, message) => {
    expect(() => compactorShards('test', selectors)).toThrow(message);
  });

  it('puts every stream into exactly one shard, or throws', () => {
    const value = fc.constantFrom('a', 'b', 'a.b', 'ab', 'aXb', '(', 'b|a', '.*');
    const selector = fc.dictionary(
      fc.constantFrom('cluster', 'region'),
      fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
      { minKeys: 1, noNullPrototype: true },
    );
    const selectors = fc.dictionary(fc.constantFrom('s1', 's2', 's3'), selector, {
      noNullPrototype: true,
    });
    const stream = fc.record({ cluster: value, region: value, replica: value });
    let divided = 0;
    fc.assert(
      fc.property(selectors, fc.array(stream, { minLength: 1 }), (named, streams) => {
        let shards: ReturnType<typeof compactorShards>;
        try {
          shards = compactorShards('test', named);
        } catch {
          return;
        }
        if (shards.length > 1) divided += 1;
        for (const labels of streams) {
          const takers = shards.filter(({ relabelling }) => keeps(relabelling ?? [], labels));
          expect(takers).toHaveLength(1);
        }
      }),
      { numRuns: 500 },
    );
    expect(divided).toBeGreaterThan(50);
  });
});
