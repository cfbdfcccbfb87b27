import { describe, expect, it } from '@jest/globals';
import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { ThanosStoreGateway, type ThanosStoreGatewayProps } from '../../lib/index.ts';
import { printShard, storeParts, timeWindows } from '../../lib/thanos/store-partitions.ts';
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

function synth(props: ThanosStoreGatewayProps): Manifest[] {
  const chart = platformChart();
  void new ThanosStoreGateway(chart, 'gateway', props);
  return manifestsOf(chart);
}

const ages = fc
  .uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 5 })
  .map((hours) => hours.toSorted((a, b) => b - a).map((it) => Duration.hours(it)));

describe('the parts of a store gateway', () => {
  it('cover every age once, without a gap', () => {
    fc.assert(
      fc.property(ages, fc.array(fc.integer({ min: 0, max: 6_000 })), (edges, moments) => {
        const windows = timeWindows({
          timePartitions: edges,
          minTime: undefined,
          maxTime: undefined,
        });
        expect(windows).toHaveLength(edges.length + 1);
        windows.slice(1).forEach(({ oldest }, index) => {
          expect(oldest).toBe(windows[index]?.youngest);
        });
        for (const age of moments) {
          const holders = windows.filter(
            ({ oldest, youngest }) =>
              age <= (oldest?.toHours() ?? Infinity) && age > (youngest?.toHours() ?? -1),
          );
          expect(holders).toHaveLength(1);
        }
      }),
    );
  });

  it('cover every block once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.array(fc.string()), (shards, blocks) => {
        const rules = Array.from(
          { length: shards },
          (_, shard) => JSON.parse(printShard(shard, shards)) as unknown[],
        );
        for (const block of blocks) {
          const holders = rules.filter((it) => keeps(it, { __block_id: block }));
          expect(holders).toHaveLength(1);
        }
      }),
    );
  });

  it('are as many as shards times windows, each of another name', () => {
    fc.assert(
      fc.property(ages, fc.integer({ min: 1, max: 6 }), (timePartitions, shards) => {
        const parts = storeParts({
          shards,
          timePartitions,
          minTime: undefined,
          maxTime: undefined,
        });
        expect(parts).toHaveLength(shards * (timePartitions.length + 1));
        expect(new Set(parts.map(({ suffix }) => suffix)).size).toBe(parts.length);
      }),
    );
  });

  it('are workloads of their own behind one address', () => {
    const manifests = synth({
      shards: 2,
      timePartitions: [Duration.days(14), Duration.days(60)],
      maxTime: Duration.hours(12),
    });
    const sets = manifests.filter(({ kind }) => kind === 'StatefulSet');
    expect(
      sets.map(({ metadata, spec }) => [
        metadata.name,
        listAt(spec, 'template', 'spec', 'containers', 0, 'args')
          .map(String)
          .filter((arg) => /^--(?:min|max)-time/.test(arg))
          .join(' '),
      ]),
    ).toEqual([
      ['thanos-store-gateway-from-60d-shard-0', '--max-time=-1440h'],
      ['thanos-store-gateway-from-60d-shard-1', '--max-time=-1440h'],
      ['thanos-store-gateway-from-14d-shard-0', '--min-time=-1440h --max-time=-336h'],
      ['thanos-store-gateway-from-14d-shard-1', '--min-time=-1440h --max-time=-336h'],
      ['thanos-store-gateway-from-12h-shard-0', '--min-time=-336h --max-time=-12h'],
      ['thanos-store-gateway-from-12h-shard-1', '--min-time=-336h --max-time=-12h'],
    ]);
    const service = textsAt(only(manifests, 'Service').spec, 'selector');
    const selectors = sets.map(({ spec }) => textsAt(spec, 'selector', 'matchLabels'));
    expect(new Set(selectors.map((it) => JSON.stringify(it))).size).toBe(6);
    for (const selector of selectors) expect(selector).toMatchObject(service);
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    expect(budgets.map(({ spec }) => textsAt(spec, 'selector', 'matchLabels'))).toEqual(selectors);
  });

  it('are one workload of the plain name where nothing is divided', () => {
    const { metadata, spec } = only(synth({}), 'StatefulSet');
    expect(metadata.name).toBe('thanos-store-gateway');
    expect(Object.keys(textsAt(spec, 'selector', 'matchLabels'))).toEqual([
      'app.kubernetes.io/component',
      'app.kubernetes.io/instance',
      'app.kubernetes.io/part-of',
    ]);
    expect(at(spec, 'serviceName')).toBe('thanos-store-gateway');
  });

  it.each<[string, ThanosStoreGatewayProps, RegExp]>([
    ['no shard', { shards: 0 }, /no number of shards/],
    ['half a shard', { shards: 1.5 }, /no number of shards/],
    ['an age twice', { timePartitions: [Duration.days(1), Duration.hours(24)] }, /named twice/],
    ['the present as an age', { timePartitions: [Duration.hours(0)] }, /is zero/],
    [
      'a partition that is older than everything',
      { timePartitions: [Duration.days(90)], minTime: Duration.days(30) },
      /nothing would be served/,
    ],
  ])('refuse %s', (_what, props, message) => {
    expect(() => synth(props)).toThrow(message);
  });
});
