import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { type Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { readSettings } from '../../docs/reading/constructs.ts';
import * as kit from '../../lib/index.ts';
import {
  type Manifest,
  manifestsOf,
  PLACEHOLDER,
  platformChart,
} from '../lib/support/manifests.ts';

/** Makes a construct with settings beside those that it cannot do without. */
type Build = (chart: Chart, more: object) => void;

const query = kit.ThanosQuerier.named();

// The interface of the settings, the file that declares it, and the construct that takes them.
const SUBJECTS: readonly (readonly [settings: string, file: string, build: Build])[] = [
  [
    'TenantPrometheusProps',
    'lib/prometheus/tenant-prometheus-props.ts',
    (chart, more) => new kit.TenantPrometheus(chart, 'it', { cluster: 'main', ...more }),
  ],
  [
    'EnforcedLimits',
    'lib/prometheus/enforced-limits.ts',
    (chart, limits) => new kit.TenantPrometheus(chart, 'it', { cluster: 'main', limits }),
  ],
  [
    'ThanosStoreGatewayProps',
    'lib/thanos/store-gateway-props.ts',
    (chart, more) => new kit.ThanosStoreGateway(chart, 'it', more),
  ],
  [
    'StoreLimits',
    'lib/thanos/store-gateway-props.ts',
    (chart, limits) => new kit.ThanosStoreGateway(chart, 'it', { limits }),
  ],
  [
    'ThanosCompactorProps',
    'lib/thanos/compactor-props.ts',
    (chart, more) => new kit.ThanosCompactor(chart, 'it', more),
  ],
  [
    'ThanosQuerierProps',
    'lib/thanos/querier-props.ts',
    (chart, more) => {
      const endpoints = [new kit.ThanosStoreGateway(chart, 'store')];
      return new kit.ThanosQuerier(chart, 'it', { endpoints, ...more });
    },
  ],
  [
    'ThanosQueryFrontendProps',
    'lib/thanos/query-frontend-props.ts',
    (chart, more) => new kit.ThanosQueryFrontend(chart, 'it', { downstream: query, ...more }),
  ],
  [
    'ThanosRulerProps',
    'lib/thanos/ruler-props.ts',
    (chart, more) => {
      const rules = { platform: '{"groups":[]}' };
      return new kit.ThanosRuler(chart, 'it', { cluster: 'main', query, rules, ...more });
    },
  ],
  [
    'ThanosReceiveProps',
    'lib/thanos/receive-props.ts',
    (chart, more) => new kit.ThanosReceive(chart, 'it', { cluster: 'main', ...more }),
  ],
  [
    'ReceiveRouters',
    'lib/thanos/receive-props.ts',
    (chart, routers) => new kit.ThanosReceive(chart, 'it', { cluster: 'main', routers }),
  ],
  [
    'ThanosBucketWebProps',
    'lib/thanos/bucket-web.ts',
    (chart, more) => new kit.ThanosBucketWeb(chart, 'it', more),
  ],
  [
    'MemcachedProps',
    'lib/thanos/memcached.ts',
    (chart, more) => new kit.Memcached(chart, 'it', more),
  ],
  [
    'TenantQueryFrontendProps',
    'lib/query-frontend/tenant-query-frontend-props.ts',
    (chart, more) => {
      const code = kit.RuntimeCode.configMap(PLACEHOLDER);
      return new kit.TenantQueryFrontend(chart, 'it', { upstream: query, code, ...more });
    },
  ],
];

// What makes an object of its own, which must be made once alone, or needs another one.
const NEEDS_MORE = ['code'];

/** The default that a comment states, where it can be read as a value; otherwise nothing. */
function stated(fallback: string): { readonly value: unknown } | undefined {
  const resources =
    /^- (\d+)m CPU and (\d+) (MiB|GiB), at most (\d+) (MiB|GiB)$/.exec(fallback)?.slice(1) ?? [];
  const [cpu, memory, memoryUnit, limit, limitUnit] = resources;
  const size = (amount = '', unit = ''): Size =>
    unit === 'GiB' ? Size.gibibytes(Number(amount)) : Size.mebibytes(Number(amount));
  if (cpu !== undefined) {
    const [least, most] = [size(memory, memoryUnit), size(limit, limitUnit)];
    return { value: { cpu: Cpu.millis(Number(cpu)), memory: least, memoryLimit: most } };
  }
  if (fallback.startsWith('- ')) return undefined;
  return { value: runInNewContext(`(${fallback})`, { ...kit, Cpu, Duration, Size }) as unknown };
}

function synth(build: Build, more: object): readonly Manifest[] {
  const chart = platformChart();
  build(chart, more);
  return manifestsOf(chart);
}

describe.each(SUBJECTS)('the defaults of %s', (settings, file, build) => {
  const told = readSettings(file, settings).flatMap(({ fallback, name }) => {
    if (fallback === undefined || NEEDS_MORE.includes(name)) return [];
    const found = stated(fallback);
    return found === undefined ? [] : [{ ...found, name }];
  });
  const plain = synth(build, {});

  it('are stated as values', () => {
    expect(told.length).toBeGreaterThan(1);
  });

  it.each(told)('are what the comment says: $name', ({ name, value }) => {
    expect(synth(build, { [name]: value })).toEqual(plain);
  });
});

describe('a comment that states another default', () => {
  it.each<[string, unknown]>([
    ['replicas', 3],
    ['storage', Size.gibibytes(11)],
    ['resources', stated('- 100m CPU and 1 GiB, at most 2 GiB')?.value],
  ])('would be seen: %s', (name, value) => {
    const build: Build = (chart, more) => new kit.ThanosStoreGateway(chart, 'it', more);
    expect(value).toBeDefined();
    expect(synth(build, { [name]: value })).not.toEqual(synth(build, {}));
  });
});
