import { describe, expect, it } from '@jest/globals';
import { admitHead, admitRequest, type RequestHead } from '../../frontend/http/admit.ts';

const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '8' };

interface Sent extends Partial<Omit<RequestHead, 'rawHeaders'>> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: readonly string[];
  readonly body?: string;
}

function headOf(sent: Sent): RequestHead {
  const headers = Object.entries({ Host: 'h', ...sent.headers }).flat();
  return {
    httpVersion: '1.1',
    method: 'GET',
    target: '/api/v1/query?query=up',
    ...sent,
    rawHeaders: [...headers, ...(sent.more ?? [])],
  };
}

function admit(sent: Sent): unknown {
  const head = admitHead(headOf(sent));
  if (!head.ok) return head.rejection;
  const request = admitRequest(head.value, sent.body ?? '', { tenants: 3 });
  if (!request.ok) return request.rejection;
  const { route, parameters, ...rest } = request.value;
  return { ...rest, route: route.name, parameters: Object.fromEntries(parameters) };
}

describe('admitHead', () => {
  it.each<[string, Sent, unknown]>([
    ['HTTP/1.0', { httpVersion: '1.0' }, { code: 'request_malformed', problem: 'version' }],
    ['a second Host', { more: ['HOST', 'x'] }, { code: 'request_malformed', problem: 'host' }],
    ['an upgrade', { headers: { Upgrade: 'h2c' } }, { code: 'upgrade_refused' }],
    ['another expectation', { headers: { Expect: '200-ok' } }, { code: 'expectation_refused' }],
    [
      'an expectation among others',
      { headers: { Expect: '100-continue, x' } },
      { code: 'expectation_refused' },
    ],
    ['an unknown path', { target: '/api/v1/read' }, { code: 'route_unknown' }],
    ['an absolute target', { target: 'http://h/api/v1/query?query=up' }, { code: 'route_unknown' }],
    ['a target that is no path', { target: '*', method: 'OPTIONS' }, { code: 'route_unknown' }],
    ['HEAD', { method: 'HEAD' }, { code: 'method_not_allowed', allowed: ['GET', 'POST'] }],
    [
      'POST on buildinfo',
      { method: 'POST', target: '/api/v1/status/buildinfo' },
      { code: 'method_not_allowed', allowed: ['GET'] },
    ],
    ['a body on GET', { headers: FORM }, { code: 'body_unexpected' }],
    [
      'a chunked body on GET',
      { headers: { 'Transfer-Encoding': 'chunked' } },
      { code: 'body_unexpected' },
    ],
    [
      'a body on label values',
      { method: 'POST', target: '/api/v1/label/a/values', headers: FORM },
      { code: 'body_unexpected' },
    ],
    [
      'a body without a type',
      { method: 'POST', headers: { 'Content-Length': '8' } },
      { code: 'body_type_unsupported' },
    ],
    [
      'a second type',
      { method: 'POST', headers: FORM, more: ['content-type', 'text/plain'] },
      { code: 'body_type_unsupported' },
    ],
    [
      'a compressed body',
      { method: 'POST', headers: { ...FORM, 'Content-Encoding': 'gzip' } },
      { code: 'body_encoding_unsupported' },
    ],
    [
      'an encoding that changes nothing',
      { method: 'POST', headers: { ...FORM, 'Content-Encoding': 'identity' } },
      { code: 'body_encoding_unsupported' },
    ],
  ])('refuses %s', (_what, sent, expected) => {
    expect(admit(sent)).toEqual(expected);
  });

  it('refuses a request without Host', () => {
    const head = admitHead({ ...headOf({}), rawHeaders: [] });
    expect(head).toMatchObject({ rejection: { code: 'request_malformed', problem: 'host' } });
  });

  it.each([
    'text/plain',
    'application/json',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded; charset=utf-16',
    'application/x-www-form-urlencoded, text/plain',
    'application/x-www-form-urlencoded; boundary=x',
    'application/x-www-form-urlencodedx',
    '',
  ])('refuses a body of type %j', (type) => {
    const headers = { ...FORM, 'Content-Type': type };
    expect(admit({ method: 'POST', headers })).toEqual({ code: 'body_type_unsupported' });
  });

  it.each([
    'application/x-www-form-urlencoded',
    'APPLICATION/X-WWW-FORM-URLENCODED',
    'application/x-www-form-urlencoded;charset=utf-8',
    'application/x-www-form-urlencoded; charset="UTF-8"',
  ])('takes a body of type %s', (type) => {
    const head = admitHead(headOf({ method: 'POST', headers: { ...FORM, 'Content-Type': type } }));
    expect(head).toMatchObject({ ok: true, value: { takesBody: true } });
  });

  it.each([{}, { 'Content-Length': '0' }, { 'Content-Length': '0', 'Content-Type': 'text/plain' }])(
    'takes a POST without a body: %j',
    (headers) => {
      const target = '/api/v1/label/job/values';
      const head = admitHead(headOf({ method: 'POST', target, headers }));
      expect(head).toMatchObject({ ok: true, value: { takesBody: false } });
    },
  );

  it.each<[string, readonly string[], string | undefined]>([
    ['one that is well-formed', ['traceparent', TRACE], TRACE],
    ['none of two', ['traceparent', TRACE, 'traceparent', TRACE], undefined],
    ['none that is malformed', ['traceparent', `${TRACE}, x`], undefined],
    ['none of another version', ['traceparent', TRACE.replace('00', '01')], undefined],
    ['none where there is none', [], undefined],
  ])('keeps of trace contexts %s', (_what, more, expected) => {
    const head = admitHead(headOf({ more }));
    expect(head).toMatchObject({ ok: true, value: { traceparent: expected } });
  });
});

describe('admitRequest', () => {
  it('merges URL, body, path and header into one request', () => {
    expect(
      admit({
        method: 'POST',
        target: '/namespaces/a,b/api/v1/query_range?start=1&namespace=a&unknown=1',
        headers: { ...FORM, 'X-Scope-OrgID': 'b|a' },
        body: 'query=up&end=2&step=1m&namespace=b&namespace=a',
      }),
    ).toEqual({
      route: 'query_range',
      upstreamPath: '/api/v1/query_range',
      tenants: ['a', 'b'],
      queries: ['up'],
      matches: [],
      parameters: { start: '1', end: '2', step: '1m' },
      droppedParameters: 1,
      traceparent: undefined,
    });
  });

  it('takes equal repeats of a parameter as one, from the URL and the body', () => {
    expect(
      admit({
        method: 'POST',
        target: '/api/v1/query?query=up&time=1&time=1&dedup=true',
        headers: FORM,
        body: 'time=1&dedup=true',
      }),
    ).toMatchObject({ parameters: { time: '1', dedup: 'true' }, droppedParameters: 0 });
  });

  it('takes an empty value for an absent one', () => {
    expect(admit({ target: '/api/v1/query?query=up&time=' })).toMatchObject({ parameters: {} });
  });

  it('drops and counts what the route does not know', () => {
    const unknown = [
      'start=1',
      'match[]=up',
      'Query=down',
      'engine=thanos',
      'storeMatch[]=x',
      'replicaLabels[]=x',
      'explain=1',
      'analyze=1',
      'access_token=x',
      '_method=DELETE',
      '__proto__=1',
      'constructor=1',
      'namespace[]=victim',
    ];
    expect(admit({ target: `/api/v1/query?query=up&${unknown.join('&')}` })).toEqual({
      route: 'query',
      upstreamPath: '/api/v1/query',
      tenants: [],
      queries: ['up'],
      matches: [],
      parameters: {},
      droppedParameters: unknown.length,
      traceparent: undefined,
    });
  });

  it.each([
    ['true', {}, 2],
    ['1', {}, 2],
    ['false', { partial_response: 'false' }, 0],
    ['0', { partial_response: '0' }, 0],
  ])('lets partial_response=%s only narrow what is asked', (value, parameters, dropped) => {
    const twice = `partial_response=${value}&partial_response=${value}`;
    for (const target of [`/api/v1/query?query=up&${twice}`, `/api/v1/labels?${twice}`]) {
      expect(admit({ target })).toMatchObject({ droppedParameters: dropped });
      expect(admit({ target })).toHaveProperty('parameters', parameters);
    }
  });

  it('takes any number of match[], and no query, where the route reads selectors', () => {
    expect(admit({ target: '/api/v1/series?match[]=a&match%5B%5D=b&query=up' })).toMatchObject({
      matches: ['a', 'b'],
      queries: [],
      droppedParameters: 1,
    });
  });

  it.each<[string, Sent, unknown]>([
    ['no query', { target: '/api/v1/query' }, { code: 'parameter_missing', parameter: 'query' }],
    [
      'an empty query',
      { target: '/api/v1/query?query=' },
      { code: 'parameter_missing', parameter: 'query' },
    ],
    [
      'two queries',
      { target: '/api/v1/query?query=up&query=up' },
      { code: 'parameter_repeated', parameter: 'query' },
    ],
    [
      'a query in URL and body',
      { method: 'POST', headers: FORM, body: 'query=up' },
      { code: 'parameter_repeated', parameter: 'query' },
    ],
    [
      'an empty query beside another',
      { target: '/api/v1/query?query=&query=up' },
      { code: 'parameter_repeated', parameter: 'query' },
    ],
    [
      'values that differ',
      { target: '/api/v1/query?query=up&time=1&time=2' },
      { code: 'parameter_repeated', parameter: 'time' },
    ],
    [
      'an empty value beside another',
      { target: '/api/v1/query?query=up&time=&time=2' },
      { code: 'parameter_repeated', parameter: 'time' },
    ],
    [
      'a range without an end',
      { target: '/api/v1/query_range?query=up&start=1&step=1' },
      { code: 'parameter_missing', parameter: 'end' },
    ],
    [
      'a time that is none',
      { target: '/api/v1/query?query=up&time=now' },
      {
        code: 'parameter_invalid',
        parameter: 'time',
        expected: 'a time in seconds since 1970 or in RFC 3339',
      },
    ],
    [
      'partial answers, on and off',
      { target: '/api/v1/query?query=up&partial_response=true&partial_response=false' },
      { code: 'parameter_repeated', parameter: 'partial_response' },
    ],
    [
      'a switch that is neither on nor off',
      { target: '/api/v1/query?query=up&partial_response=yes' },
      { code: 'parameter_invalid', parameter: 'partial_response', expected: '"true" or "false"' },
    ],
    [
      'a malformed parameter in the body',
      { method: 'POST', headers: FORM, body: 'x=%zz' },
      { code: 'parameter_malformed', parameter: 'x' },
    ],
    [
      'a second namespace in the body that is no name',
      { method: 'POST', target: '/api/v1/query?namespace=a', headers: FORM, body: 'namespace=*' },
      { code: 'tenant_malformed', source: 'parameter' },
    ],
    [
      'an empty namespace',
      { target: '/api/v1/query?query=up&namespace=' },
      { code: 'tenant_malformed', source: 'parameter' },
    ],
    [
      'an empty tenant header',
      { headers: { 'X-Scope-OrgID': '' } },
      { code: 'tenant_malformed', source: 'header' },
    ],
    [
      'an empty path segment',
      { target: '/namespaces//api/v1/query?query=up' },
      { code: 'tenant_malformed', source: 'path' },
    ],
    [
      'sources that differ',
      { target: '/namespaces/a/api/v1/query?query=up&namespace=b' },
      { code: 'tenant_sources_differ', sources: ['path', 'parameter'] },
    ],
    [
      'more namespaces than are allowed',
      { target: '/namespaces/a,b,c,d/api/v1/query?query=up' },
      { code: 'limit_tenants', limit: 3, value: 4 },
    ],
  ])('refuses %s', (_what, sent, expected) => {
    expect(admit(sent)).toEqual(expected);
  });
});
