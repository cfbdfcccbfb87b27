import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import {
  ATTRIBUTE_PRESETS,
  parseQueryFrontendConfig,
  printQueryFrontendConfig,
  type QueryFrontendConfig,
} from '../../frontend/config/query-frontend.ts';

const SMALLEST = {
  apiVersion: 'prometheus-tenancy-kit/v1alpha1',
  kind: 'QueryFrontend',
  listener: { address: '127.0.0.1' },
  upstream: { url: 'http://thanos:9090' },
  access: { kind: 'kubernetes' },
};

function parse(document: unknown): QueryFrontendConfig {
  const parsed = parseQueryFrontendConfig(document);
  if (!parsed.ok) throw new TypeError(parsed.rejection.map(describeConfigProblem).join('; '));
  return parsed.value;
}

function problems(changes: object): readonly string[] {
  const parsed = parseQueryFrontendConfig({ ...SMALLEST, ...changes });
  return parsed.ok ? [] : parsed.rejection.map((problem) => describeConfigProblem(problem));
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const number = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const name = fc.string({ minLength: 1, maxLength: 12 });
const url = fc.webUrl({ validSchemes: ['http', 'https'] });

const ACCESS = fc.oneof(
  fc.record(
    {
      kind: fc.constant('kubernetes'),
      apiServer: fc.record(
        { url, caFile: name, tokenFile: name, timeoutMs: number(100, 30_000) },
        { requiredKeys: [] },
      ),
      audiences: fc.array(name),
      attributes: fc.oneof(
        fc.constantFrom(...Object.keys(ATTRIBUTE_PRESETS)),
        fc.record({ verb: name, group: fc.string(), resource: name, subresource: fc.string() }),
      ),
      cache: fc.record(
        {
          authenticatedTtlMs: number(0, 300_000),
          rejectedTtlMs: number(0, 300_000),
          allowedTtlMs: number(0, 300_000),
          deniedTtlMs: number(0, 300_000),
          maxEntries: number(1, 1_000_000),
        },
        { requiredKeys: [] },
      ),
      budget: fc.record(
        {
          maxInFlight: number(1, 1_000),
          reviewsPerSecond: number(1, 10_000),
          unknownTokensPerSecond: number(1, 10_000),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['kind'] },
  ),
  fc.record(
    { kind: fc.constant('staticTokens'), file: name, unsafeInCluster: fc.boolean() },
    { requiredKeys: ['kind', 'file'] },
  ),
);

const DOCUMENT = fc.record(
  {
    apiVersion: fc.constant(SMALLEST.apiVersion),
    kind: fc.constant(SMALLEST.kind),
    scoping: fc.record(
      {
        mode: fc.constantFrom('intersect', 'error'),
        features: fc.record(
          {
            'promql-experimental-functions': fc.boolean(),
            'promql-duration-expr': fc.boolean(),
            'promql-extended-range-selectors': fc.boolean(),
            'promql-binop-fill-modifiers': fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    tenancyLabel: fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,9}$/),
    listener: fc
      .record(
        {
          address: fc.constantFrom('127.0.0.1', '::1', 'localhost', '0.0.0.0', '10.0.0.1'),
          port: number(0, 65_535),
          tls: optional(fc.record({ certFile: name, keyFile: name })),
          unsafePlainHttp: fc.boolean(),
          maxConnections: number(1, 100_000),
          headersTimeoutMs: number(100, 30_000),
          requestTimeoutMs: number(30_000, 300_000),
          keepAliveTimeoutMs: number(100, 600_000),
        },
        { requiredKeys: ['address'] },
      )
      .filter((it) => it.tls !== undefined || /^(?:127|::1|local)/.test(it.address)),
    operations: fc.record({ address: name, port: number(0, 65_535) }, { requiredKeys: [] }),
    upstream: fc.record(
      { url, deadlineMs: number(100, 600_000), maxSockets: number(1, 10_000) },
      { requiredKeys: ['url'] },
    ),
    access: ACCESS,
    limits: fc.record(
      {
        tenants: number(1, 1_000),
        bodyBytes: number(1_024, 1_048_576),
        queryBytes: number(64, 1_048_576),
        queryDepth: number(8, 500),
        querySelectors: number(1, 10_000),
        scopedBytes: number(4_096, 8_388_608),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['apiVersion', 'kind', 'listener', 'upstream', 'access'] },
);

describe('the configuration of the query frontend', () => {
  it('has a default for everything but upstream, access and how tokens are kept secret', () => {
    const config = parse(SMALLEST);
    expect(config).toMatchObject({
      tenancyLabel: 'namespace',
      listener: { port: 8443, maxConnections: 1_024, keepAliveTimeoutMs: 100_000 },
      operations: { address: '0.0.0.0', port: 9_091 },
      upstream: { url: 'http://thanos:9090', deadlineMs: 28_000 },
      access: {
        kind: 'kubernetes',
        attributes: { verb: 'get', group: '', resource: 'namespace', subresource: 'metrics' },
        cache: { authenticatedTtlMs: 30_000, deniedTtlMs: 5_000 },
      },
      limits: { tenants: 200, bodyBytes: 65_536 },
    });
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(DOCUMENT, (document) => {
        const config = parse(document);
        expect(parse(JSON.parse(printQueryFrontendConfig(config)))).toEqual(config);
      }),
    );
  });

  it.each<[object, string]>([
    [{ extra: 1 }, 'extra: unknown setting'],
    [{ listener: { address: '127.0.0.1', prot: 1 } }, 'listener.prot: unknown setting'],
    [{ listener: { address: '127.0.0.1', tls: { certFile: 'x', keyFile: 'x', ca: 'x' } } }, 'listener.tls.ca: unknown setting'], // prettier-ignore
    [{ listener: { address: '127.0.0.1', tls: { certFile: 'x' } } }, 'listener.tls.keyFile: missing'], // prettier-ignore
    [{ listener: { address: '127.0.0.1', port: '8443' } }, 'listener.port: must be a number'],
    [{ listener: { address: '127.0.0.1', keepAliveTimeoutMs: 0 } }, 'listener.keepAliveTimeoutMs: must be at least 100'], // prettier-ignore
    [{ listener: {} }, 'listener: without tls the address must be loopback, or unsafePlainHttp must be true'], // prettier-ignore
    [{ listener: { address: '127.evil.example' } }, 'listener: without tls the address must be loopback, or unsafePlainHttp must be true'], // prettier-ignore
    [{ listener: { address: '127.0.0.1', headersTimeoutMs: 60_000 } }, 'listener: headersTimeoutMs must not be greater than requestTimeoutMs'], // prettier-ignore
    [{ upstream: {} }, 'upstream.url: missing'],
    [{ upstream: { url: 'thanos:9090' } }, 'upstream.url: must be an http or https URL without credentials, query or fragment'], // prettier-ignore
    [{ upstream: { url: 'http://h', deadlineMs: 0 } }, 'upstream.deadlineMs: must be at least 100'],
    [{ access: { kind: 'none' } }, 'access.kind: must be "kubernetes" or "staticTokens"'],
    [{ access: { kind: 'staticTokens' } }, 'access.file: missing'],
    [{ access: { kind: 'kubernetes', cache: { ttl: 1 } } }, 'access.cache.ttl: unknown setting'],
    [{ access: { kind: 'kubernetes', audiences: 'x' } }, 'access.audiences: must be a list'],
    [{ access: { kind: 'kubernetes', audiences: [''] } }, 'access.audiences.0: must not be empty'],
    [{ access: { kind: 'kubernetes', attributes: 'ocp' } }, 'access.attributes: must be "seed" or "seedPodsMetrics" or "openshift" or a group of settings'], // prettier-ignore
    [{ access: { kind: 'kubernetes', attributes: { verb: 'get', group: '', resource: 'pods' } } }, 'access.attributes.subresource: missing'], // prettier-ignore
    [{ tenancyLabel: '__name__' }, 'tenancyLabel: must be a label name that does not begin with "__"'], // prettier-ignore
    [{ limits: { queryDepth: 501 } }, 'limits.queryDepth: must be at most 500'],
  ])('says of %j what is wrong', (changes, problem) => {
    expect(problems(changes)).toEqual([problem]);
  });

  it('reports every problem, not only the first', () => {
    expect(problems({ limits: { tenants: 0 }, upstream: { url: 1 }, more: 1 })).toEqual([
      'upstream.url: must be a text',
      'limits.tenants: must be at least 1',
      'more: unknown setting',
    ]);
  });

  it('allows plain HTTP beyond the loopback where it is asked for', () => {
    expect(problems({ listener: { address: '0.0.0.0', unsafePlainHttp: true } })).toEqual([]);
  });

  it('knows the attributes that older installations ask for by name', () => {
    const named = (attributes: string): unknown =>
      parse({ ...SMALLEST, access: { kind: 'kubernetes', attributes } }).access;
    for (const [preset, attributes] of Object.entries(ATTRIBUTE_PRESETS)) {
      expect(named(preset)).toMatchObject({ attributes });
    }
  });
});
