import { describe, expect, it } from '@jest/globals';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';

function parse(access: object, rest: object = {}): ReturnType<typeof parseQueryFrontendConfig> {
  return parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://thanos:9090' },
    access: { kind: 'kubernetes', ...access },
    ...rest,
  });
}

function problems(access: object, rest: object = {}): readonly string[] {
  const parsed = parse(access, rest);
  return parsed.ok ? [] : parsed.rejection.map((problem) => describeConfigProblem(problem));
}

describe('the optional features of access', () => {
  it('are all off by default', () => {
    expect(parse({})).toMatchObject({
      value: {
        staticLabels: {},
        access: {
          review: 'subject',
          oidcIssuers: [],
          allNamespaces: { enabled: false },
          tenantMapping: { enabled: false },
          rightsWatch: { enabled: false },
        },
      },
    });
  });

  it('take tokens of the API server alone where callers are reviewed by themselves', () => {
    const issuer = { issuer: 'https://i', audiences: ['a'], usernamePrefix: 'i:' };
    expect(problems({ review: 'self' })).toEqual([]);
    expect(problems({ review: 'self', audiences: ['own'] })).toHaveLength(1);
    expect(problems({ review: 'self', oidcIssuers: [issuer] })).toHaveLength(1);
    expect(problems({ review: 'nobody' })).toHaveLength(1);
  });

  it.each<[object, number]>([
    [{ cluster: 'one' }, 0],
    [{ cluster: '' }, 1],
    [{ cluster: 7 }, 1],
    [{ namespace: 'a' }, 1],
    [{ __name__: 'up' }, 1],
    [{ 'a-b': 'c' }, 1],
  ])('check the static labels %j', (staticLabels, count) => {
    expect(problems({}, { staticLabels })).toHaveLength(count);
  });
});
