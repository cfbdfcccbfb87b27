import { describe, expect, it } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import {
  Memcached,
  ResponseCache,
  SynthError,
  TenantQueryFrontend,
  ThanosQuerier,
  ThanosQueryFrontend,
  type ThanosQueryFrontendProps,
  RuntimeCode,
} from '../../lib/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  platformChart,
  textsAt,
} from './support/manifests.ts';

function synth(props: Partial<ThanosQueryFrontendProps> = {}): Manifest[] {
  const chart = platformChart();
  const downstream = ThanosQuerier.named();
  void new ThanosQueryFrontend(chart, 'frontend', { downstream, ...props });
  return manifestsOf(chart);
}

function argsOf(manifests: readonly Manifest[]): readonly unknown[] {
  return listAt(only(manifests, 'Deployment').spec, 'template', 'spec', 'containers', 0, 'args');
}

function cacheFile(manifests: readonly Manifest[], prefix: string): unknown {
  const file = manifests.find(({ metadata }) => metadata.name.startsWith(prefix));
  return JSON.parse(textsAt(file, 'data')['response-cache.yaml'] ?? '');
}

describe('ThanosQueryFrontend', () => {
  it('asks the querier, answers as Prometheus would and remembers it', () => {
    const manifests = synth();
    expect(argsOf(manifests)).toEqual(
      expect.arrayContaining([
        'query-frontend',
        '--query-frontend.downstream-url=http://thanos-querier:10902',
        '--no-query-range.align-range-with-step',
        '--query-range.split-interval=24h',
        '--labels.default-time-range=175200h',
        '--labels.split-interval=175200h',
        '--query-range.response-cache-config-file=/etc/thanos/range-cache/response-cache.yaml',
        '--labels.response-cache-config-file=/etc/thanos/labels-cache/response-cache.yaml',
        '--web.disable-cors',
      ]),
    );
    expect(cacheFile(manifests, 'thanos-query-frontend-range-cache-')).toEqual({
      type: 'IN-MEMORY',
      config: { max_size: '256MiB', validity: '24h' },
    });
  });

  it("is what the tenants' query frontend asks", () => {
    const chart = platformChart();
    const middle = new ThanosQueryFrontend(chart, 'middle', {
      downstream: ThanosQuerier.named('thanos-querier', 'tenant'),
    });
    const frontend = new TenantQueryFrontend(chart, 'frontend', {
      upstream: middle,
      code: RuntimeCode.configMap(PLACEHOLDER),
    });
    expect(frontend.config.upstream.url).toBe('http://thanos-query-frontend:10902');
    expect(frontend.tenancyLabel).toBe('tenant');
  });

  it('shares a memcached between its caches', () => {
    const chart = platformChart();
    const memcached = new Memcached(chart, 'memcached', { maxItemSize: Size.mebibytes(2) });
    const frontend = new ThanosQueryFrontend(chart, 'frontend', {
      downstream: ThanosQuerier.named(),
      rangeCache: ResponseCache.memcached(memcached),
      labelsCache: ResponseCache.memcached(memcached, Duration.hours(1)),
    });
    expect(frontend.connections.map(({ port, to }) => [to.component, port.port])).toEqual([
      ['thanos-querier', 10_902],
      ['thanos-memcached', 11_211],
    ]);
    expect(cacheFile(manifestsOf(chart), 'thanos-query-frontend-labels-cache-')).toMatchObject({
      type: 'MEMCACHED',
      config: {
        addresses: ['dnssrv+_memcached._tcp.thanos-memcached'],
        max_item_size: '2MiB',
        expiration: '1h',
      },
    });
  });

  it('leaves the number of replicas to an autoscaler', () => {
    const manifests = synth({ autoscaling: { minReplicas: 3, maxReplicas: 9, cpuPercent: 50 } });
    expect(at(only(manifests, 'Deployment').spec, 'replicas')).toBeUndefined();
    expect(only(manifests, 'HorizontalPodAutoscaler').spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'thanos-query-frontend' },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 50 } } }],
    });
    expect(at(only(manifests, 'PodDisruptionBudget').spec, 'maxUnavailable')).toBe(1);
  });

  it('runs where and as it is told', () => {
    const pod = at(
      only(synth({ priorityClassName: 'platform' }), 'Deployment').spec,
      'template',
      'spec',
    );
    expect(at(pod, 'priorityClassName')).toBe('platform');
    expect(listAt(pod, 'topologySpreadConstraints')).toHaveLength(2);
  });

  it.each<[string, Partial<ThanosQueryFrontendProps>, RegExp]>([
    [
      'caches that fill the memory',
      { rangeCache: ResponseCache.inMemory(Size.gibibytes(1)) },
      /fill the memory limit/,
    ],
    ['one vertical shard', { verticalShards: 1 }, /divides nothing/],
    [
      'a flag of a later version',
      { version: '0.40', extraArgs: ['--query.max-retries-per-request=1'] },
      /it came with version 0.42/,
    ],
    ['bounds that leave no room', { autoscaling: { maxReplicas: 1 } }, /from 2 to 1/],
    ['one replica at times', { autoscaling: { minReplicas: 1, maxReplicas: 3 } }, /at least 2/],
    [
      'the deprecated tenant header',
      { extraArgs: ['--query-frontend.org-id-header=a'] },
      /deprecated/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => synth(props)).toThrow(SynthError);
    expect(() => synth(props)).toThrow(message);
  });
});

describe('Memcached', () => {
  it('answers at the address that the caches ask', () => {
    const chart = platformChart();
    const memcached = new Memcached(chart, 'memcached');
    const manifests = manifestsOf(chart);
    const [, port, name] = /^dnssrv\+_(\w+)\._tcp\.(.+)$/.exec(memcached.cacheAddress) ?? [];
    const service = only(manifests, 'Service', name);
    expect(at(service.spec, 'clusterIP')).toBe('None');
    expect(listAt(service.spec, 'ports').map((it) => at(it, 'name'))).toEqual([port]);
    const container = at(only(manifests, 'StatefulSet').spec, 'template', 'spec', 'containers', 0);
    expect(listAt(container, 'args')).toEqual([
      '--port=11211',
      '--memory-limit=512',
      '--max-item-size=1024k',
      '--conn-limit=4096',
    ]);
    expect(at(container, 'resources', 'limits', 'memory')).toBe('672Mi');
  });

  it.each<[string, Size, Size]>([
    ['above half of the memory', Size.mebibytes(33), Size.mebibytes(64)],
    ['of nothing', Size.kibibytes(0), Size.mebibytes(64)],
  ])('refuses items %s, with which it does not start', (_what, maxItemSize, memory) => {
    const build = (): unknown =>
      new Memcached(platformChart(), 'memcached', { maxItemSize, memory });
    expect(build).toThrow(SynthError);
    expect(build).toThrow(/maxItemSize: .* half of the memory/);
  });

  it('takes items of half of the memory', () => {
    const sizes = { maxItemSize: Size.mebibytes(32), memory: Size.mebibytes(64) };
    expect(() => new Memcached(platformChart(), 'memcached', sizes)).not.toThrow();
  });

  it('refuses a second one of the same name', () => {
    const chart = platformChart();
    void new Memcached(chart, 'memcached');
    expect(() => new Memcached(chart, 'other')).toThrow(
      /ServiceAccount thanos-memcached .* would overwrite it; give one of them another name/,
    );
    expect(() => new Memcached(chart, 'third', { name: 'cache' })).not.toThrow();
  });

  it('refuses items that fill its memory', () => {
    const memory = Size.mebibytes(512);
    const resources = { cpu: Cpu.millis(100), memory, memoryLimit: memory };
    expect(() => new Memcached(platformChart(), 'memcached', { resources })).toThrow(
      /fill the memory limit/,
    );
  });
});
