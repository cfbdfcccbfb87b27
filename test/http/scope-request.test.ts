import { describe, expect, it } from '@jest/globals';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import { admitHead, admitRequest, type AdmittedRequest } from '../../frontend/http/admit.ts';
import { UpstreamRequest } from '../../frontend/http/forward.ts';
import {
  parsePromql,
  readsSeries,
  scopeNothing,
  scopePromql,
} from '../../frontend/http/scope-request.ts';

const SCOPE = TenantScope.grant(
  DEFAULT_TENANCY_LABEL,
  ['team-a'].map((name) => parseTenantId(name)).filter((it) => it !== undefined),
);

function admitted(target: string): AdmittedRequest {
  const head = admitHead({ httpVersion: '1.1', method: 'GET', target, rawHeaders: ['Host', 'h'] });
  if (!head.ok) throw new TypeError(head.rejection.code);
  const request = admitRequest(head.value, '', { tenants: 10 });
  if (!request.ok) throw new TypeError(request.rejection.code);
  return request.value;
}

function scoped(path: string, parameters: readonly (readonly [string, string])[]): unknown {
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const request = admitted(`${path}?${query.join('&')}`);
  const promql = parsePromql(request, {});
  if (!promql.ok) return promql.rejection.code;
  const plain = readsSeries(promql.value) ? undefined : scopeNothing(promql.value);
  const result = plain === undefined ? scopePromql(promql.value, SCOPE) : undefined;
  if (result?.ok === false) return result.rejection.code;
  const made = result?.value ?? plain;
  if (made === undefined) return undefined;
  const upstream = UpstreamRequest.of(request, made);
  return [upstream.path, ...[...new URLSearchParams(upstream.form)].map((it) => it.join(' '))];
}

describe('a request on its way upstream', () => {
  it.each<[string, string, readonly (readonly [string, string])[], readonly string[]]>([
    [
      'a query',
      '/api/v1/query',
      [
        ['query', 'sum(up)'],
        ['time', '1'],
      ],
      ['/api/v1/query', 'query sum(up{namespace="team-a"})', 'time 1'],
    ],
    [
      'a query of several lines on one',
      '/api/v1/query',
      [['query', 'up # a comment\r\n + \n down']],
      ['/api/v1/query', 'query up{namespace="team-a"} + down{namespace="team-a"}'],
    ],
    [
      'a matcher for another tenant, beside ours',
      '/api/v1/query',
      [['query', 'up{namespace="victim"}']],
      ['/api/v1/query', 'query up{namespace="victim",namespace="team-a"}'],
    ],
    [
      'a query that reads nothing',
      '/api/v1/query',
      [['query', '1+1']],
      ['/api/v1/query', 'query 1 + 1'],
    ],
    [
      'every selector',
      '/api/v1/series',
      [
        ['match[]', 'up'],
        ['match[]', '{job="a"}'],
        ['start', '1'],
      ],
      [
        '/api/v1/series',
        'match[] up{namespace="team-a"}',
        'match[] {job="a",namespace="team-a"}',
        'start 1',
      ],
    ],
    [
      'the scope itself where there is no selector',
      '/api/v1/labels',
      [['limit', '5']],
      ['/api/v1/labels', 'match[] {namespace="team-a"}', 'limit 5'],
    ],
    [
      'the scope itself for label values, the query left out',
      '/api/v1/label/namespace/values',
      [['query', 'up']],
      ['/api/v1/label/namespace/values', 'match[] {namespace="team-a"}'],
    ],
  ])('holds %s', (_what, path, parameters, expected) => {
    expect(scoped(path, parameters)).toEqual(expected);
  });

  it.each([
    ['/api/v1/query', 'query', 'up{', 'query_malformed'],
    ['/api/v1/query', 'query', ' ', 'query_malformed'],
    ['/api/v1/query', 'query', '{}', 'query_malformed'],
    ['/api/v1/series', 'match[]', '', 'query_malformed'],
    ['/api/v1/series', 'match[]', 'up or down', 'query_malformed'],
    ['/api/v1/series', 'match[]', 'up[5m]', 'query_malformed'],
    ['/api/v1/series', 'match[]', '1', 'query_malformed'],
    ['/api/v1/query', 'query', `${'('.repeat(10_000)}1`, 'limit_query_depth'],
    ['/api/v1/query', 'query', `up${' '.repeat(40_000)}`, 'limit_query_bytes'],
  ])('is not made of %s?%s=%.20s', (path, name, value, code) => {
    expect(scoped(path, [[name, value]])).toBe(code);
  });

  it('does not scope selectors away: without a tenant they have no form', () => {
    const promql = parsePromql(admitted('/api/v1/series?match[]=up'), {});
    expect(promql.ok && scopeNothing(promql.value)).toBeUndefined();
    const query = parsePromql(admitted('/api/v1/query?query=up'), {});
    expect(query.ok && scopeNothing(query.value)).toBeUndefined();
  });

  it('keeps the limits it is given', () => {
    const request = admitted('/api/v1/query?query=up%2Bup');
    expect(parsePromql(request, { maxSelectors: 1 })).toMatchObject({
      rejection: { code: 'limit_query_selectors' },
    });
    expect(parsePromql(request, { maxBytes: 4 })).toMatchObject({
      rejection: { code: 'limit_query_bytes', limit: 4, value: 5 },
    });
  });

  it.each(['series', 'labels', 'label/job/values', 'rules'])(
    'counts the selectors of all match[] together: %s',
    (path) => {
      const request = admitted(`/api/v1/${path}?match[]=up&match[]=up&match[]=up`);
      expect(parsePromql(request, { maxSelectors: 3 }).ok).toBe(true);
      expect(parsePromql(request, { maxSelectors: 2 })).toMatchObject({
        rejection: { code: 'limit_query_selectors', limit: 2, value: 3 },
      });
    },
  );

  it('says which of many selectors is malformed before it counts them', () => {
    const request = admitted('/api/v1/series?match[]=up{&match[]=up');
    expect(parsePromql(request, { maxSelectors: 1 })).toMatchObject({
      rejection: { code: 'query_malformed' },
    });
  });
});
