import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpAnswer } from '../harness/http-request.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { bodyOf, dataOf, outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { ABSENCE_QUERIES, LEAKING_QUERIES } from './support/leaking-queries.ts';
import { get, post, type Question, send, withHeaders, withToken } from './support/question.ts';
import { AT, RANGE, seriesOf, shows } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

const OWN = '/namespaces/team-a';
const INSTANT = '/api/v1/query';
const OVER_RANGE = '/api/v1/query_range';
const SERIES = '/api/v1/series';
const LABELS = '/api/v1/labels';
const valuesOf = (label: string): string => `/api/v1/label/${label}/values`;

await describeReal('what a tenant cannot see', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  /** Holds the series of team-a alone, so its answers are what team-a ought to see. */
  let alone: RunningPrometheus;
  let frontend: RunningFrontend;
  let token: string;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    alone = await startPrometheus({ openMetrics: seriesOf('team-a') });
    frontend = await tenants.startFrontend();
    token = await tenants.tokenOf('team-a');
  }, 300_000);

  afterAll(async () => {
    await alone?.stop();
    await tenants?.stop();
  });

  beforeEach(() => {
    tenants.proxy.forget();
  });

  const ask = (question: Question): Promise<HttpAnswer> => frontend.ask(withToken(question, token));
  const askPrometheus = (question: Question): Promise<HttpAnswer> =>
    send(tenants.prometheus, question);

  describe.each(LEAKING_QUERIES)('%s', (query) => {
    it('shows its own series alone, and those of the other without a scope', async () => {
      const questions = [
        (prefix: string) => get(prefix + INSTANT, { query, ...AT }),
        (prefix: string) => post(prefix + INSTANT, { query, ...AT }),
        (prefix: string) => get(prefix + OVER_RANGE, { query, ...RANGE }),
        (prefix: string) => post(prefix + OVER_RANGE, { query, ...RANGE }),
      ];
      let shown = 0;
      for (const question of questions) {
        const answer = await ask(question(OWN));
        // An annotation of the answer is as public as its series.
        expect(shows(answer.text, 'team-b')).toBe(false);
        const expected = await send(alone, question(''));
        expect(answer.status).toBe(expected.status);
        if (expected.status === 200) expect(dataOf(answer)).toEqual(dataOf(expected));
        if (differs(await askPrometheus(question('')), expected)) shown += 1;
      }
      expect(shown).toBe(questions.length);
    });
  });

  it.each(ABSENCE_QUERIES)('answers %s as if there were one tenant', async (query) => {
    const fields = { query, ...AT };
    const [own, expected, unscoped] = [
      await ask(get(OWN + INSTANT, fields)),
      await send(alone, get(INSTANT, fields)),
      await askPrometheus(get(INSTANT, fields)),
    ].map((answer) => readPath(dataOf(answer), 'result', 'length'));
    expect(expected).toBe(1);
    expect(own).toBe(expected);
    expect(unscoped).toBe(0);
  });

  it('says nothing of the other tenant in warnings and infos', async () => {
    const query = 'quantile(scalar(max(shop_orders{namespace="team-b"})), up)';
    const fields = { query, ...AT };
    const warningsOf = (answer: HttpAnswer): string =>
      JSON.stringify([readPath(bodyOf(answer), 'warnings'), readPath(bodyOf(answer), 'infos')]);
    // The warning is the leak: the series themselves are those of whoever asks.
    expect(warningsOf(await askPrometheus(get(INSTANT, fields)))).toContain('424242');
    const warnings = warningsOf(await ask(get(OWN + INSTANT, fields)));
    expect(warnings).toContain('PromQL warning: quantile value should be between 0 and 1, got NaN');
    expect(warnings).not.toContain('424242');
  });

  it('denies a second namespace in the body of a POST', async () => {
    const fields = { query: 'shop_orders', ...AT, namespace: 'team-b' };
    for (const path of [`${INSTANT}?namespace=team-a`, `${INSTANT}?namespace=team-a&query=up`]) {
      const answer = await ask(post(path, fields));
      expect([400, 403]).toContain(answer.status);
      expect(shows(answer.text, 'team-b')).toBe(false);
    }
    const named = await ask(post(`${INSTANT}?namespace=team-a`, fields));
    expect(outcomeOf(named)).toEqual({ status: 403, code: 'tenant_denied' });
    const differing = await ask(post(OWN + INSTANT, fields));
    expect(outcomeOf(differing)).toEqual({ status: 400, code: 'tenant_sources_differ' });
    expect(tenants.proxy.requests).toEqual([]);
    const unscoped = await askPrometheus(post(`${INSTANT}?namespace=team-a`, fields));
    expect(shows(unscoped.text, 'team-b')).toBe(true);
  });

  it('refuses a body on GET, as a form and as multipart', async () => {
    const matcher = '{namespace="team-b"}';
    const path = `${valuesOf('shop')}?match[]=%7Bnamespace%3D%22team-a%22%7D`;
    const bodies = [
      withBody(path, 'application/x-www-form-urlencoded', `match[]=${encodeURIComponent(matcher)}`),
      withBody(path, 'multipart/form-data; boundary=edge', multipart('match[]', matcher)),
    ];
    for (const question of bodies) {
      const answer = await ask({ ...question, path: OWN + question.path });
      expect(outcomeOf(answer)).toEqual({ status: 400, code: 'body_unexpected' });
    }
    expect(tenants.proxy.requests).toEqual([]);
    // Prometheus reads the second one.
    const [asForm, asMultipart] = await Promise.all(bodies.map((body) => askPrometheus(body)));
    expect(shows(asForm?.text ?? '', 'team-b')).toBe(false);
    expect(shows(asMultipart?.text ?? '', 'team-b')).toBe(true);
  });

  it('scopes every match[], whether it stands in the URL or in the body', async () => {
    const inUrl =
      '?match[]=shop_orders%7Bnamespace%3D%22team-b%22%7D&match[]=%7Bjob%3D%22shop%22%7D';
    const bodyFields = { 'match[]': ['{namespace="team-b"}', '{namespace=~".+"}', 'shop_info'] };
    for (const path of [SERIES, LABELS]) {
      const question = post(path + inUrl, bodyFields);
      const own = await ask({ ...question, path: OWN + question.path });
      expect(own.status).toBe(200);
      expect(dataOf(own)).toEqual(dataOf(await send(alone, question)));
      expect(shows(own.text, 'team-a')).toBe(true);
      expect(shows(own.text, 'team-b')).toBe(false);
      expect(shows((await askPrometheus(question)).text, 'team-b')).toBe(true);
    }
    for (const { url, body } of tenants.proxy.requests) {
      const sent = new URL(`http://upstream${url}`).searchParams.getAll('match[]');
      expect(sent).toHaveLength(5);
      for (const match of sent) expect(match).toMatch(/namespace="team-a"\}$/);
      expect(body).toBe('');
    }
  });

  it.each([
    ['namespace', {}],
    ['namespace', { 'match[]': '{namespace="team-b"}' }],
    ['namespace', { 'match[]': ['up', '{namespace=~".+"}'] }],
    ['shop', {}],
    ['shop', { 'match[]': '{__name__=~".+", namespace!=""}' }],
    ['owner', { 'match[]': 'shop_info{namespace=~"team-."}' }],
    ['__name__', {}],
    ['kingfisher_id', {}],
  ])('lists values of the label %s out of its own series, given %j', async (label, fields) => {
    const question = get(valuesOf(label), fields);
    for (const own of [
      await ask(get(OWN + valuesOf(label), fields)),
      await ask({ method: 'POST', path: OWN + question.path }),
    ]) {
      expect(own.status).toBe(200);
      expect(dataOf(own)).toEqual(dataOf(await send(alone, question)));
      expect(own.text).not.toContain('team-b');
      expect(shows(own.text, 'team-b')).toBe(false);
    }
    const unscoped = await askPrometheus(question);
    expect(dataOf(unscoped)).not.toEqual(dataOf(await send(alone, question)));
  });

  it('lists label names out of its own series', async () => {
    const own = await ask(get(OWN + LABELS));
    expect(dataOf(own)).toEqual(dataOf(await send(alone, get(LABELS))));
    expect((await askPrometheus(get(LABELS))).text).toContain('kingfisher_id');
  });

  it('drops parameters that could widen the answer of an upstream', async () => {
    const fields = {
      query: 'shop_orders',
      ...AT,
      'storeMatch[]': '{namespace="team-b"}',
      tenant: 'team-b',
      'extra[]': 'team-b',
      Query: 'shop_orders{namespace="team-b"}',
      'query ': 'shop_orders{namespace="team-b"}',
    };
    const answer = await ask(post(OWN + INSTANT, fields));
    expect(shows(answer.text, 'team-b')).toBe(false);
    expect(tenants.proxy.requests.map(({ url }) => url)).toEqual([
      get(INSTANT, { query: 'shop_orders{namespace="team-a"}', ...AT }).path,
    ]);
  });

  /** Whether the unscoped answer tells more than the one over team-a's series alone. */
  function differs(unscoped: HttpAnswer, expected: HttpAnswer): boolean {
    if (shows(unscoped.text, 'team-b')) return true;
    if (unscoped.status !== expected.status) return true;
    return JSON.stringify(dataOf(unscoped)) !== JSON.stringify(dataOf(expected));
  }
});

function withBody(path: string, type: string, body: string): Question {
  return { ...withHeaders(get(path), { 'Content-Type': type }), body };
}

function multipart(name: string, value: string): string {
  return `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--edge--\r\n`;
}
