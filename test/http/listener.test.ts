import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PROMETHEUS_API_VERSION } from '../../frontend/http/local-answers.ts';
import type { Answer, Question } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { type Frontend, READER, ROBOT, startFrontend } from './harness/frontend.ts';
import { json, type Recorded, SUCCESS } from './harness/recording-upstream.ts';

const FORM = 'application/x-www-form-urlencoded';
const QUERY = '/api/v1/query?namespace=team-a&query=up';

let frontend: Frontend;
let before = 0;

beforeAll(async () => {
  frontend = await startFrontend({
    limits: { tenants: 3, bodyBytes: 8_192, queryBytes: 6_000, scopedBytes: 9_000 },
  });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
});

beforeEach(() => {
  before = frontend.upstream.recorded.length;
  frontend.upstream.respondWith(json(SUCCESS));
});

function sentUpstream(): readonly Recorded[] {
  return frontend.upstream.recorded.slice(before);
}

async function onlySent(path: string, question: Question = {}): Promise<Recorded> {
  const answer = await frontend.ask(path, question);
  expect(answer).toMatchObject({ status: 200, text: SUCCESS });
  const [sent, ...others] = sentUpstream();
  if (sent === undefined || others.length > 0) throw new Error('expected one upstream request');
  return sent;
}

function post(body: string, headers: Question['headers'] = {}): Question {
  return { method: 'POST', body, headers: { 'Content-Type': FORM, ...headers } };
}

function expectRefusal(answer: Answer, status: number, code: string): void {
  const envelope: unknown = JSON.parse(answer.text);
  expect(envelope).toMatchObject({ status: 'error', code });
  expect(answer.status).toBe(status);
  expect(answer.isWhole).toBe(true);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    vary: 'Authorization',
    'x-content-type-options': 'nosniff',
  });
  expect(envelope).toHaveProperty('requestId', answer.headers['x-request-id']);
  expect(sentUpstream()).toEqual([]);
}

describe('who is calling', () => {
  it.each<[string, Record<string, string | readonly string[]>, string]>([
    ['an empty header', { Authorization: '' }, 'token_missing'],
    ['no token', { Authorization: 'Bearer' }, 'token_missing'],
    ['spaces for a token', { Authorization: 'Bearer   ' }, 'token_missing'],
    ['another scheme', { Authorization: 'Basic YTpi' }, 'token_malformed'],
    ['two tokens', { Authorization: [`Bearer ${READER}`, 'Bearer x'] }, 'token_malformed'],
    [
      'a token twice',
      { Authorization: [`Bearer ${READER}`, `Bearer ${READER}`] },
      'token_malformed',
    ],
    ['two in one header', { Authorization: `Bearer ${READER}, Bearer x` }, 'token_malformed'],
    ['a token of 9 KiB', { Authorization: `Bearer ${'x'.repeat(9_216)}` }, 'token_malformed'],
    ['a token of Latin-1', { Authorization: 'Bearer t\u00f6ken' }, 'token_malformed'],
    ['an unknown token', { Authorization: 'Bearer unknown' }, 'token_rejected'],
    ['a token called __proto__', { Authorization: 'Bearer __proto__' }, 'token_rejected'],
  ])('refuses %s with 401', async (_what, headers, code) => {
    const answer = await frontend.ask(QUERY, { headers });
    expectRefusal(answer, 401, code);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('takes no token from elsewhere', async () => {
    const headers = {
      Authorization: [],
      Cookie: `token=${READER}`,
      'Sec-WebSocket-Protocol': `base64url.bearer.authorization.k8s.io.${READER}`,
      'Proxy-Authorization': `Bearer ${READER}`,
      'X-Remote-User': 'jane',
      'X-Forwarded-User': 'jane',
      'Impersonate-User': 'jane',
    };
    const answer = await frontend.ask(`${QUERY}&access_token=${READER}`, { headers });
    expectRefusal(answer, 401, 'token_missing');
  });

  it('takes the scheme in any case', async () => {
    await onlySent(QUERY, { headers: { Authorization: `bearer  ${READER}` } });
  });
});

describe('which tenants', () => {
  it.each<[string, string, Question, string]>([
    ['the path', '/namespaces/team-a/api/v1/query?query=up', {}, 'namespace="team-a"'],
    ['the parameter', QUERY, {}, 'namespace="team-a"'],
    ['the header', '/api/v1/query?query=up', { headers: { 'X-Scope-OrgID': 'team-b' } }, 'namespace="team-b"'], // prettier-ignore
    ['the form', '/api/v1/query?query=up', post('namespace=team-b'), 'namespace="team-b"'],
    ['URL and form together', QUERY, post('namespace=team-b'), 'namespace=~"team-a|team-b"'],
    ['the ServiceAccount', '/api/v1/query?query=up', { headers: { Authorization: `Bearer ${ROBOT}` } }, 'namespace="team-a"'], // prettier-ignore
  ])('are those of %s', async (_what, path, question, matcher) => {
    const sent = await onlySent(path, question);
    expect(sent.parameters).toEqual([['query', `up{${matcher}}`]]);
  });

  it.each<[string, string, Question, number, string]>([
    ['a foreign one', '/api/v1/query?query=up&namespace=victim', {}, 403, 'tenant_denied'],
    ['a second, foreign one', `${QUERY}&namespace=victim`, {}, 403, 'tenant_denied'],
    ['a foreign one in the body', QUERY, post('namespace=victim'), 403, 'tenant_denied'],
    ['a foreign one for no series', '/api/v1/query?query=1&namespace=victim', {}, 403, 'tenant_denied'], // prettier-ignore
    ['a foreign one for buildinfo', '/api/v1/status/buildinfo?namespace=victim', {}, 403, 'tenant_denied'], // prettier-ignore
    ['a foreign header', QUERY, { headers: { 'X-Scope-OrgID': 'victim' } }, 400, 'tenant_sources_differ'], // prettier-ignore
    ['a foreign path', `/namespaces/victim${QUERY}`, {}, 400, 'tenant_sources_differ'],
    ['none', '/api/v1/query?query=up', {}, 400, 'tenant_missing'],
    ['a pattern', '/api/v1/query?query=up&namespace=.*', {}, 400, 'tenant_malformed'],
    ['an empty one', '/api/v1/query?query=up&namespace=', {}, 400, 'tenant_malformed'],
    ['bars', '/api/v1/query?query=up&namespace=team-a%7Cvictim', {}, 400, 'tenant_malformed'],
    ['too many', '/api/v1/query?query=up&namespace=a&namespace=b&namespace=c&namespace=d', {}, 422, 'limit_tenants'], // prettier-ignore
    ['a bracketed name alone', '/api/v1/query?query=up&namespace[]=team-a', {}, 400, 'tenant_missing'], // prettier-ignore
    ['another case alone', '/api/v1/query?query=up&Namespace=team-a', {}, 400, 'tenant_missing'],
    ['a name hidden behind a semicolon', '/api/v1/query?query=up&a=1;namespace=team-a', {}, 400, 'tenant_missing'], // prettier-ignore
    ['a name with NUL', '/api/v1/query?query=up&namespace%00=team-a', {}, 400, 'parameter_malformed'], // prettier-ignore
  ])('are not %s', async (_what, path, question, status, code) => {
    expectRefusal(await frontend.ask(path, question), status, code);
  });

  it('are denied in the same words whether they exist or not', async () => {
    const answer = await frontend.ask('/api/v1/query?query=up&namespace=kube-system');
    expect(JSON.parse(answer.text)).toMatchObject({
      errorType: 'forbidden',
      error: 'not allowed to read metrics in namespace kube-system',
    });
  });

  it('are not needed where no series are read', async () => {
    const sent = await onlySent('/api/v1/query?query=1%2B1');
    expect(sent.parameters).toEqual([['query', '1 + 1']]);
  });
});

describe('what is taken from a request', () => {
  it.each([
    '/',
    '/api/v1/%71uery?query=up',
    '//api/v1/query?query=up',
    '/api/v1/query/?query=up',
    '/api/v1/query;x=y?query=up',
    '/api/v1/admin/tsdb/delete_series',
    '/api/v1/status/config',
    '/api/v1/write',
    '/federate',
    '/-/reload',
    '/metrics',
  ])('knows no path %s', async (path) => {
    expectRefusal(await frontend.ask(path), 404, 'route_unknown');
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PURGE', 'PROPFIND'])(
    'refuses %s with the methods that are allowed',
    async (method) => {
      const answer = await frontend.ask(QUERY, {
        method,
        headers: { 'X-HTTP-Method-Override': 'GET' },
      });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe('GET, POST');
      expect(sentUpstream()).toEqual([]);
      if (method !== 'HEAD') expectRefusal(answer, 405, 'method_not_allowed');
    },
  );

  it.each<[string, string, Question, number, string]>([
    [
      'a form on GET',
      QUERY,
      { ...post('namespace=victim'), method: 'GET' },
      400,
      'body_unexpected',
    ],
    ['a multipart body on GET', QUERY, { method: 'GET', body: '--x--', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }, 400, 'body_unexpected'], // prettier-ignore
    ['a body on label values', '/api/v1/label/job/values', post('namespace=team-a'), 400, 'body_unexpected'], // prettier-ignore
    [
      'JSON',
      QUERY,
      post('{}', { 'Content-Type': 'application/json' }),
      415,
      'body_type_unsupported',
    ],
    ['text', QUERY, post('a', { 'Content-Type': 'text/plain' }), 415, 'body_type_unsupported'],
    ['two types', QUERY, post('a', { 'Content-Type': [FORM, 'text/plain'] }), 415, 'body_type_unsupported'], // prettier-ignore
    ['a compressed form', QUERY, post('a', { 'Content-Encoding': 'gzip' }), 415, 'body_encoding_unsupported'], // prettier-ignore
    ['a form beyond the limit', QUERY, post(`a=${'x'.repeat(8_192)}`), 413, 'body_too_large'],
    ['a chunked form beyond the limit', QUERY, post(`a=${'x'.repeat(8_192)}`, { 'Transfer-Encoding': 'chunked' }), 413, 'body_too_large'], // prettier-ignore
    ['two queries', `${QUERY}&query=up`, {}, 400, 'parameter_repeated'],
    ['a query in URL and body', QUERY, post('query=down'), 400, 'parameter_repeated'],
    ['no query', '/api/v1/query?namespace=team-a', {}, 400, 'parameter_missing'],
    ['an empty query', '/api/v1/query?namespace=team-a&query=', {}, 400, 'parameter_missing'],
    ['times that differ', `${QUERY}&time=1`, post('time=2'), 400, 'parameter_repeated'],
    ['a bad escape', `${QUERY}&x=%zz`, {}, 400, 'parameter_malformed'],
    ['bytes that are not UTF-8', `${QUERY}&x=%ff`, {}, 400, 'parameter_malformed'],
    ['a line break in a time', `${QUERY}&time=1%0d%0aX:1`, {}, 400, 'parameter_malformed'],
    ['NUL in a query', '/api/v1/query?query=up%00', {}, 400, 'parameter_malformed'],
    ['a time that is none', `${QUERY}&time=NaN`, {}, 400, 'parameter_invalid'],
    ['too many parameters', QUERY, post('a&'.repeat(1_000)), 422, 'limit_parameters'],
    ['a query beyond its limit', QUERY.replace('up', 'up'.repeat(3_001)), {}, 422, 'limit_query_bytes'], // prettier-ignore
    ['a query that its scope makes too long', '/api/v1/query', post(`namespace=team-a&namespace=team-b&query=${'a%2B'.repeat(450)}a`), 422, 'limit_scoped_bytes'], // prettier-ignore
    ['a query nested too deep', QUERY.replace('up', '('.repeat(300)), {}, 422, 'limit_query_depth'],
    ['PromQL that does not parse', QUERY.replace('up', 'up%7B'), {}, 400, 'query_malformed'],
    ['PromQL that does not parse, of a foreign tenant', '/api/v1/query?namespace=victim&query=up%7B', {}, 403, 'tenant_denied'], // prettier-ignore
    ['a selector that does not parse, of a foreign tenant', '/api/v1/series?namespace=victim&match[]=%7B', {}, 403, 'tenant_denied'], // prettier-ignore
    ['a selector that is a query', '/api/v1/series?namespace=team-a&match[]=sum(up)', {}, 400, 'query_malformed'], // prettier-ignore
    ['an upgrade', QUERY, { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }, 400, 'upgrade_refused'], // prettier-ignore
    ['another expectation', QUERY, { headers: { Expect: 'x' } }, 417, 'expectation_refused'],
  ])('refuses %s', async (_what, path, question, status, code) => {
    expectRefusal(await frontend.ask(path, question), status, code);
  });

  it('says where a query is wrong', async () => {
    const path = `/api/v1/query?namespace=team-a&query=${encodeURIComponent('"\u00e9" +\n up{')}`;
    expect(JSON.parse((await frontend.ask(path)).text)).toMatchObject({
      errorType: 'bad_data',
      position: { offset: 11, line: 2, column: 5 },
    });
  });

  it('takes custom parameters that come twice', async () => {
    const twice = 'namespace=team-a&dedup=true';
    const sent = await onlySent(`/api/v1/query?${twice}`, post(`query=up&${twice}`));
    expect(sent.parameters).toEqual([['query', 'up{namespace="team-a"}'], ['dedup', 'true']]); // prettier-ignore
  });

  it('takes a query of several lines, and sends one', async () => {
    const sent = await onlySent(QUERY.replace('up', 'up%0d%0a%20%2B%0aup%20%23%20end'));
    expect(sent.parameters).toEqual([['query', 'up{namespace="team-a"} + up{namespace="team-a"}']]);
  });

  it('turns an empty POST for label values into a GET', async () => {
    const sent = await onlySent('/api/v1/label/job/values?namespace=team-a', post(''));
    expect(sent).toMatchObject({ method: 'GET', path: '/api/v1/label/job/values' });
  });

  it('reads a form that is sent after 100 Continue', async () => {
    const sent = await onlySent(QUERY, post('time=5', { Expect: '100-continue' }));
    expect(sent.parameters).toContainEqual(['time', '5']);
  });

  it('leaves __proto__ and its like without effect', async () => {
    const odd = '__proto__[x]=1&__proto__=1&constructor=1&toString=1&hasOwnProperty=1';
    const sent = await onlySent(`${QUERY}&${odd}`);
    expect(sent.parameters).toEqual([['query', 'up{namespace="team-a"}']]);
  });
});

describe('what goes upstream', () => {
  const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

  it('has none of the headers of the client', async () => {
    const headers = {
      'X-Scope-OrgID': 'team-a',
      'THANOS-TENANT': 'victim',
      Cookie: 'a=b',
      'X-Forwarded-For': '1.2.3.4',
      'X-Remote-User': 'admin',
      X_Remote_User: 'admin',
      'Impersonate-User': 'admin',
      'X-Grafana-Org-Id': '1',
      'Accept-Encoding': 'gzip',
      'If-None-Match': '*',
      Range: 'bytes=0-1',
      Connection: 'X-Scope-OrgID, keep-alive',
      'User-Agent': 'grafana',
      Accept: 'text/html',
      TE: 'trailers',
      traceparent: TRACE,
      tracestate: 'a=b',
    };
    const sent = await onlySent(QUERY, { headers });
    expect(sent.headers).toEqual({
      host: frontend.upstream.url.slice('http://'.length),
      accept: 'application/json',
      'accept-encoding': 'identity',
      traceparent: TRACE,
      connection: 'keep-alive',
    });
  });

  it('is a GET without a body when it is short, whatever the client sent', async () => {
    const sent = await onlySent('/api/v1/query', post('query=up&namespace=team-a'));
    expect(sent).toMatchObject({ method: 'GET', body: '', path: '/api/v1/query' });
    expect(JSON.stringify(sent)).not.toContain(READER);
  });

  it('is a form of ours when it is long', async () => {
    const long = Array.from({ length: 200 }, (_, i) => `metric_number_${i}`).join('+or+');
    const sent = await onlySent('/api/v1/query', post(`namespace=team-a&time=1&query=${long}`));
    expect(sent).toMatchObject({ method: 'POST', search: '' });
    expect(sent.headers).toMatchObject({
      'content-type': FORM,
      'content-length': String(sent.body.length),
    });
    expect(sent.headers).not.toHaveProperty('authorization');
    const [[name, query] = [], ...rest] = sent.parameters;
    expect(name).toBe('query');
    expect(query?.match(/namespace="team-a"/g)).toHaveLength(200);
    expect(rest).toEqual([['time', '1']]);
  });

  it('is scoped in every selector of every list', async () => {
    const sent = await onlySent('/api/v1/series?match[]=a&namespace=team-a', post('match[]=b'));
    expect(sent.parameters).toEqual([
      ['match[]', 'a{namespace="team-a"}'],
      ['match[]', 'b{namespace="team-a"}'],
    ]);
  });

  it('holds the scope where no selector was sent', async () => {
    const sent = await onlySent('/api/v1/labels?namespace=team-a');
    expect(sent.parameters).toEqual([['match[]', '{namespace="team-a"}']]);
  });

  it('is nothing for buildinfo', async () => {
    const answer = await frontend.ask('/api/v1/status/buildinfo');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 'success',
      data: { version: PROMETHEUS_API_VERSION },
    });
    expect(sentUpstream()).toEqual([]);
  });
});

describe('a matcher on the tenancy label', () => {
  const foreign = QUERY.replace('up', encodeURIComponent('up{namespace="victim"}'));

  it('narrows and never widens', async () => {
    const sent = await onlySent(foreign);
    expect(sent.parameters).toEqual([['query', 'up{namespace="victim",namespace="team-a"}']]);
  });

  it('is refused where the installation asks for that', async () => {
    await using strict = await startFrontend({ scopingMode: 'error' });
    const answer = await strict.ask(foreign);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'tenant_matcher_conflict' });
    expect(strict.upstream.recorded).toEqual([]);
  });
});

describe('the account of a request', () => {
  it('is one line of the audit log and one count, without the token', async () => {
    const lines = frontend.log.length;
    const counts = frontend.finished.length;
    const answer = await frontend.ask(QUERY.replace('team-a', 'victim'));
    await eventually(
      () => frontend.log.length,
      (length) => length > lines,
    );
    expect(frontend.log.slice(lines)).toMatchObject([
      {
        event: 'decision',
        fields: {
          requestId: answer.headers['x-request-id'],
          user: 'jane',
          tenants: 'victim',
          route: 'query',
          decision: 'tenant_denied',
          status: 403,
        },
      },
    ]);
    expect(frontend.finished.slice(counts)).toMatchObject([
      { route: 'query', status: 403, decision: 'tenant_denied' },
    ]);
    expect(JSON.stringify(frontend.log)).not.toContain(READER);
  });
});
