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

  it('take settings of TLS and a token, each upstream its own', () => {
    const tls = { caFile: '/ca.crt', certFile: '/tls.crt', keyFile: '/tls.key', serverName: 'x' };
    const secured = { tls, bearerTokenFile: '/token' };
    const rules = { url: 'https://ruler', ...secured };
    const alertmanager = { url: 'http://127.0.0.1:9093', bearerTokenFile: '/token' };
    expect(
      parse({
        upstream: { url: 'https://thanos', ...secured },
        upstreams: { rules, alertmanager },
      }),
    ).toMatchObject({ value: { upstream: secured, upstreams: { rules, alertmanager } } });
    expect(parse()).not.toHaveProperty('value.upstream.tls');
  });

  it.each<[string, Parsed, string]>([
    [
      'a client certificate without its key',
      parse({ upstream: { url: 'https://thanos', tls: { certFile: '/tls.crt' } } }),
      'upstream.tls: certFile and keyFile must be set together',
    ],
    [
      'settings of TLS for plain HTTP',
      parse({ upstream: { url: 'http://thanos', tls: { caFile: '/ca.crt' } } }),
      'upstream: tls needs an https URL, and bearerTokenFile one or the loopback',
    ],
    [
      'a token in clear text',
      parse({ upstreams: { rules: { url: 'http://ruler', bearerTokenFile: '/token' } } }),
      'upstreams.rules: tls needs an https URL, and bearerTokenFile one or the loopback',
    ],
    [
      'a token for a name that looks like the loopback',
      parse({ upstreams: { rules: { url: 'http://127.0.0.1.example', bearerTokenFile: '/t' } } }),
      'upstreams.rules: tls needs an https URL, and bearerTokenFile one or the loopback',
    ],
    [
      'a switch that leaves certificates unverified',
      parse({ upstream: { url: 'https://thanos', tls: { insecureSkipVerify: true } } }),
      'upstream.tls.insecureSkipVerify: unknown setting',
    ],
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
    [
      'attributes of what everybody who runs programs may change',
      parse({}, { silenceAttributes: { group: '', resource: 'pods', subresource: '' } }),
      'access.silenceAttributes: must name nothing that Kubernetes serves itself, because whoever may change that could change silences; name what means nothing else, such as namespace/silences',
    ],
  ])('refuse %s', (_what, parsed, problem) => {
    expect(problems(parsed)).toEqual([problem]);
  });
});
