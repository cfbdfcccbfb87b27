import { describe, expect, it } from '@jest/globals';
import { type Chart, Duration, Size } from 'cdk8s';
import {
  BucketCache,
  type ClaimRetention,
  IndexCache,
  Memcached,
  ThanosCompactor,
  ThanosStoreGateway,
  type ThanosStoreGatewayProps,
} from '../../lib/index.ts';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textsAt,
} from './support/manifests.ts';

function synth(props: ThanosStoreGatewayProps = {}): Manifest[] {
  const chart = platformChart();
  void new ThanosStoreGateway(chart, 'gateway', props);
  return manifestsOf(chart);
}

function fileOf(manifests: readonly Manifest[], name: string): string {
  const file = manifests.find(
    ({ kind, metadata }) =>
      kind === 'ConfigMap' && metadata.name.startsWith(`thanos-store-gateway-${name}`),
  );
  return textsAt(file, 'data')[`${name}.yaml`] ?? '';
}

function containerOf(manifests: readonly Manifest[]): unknown {
  return at(only(manifests, 'StatefulSet').spec, 'template', 'spec', 'containers', 0);
}

describe('ThanosStoreGateway', () => {
  it('reads headers lazily, bounds each request and offers no administration', () => {
    expect(listAt(containerOf(synth()), 'args')).toEqual(
      expect.arrayContaining([
        '--disable-admin-operations',
        '--objstore.config-file=/etc/thanos/objstore/objstore.yaml',
        '--store.enable-index-header-lazy-reader',
        '--store.index-header-lazy-download-strategy=lazy',
        '--store.limits.request-series=500000',
        '--store.limits.request-samples=100000000',
        '--store.grpc.downloaded-bytes-limit=2048MiB',
        '--ignore-deletion-marks-delay=24h',
      ]),
    );
  });

  it('keeps its disk across restarts', () => {
    const { spec } = only(
      synth({ storage: Size.gibibytes(20), storageClassName: 'fast' }),
      'StatefulSet',
    );
    expect(at(spec, 'volumeClaimTemplates', 0)).toMatchObject({
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        resources: { requests: { storage: '20480Mi' } },
      },
    });
    expect(at(spec, 'serviceName')).toBe('thanos-store-gateway');
    expect(at(only(synth(), 'Service').spec, 'clusterIP')).toBe('None');
  });

  it.each<[ClaimRetention, Json]>([
    ['keep', undefined],
    ['deleteWhenScaled', { whenScaled: 'Delete', whenDeleted: 'Retain' }],
    ['delete', { whenScaled: 'Delete', whenDeleted: 'Delete' }],
  ])('lets its disks go when told to: %s', (claims, policy) => {
    const policyOf = (build: (chart: Chart) => unknown): Json => {
      const chart = platformChart();
      build(chart);
      const { spec } = only(manifestsOf(chart), 'StatefulSet');
      return at(spec, 'persistentVolumeClaimRetentionPolicy');
    };
    expect(policyOf((chart) => new ThanosStoreGateway(chart, 'it', { claims }))).toEqual(policy);
    if (claims === 'deleteWhenScaled') return;
    expect(policyOf((chart) => new ThanosCompactor(chart, 'it', { claims }))).toEqual(policy);
  });

  it('has half an hour to read the metadata of all blocks', () => {
    expect(at(containerOf(synth()), 'startupProbe')).toMatchObject({
      httpGet: { path: '/-/ready', port: 'http' },
      periodSeconds: 10,
      failureThreshold: 180,
    });
  });

  it('configures the index cache by a file', () => {
    const file = only(synth({ indexCache: IndexCache.inMemory(Size.mebibytes(100)) }), 'ConfigMap');
    expect(JSON.parse(textsAt(file, 'data')['index-cache.yaml'] ?? '')).toEqual({
      type: 'IN-MEMORY',
      config: { max_size: '100MiB', max_item_size: '50MiB' },
    });
  });

  it('remembers what it fetched, by a file, where a cache for that is given', () => {
    const all = synth({ bucketCache: BucketCache.inMemory(Size.mebibytes(64)) });
    expect(JSON.parse(fileOf(all, 'bucket-cache'))).toEqual({
      type: 'IN-MEMORY',
      config: { max_size: '64MiB', max_item_size: '32MiB' },
      metafile_max_size: '1MiB',
      metafile_doesnt_exist_ttl: '15m',
    });
    expect(listAt(containerOf(all), 'args')).toContain(
      '--store.caching-bucket.config-file=/etc/thanos/bucket-cache/bucket-cache.yaml',
    );
    expect(JSON.stringify(synth())).not.toContain('bucket-cache');
  });

  it('reaches one memcached for both caches, and stores in it what that takes', () => {
    const chart = platformChart();
    const memcached = new Memcached(chart, 'memcached', { maxItemSize: Size.kibibytes(512) });
    const bucketCache = BucketCache.memcached(memcached);
    const indexCache = IndexCache.memcached(memcached);
    const gateway = new ThanosStoreGateway(chart, 'gateway', { bucketCache, indexCache });
    expect(gateway.connections).toEqual([memcached.connection]);
    // Its name has addresses as soon as there are pods, without which a gateway does not start.
    const service = only(manifestsOf(chart), 'Service', 'thanos-memcached');
    expect(at(service.spec, 'publishNotReadyAddresses')).toBe(true);
    const file = JSON.parse(fileOf(manifestsOf(chart), 'bucket-cache')) as unknown;
    expect(file).toMatchObject({
      type: 'MEMCACHED',
      config: { addresses: ['dnssrv+_memcached._tcp.thanos-memcached'], max_item_size: '512KiB' },
      metafile_max_size: '512KiB',
    });
  });

  it('serves marked blocks longer where it remembers that they were not marked', () => {
    const chart = platformChart();
    const bucketCache = BucketCache.inMemory(Size.mebibytes(64));
    const gateway = new ThanosStoreGateway(chart, 'gateway', { bucketCache });
    expect(gateway.ignoreDeletionMarksDelay.toMinutes()).toBe(24 * 60 + 15);
    const deleteDelay = Duration.minutes(24 * 60 + 10);
    expect(() => new ThanosCompactor(chart, 'one', { stores: [gateway], deleteDelay })).toThrow(
      'while thanos-store-gateway still serves them',
    );
  });

  it('serves a window of time when told to', () => {
    const args = listAt(
      containerOf(synth({ minTime: Duration.days(30), maxTime: Duration.hours(36) })),
      'args',
    );
    expect(args).toEqual(expect.arrayContaining(['--min-time=-720h', '--max-time=-36h']));
  });

  it.each<[string, ThanosStoreGatewayProps, RegExp]>([
    ['caches that fill the memory', { chunkPool: Size.gibibytes(2) }, /fill the memory limit/],
    [
      'a bucket cache that fills the memory',
      { bucketCache: BucketCache.inMemory(Size.mebibytes(1_300)) },
      /fill the memory limit/,
    ],
    [
      'an empty window',
      { minTime: Duration.hours(1), maxTime: Duration.hours(2) },
      /nothing would be served/,
    ],
    [
      'a deprecated limit',
      { extraArgs: ['--store.grpc.series-sample-limit=1'] },
      /use --store.limits/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => synth(props)).toThrow(message);
  });
});
