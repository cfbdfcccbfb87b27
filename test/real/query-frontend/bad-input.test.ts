import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpAnswer } from '../harness/http-request.ts';
import { describeReal } from '../harness/skip.ts';
import {
  BAD_FRAMING,
  BAD_METHODS,
  BAD_PARAMETERS,
  type BadRequest,
  UNKNOWN_ROUTES,
} from './support/bad-requests.ts';
import { bodyOf, outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { get, post, type Question, send, withToken } from './support/question.ts';
import { AT } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

/** Expressions that Prometheus refuses too, and where the mistake is: offset, line and column. */
const BAD_QUERIES: readonly (readonly [query: string, at: readonly [number, number, number]])[] = [
  ['sum(', [4, 1, 5]],
  ['sum by (job) up', [13, 1, 14]],
  ['foo bar', [4, 1, 5]],
  ['shop_orders{shop="é"} )', [23, 1, 23]],
  ['sum(\n  rate(shop_orders)\n)', [7, 2, 3]],
  ['up[5m] offset', [13, 1, 14]],
  ['up{shop=~"("}', [9, 1, 10]],
  ['{}', [0, 1, 1]],
  ['{namespace=~".*"}', [0, 1, 1]],
  ['up{__name__="shop_orders"}', [0, 1, 1]],
  ['"never closed', [0, 1, 1]],
  ['nonsense(up)', [0, 1, 1]],
  // Types that do not fit.
  ['rate(up)', [0, 1, 1]],
  ['rate(up[5m], 2)', [0, 1, 1]],
  ['sum(up[5m])', [0, 1, 1]],
  ['1 == 2', [2, 1, 3]],
  ['up and 1', [3, 1, 4]],
  ['label_replace(up, 1, 2, 3, 4)', [0, 1, 1]],
  ['topk("1", up)', [0, 1, 1]],
];

/** Expressions that need a feature flag. `info` reads series that its query does not name. */
const UNSUPPORTED_QUERIES = ['info(up)', 'limitk(1, up)', 'sort_by_label(up, "job")'];

await describeReal('bad input', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  let token: string;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    frontend = await tenants.startFrontend();
    token = await tenants.tokenOf('team-a');
    // Every refusal below is for the form of a request whose caller is in order.
    const good = await ask(get('/namespaces/team-a/api/v1/query', { query: 'up', ...AT }));
    expect(good.status).toBe(200);
  }, 300_000);

  afterAll(() => tenants?.stop());

  beforeEach(() => {
    tenants.proxy.forget();
  });

  const ask = (question: Question): Promise<HttpAnswer> => frontend.ask(withToken(question, token));

  const expectRefusal = (
    answer: HttpAnswer,
    expected: Pick<BadRequest, 'status' | 'code' | 'headers'>,
    more: object = {},
  ): void => {
    expect(outcomeOf(answer)).toEqual({ status: expected.status, code: expected.code });
    expect(bodyOf(answer)).toEqual({
      status: 'error',
      errorType: expect.stringMatching(/^(?:bad_data|not_found)$/),
      error: expect.stringMatching(/./),
      code: expected.code,
      requestId: answer.headers['x-request-id'],
      ...more,
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...expected.headers,
    });
    expect(tenants.proxy.requests).toEqual([]);
  };

  it.each(BAD_QUERIES)('says where %j is wrong', async (query, [offset, line, column]) => {
    const more = { position: { offset, line, column } };
    const refused = { status: 400, code: 'query_malformed' };
    const fields = { query, ...AT };
    expectRefusal(await ask(get('/namespaces/team-a/api/v1/query', fields)), refused, more);
    expectRefusal(await ask(post('/namespaces/team-a/api/v1/query', fields)), refused, more);
    const own = await send(tenants.prometheus, get('/api/v1/query', fields));
    expect(own.status).toBe(400);
  });

  it.each(UNSUPPORTED_QUERIES)('refuses %s by name', async (query) => {
    const answer = await ask(get('/namespaces/team-a/api/v1/query', { query, ...AT }));
    const position = { offset: 0, line: 1, column: 1 };
    expectRefusal(answer, { status: 400, code: 'query_unsupported' }, { position });
  });

  it('says where a match[] is wrong', async () => {
    const fields = { 'match[]': ['up', 'shop_orders{shop=}'] };
    for (const path of ['series', 'labels'].map((name) => `/namespaces/team-a/api/v1/${name}`)) {
      for (const question of [get(path, fields), post(path, fields)]) {
        const position = { offset: 17, line: 1, column: 18 };
        expectRefusal(await ask(question), { status: 400, code: 'query_malformed' }, { position });
      }
    }
  });

  describe.each([
    ['methods', BAD_METHODS],
    ['routes', UNKNOWN_ROUTES],
    ['parameters', BAD_PARAMETERS],
    ['framing', BAD_FRAMING],
  ] as const)('of %s', (_kind, requests) => {
    it.each(requests)('refuses $what', async ({ question, ...expected }) => {
      expectRefusal(await ask(question), expected);
    });
  });

  it('answers HEAD without a body', async () => {
    const answer = await ask({ ...get('/api/v1/query', { query: 'up' }), method: 'HEAD' });
    expect(answer.status).toBe(405);
    expect(answer.headers).toMatchObject({ allow: 'GET, POST' });
    expect(answer.text).toBe('');
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('is no proxy: it opens no tunnel and takes no absolute target', async () => {
    await expect(
      ask({ method: 'CONNECT', path: new URL(tenants.prometheus.url).host }),
    ).rejects.toThrow(/socket hang up|ECONNRESET/);
    const absolute = await ask(get(`${tenants.prometheus.url}/api/v1/query`, { query: 'up' }));
    expectRefusal(absolute, { status: 404, code: 'route_unknown' });
  });
});
