import { describe, expect, it } from '@jest/globals';
import { App, Chart, Duration, JsonPatch } from 'cdk8s';
import * as fc from 'fast-check';
import {
  type CompactorDeduplication,
  type CompactorRetention,
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

  it.each<[string, CompactorRetention]>([
    ['raw', { raw: Duration.days(3) }],
    ['five minutes', { fiveMinutes: Duration.days(10) }],
    ['five minutes beside long raw', { raw: Duration.days(17), fiveMinutes: Duration.days(10) }],
    ['five minutes beside short raw', { raw: Duration.days(3), fiveMinutes: Duration.days(17) }],
  ])('takes the shortest retention of %s', (_what, retention) => {
    expect(() => synth({ retention })).not.toThrow();
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
    const ingested = {
      replicaLabels: ['receive_replica'],
      algorithm: 'oneToOne',
      unsafeIrreversible: true,
    } as const;
    const equal = argsOf(synth({ deduplication: ingested }));
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
      { retention: { raw: Duration.hours(71) } },
      /retention.raw: .* those of five minutes .*; keep at least 72h/,
    ],
    [
      'blocks of five minutes that go before those of an hour',
      { retention: { fiveMinutes: Duration.days(9) } },
      /retention.fiveMinutes: .* those of one hour .*; keep at least 240h/,
    ],
    [
      'the same where raw ones do not stay for as long as it takes, either',
      { retention: { raw: Duration.days(16), fiveMinutes: Duration.days(16) } },
      /retention.fiveMinutes: .* those of one hour .*; keep at least 408h/,
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
      /has a property/,
    ],
    [
      'an irreversible merge by hand',
      { extraArgs: ['--deduplication.replica-label=prometheus_replica'] },
      /has a property/,
    ],
    ['a short life by hand', { extraArgs: ['--retention.resolution-raw=1h'] }, /has a property/],
    ['no coarse blocks by hand', { extraArgs: ['--downsampling.disable'] }, /has a property/],
    [
      'the samples of both scrapes',
      {
        deduplication: {
          replicaLabels: ['receive_replica', 'prometheus_replica'],
          algorithm: 'oneToOne',
          unsafeIrreversible: true,
        },
      },
      /told apart by prometheus_replica, so sums over time double; use penalty/,
    ],
    ['a name that its pods could not have', { name: 'c'.repeat(53) }, /longer than 52/],
    ['a name that is none', { name: 'Thanos_Compactor' }, /is no name of a workload/],
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

  it('waits for stores over its blocks that nobody told it of, and for no others', () => {
    const chart = platformChart();
    void new ThanosCompactor(chart, 'compactor', { deleteDelay: Duration.hours(60) });
    const ignoreDeletionMarksDelay = Duration.hours(60);
    const objstore = { name: 'other' };
    const props = { ignoreDeletionMarksDelay, name: 'other-store', objstore };
    void new ThanosStoreGateway(chart, 'other', props);
    const found = (): string[] => chart.node.findAll().flatMap((it) => it.node.validate());
    expect(found()).toEqual([]);
    void new ThanosStoreGateway(chart, 'store', { ignoreDeletionMarksDelay });
    expect(found()).toEqual([expect.stringMatching(/while thanos-store-gateway still serves/)]);
    expect(() => manifestsOf(chart)).toThrow(/name it in stores/);
  });

  it('is the only one over an object store', () => {
    const chart = platformChart();
    void new ThanosCompactor(chart, 'first');
    const second = (id: string, props: ThanosCompactorProps) => (): unknown =>
      new ThanosCompactor(chart, id, { name: `compactor-${id}`, ...props });
    expect(second('same', {})).toThrow(
      /works on the blocks of platform\/first, and two compactors .* property shards/,
    );
    expect(second('named', { objstore: { name: 'thanos-objstore-secret' } })).toThrow(SynthError);
    expect(second('key', { objstore: { key: 'other.yaml' } })).not.toThrow();
    expect(second('secret', { objstore: { name: 'other' } })).not.toThrow();
    const elsewhere = new Chart(App.of(chart), 'elsewhere', { namespace: 'elsewhere' });
    expect(() => new ThanosCompactor(elsewhere, 'third')).not.toThrow();
  });

  it('stays one pod that merges no tenants, whatever is patched', () => {
    const chart = platformChart();
    const [set] = new ThanosCompactor(chart, 'compactor').statefulSets;
    expect(chart.node.findAll().flatMap((it) => it.node.validate())).toEqual([]);
    const args = '/spec/template/spec/containers/0/args/-';
    set?.addJsonPatch(
      JsonPatch.replace('/spec/replicas', 2),
      JsonPatch.add(args, '--deduplication.replica-label'),
      JsonPatch.add(args, 'namespace'),
    );
    const found = chart.node.findAll().flatMap((it) => it.node.validate());
    expect(found).toEqual([
      expect.stringMatching(/namespace is the tenancy label/),
      expect.stringMatching(/spec.replicas: is 2, and two compactors would corrupt/),
    ]);
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
