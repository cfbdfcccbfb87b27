import { describe, expect, it } from '@jest/globals';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';

type Parsed = ReturnType<typeof parseQueryFrontendConfig>;

function parse(more: object = {}, access: object = {}): Parsed {
  return parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://thanos:9090' },
    access: { kind: 'kubernetes', ...access },
    ...more,
  });
}

function problems(parsed: Parsed): readonly string[] {
  return parsed.ok ? [] : parsed.rejection.map((problem) => describeConfigProblem(problem));
}

describe('upstreams and endpoints', () => {
  it('are closed and read only, unless something is said', () => {
    expect(parse()).toMatchObject({
      value: {
        upstreams: {},
        endpoints: { federate: false, metadata: 'empty', silenceWrites: false },
        access: {
          silenceAttributes: { group: '', resource: 'namespace', subresource: 'silences' },
        },
      },
    });
  });

  it('take a ruler and an Alertmanager', () => {
    const rules = { url: 'http://ruler:10902/base', maxSockets: 5 };
    const parsed = parse({ upstreams: { rules, alertmanager: { url: 'https://am:9093' } } });
    expect(parsed).toMatchObject({
      value: { upstreams: { rules, alertmanager: { url: 'https://am:9093', maxSockets: 32 } } },
    });
  });

  it.each<[string, Parsed, string]>([
    [
      'an upstream without URL',
      parse({ upstreams: { rules: {} } }),
      'upstreams.rules.url: missing',
    ],
    [
      'a URL with a password',
      parse({ upstreams: { alertmanager: { url: 'http://a:b@am' } } }),
      'upstreams.alertmanager.url: must be an http or https URL without credentials, query or fragment',
    ],
    ['another upstream', parse({ upstreams: { stores: {} } }), 'upstreams.stores: unknown setting'],
    ['another endpoint', parse({ endpoints: { admin: true } }), 'endpoints.admin: unknown setting'],
    [
      'a verb among the attributes, for each change has its own',
      parse({}, { silenceAttributes: { verb: '*', group: '', resource: 'x', subresource: '' } }),
      'access.silenceAttributes.verb: unknown setting',
    ],
    [
      'attributes of nothing',
      parse({}, { silenceAttributes: { group: '', resource: '', subresource: '' } }),
      'access.silenceAttributes.resource: must not be empty',
    ],
  ])('refuse %s', (_what, parsed, problem) => {
    expect(problems(parsed)).toEqual([problem]);
  });
});
