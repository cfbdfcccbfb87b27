import { describe, expect, it } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { IndexCache, ThanosStoreGateway, type ThanosStoreGatewayProps } from '../../lib/index.ts';
import {
  at,
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
