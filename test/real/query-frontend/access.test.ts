import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { type Below, READS } from './support/endpoints.ts';
import { bodyOf, dataOf, outcomeOf } from './support/envelope.ts';
import type { RunningFrontend } from './support/frontend-process.ts';
import { get, post, type Question, withHeaders, withToken } from './support/question.ts';
import { grant, untilAllowed } from './support/rights.ts';
import { AT, shows } from './support/tenant-series.ts';
import { startTwoTenants, TWO_TENANTS_PARTS, type TwoTenants } from './support/two-tenants.ts';

// Short, so that a test sees what the caches hide.
const TTL_MS = 1_000;
const CACHE = {
  authenticatedTtlMs: TTL_MS,
  rejectedTtlMs: TTL_MS,
  allowedTtlMs: TTL_MS,
  deniedTtlMs: TTL_MS,
};

const QUERY = '/api/v1/query';
const ORDERS = { query: 'shop_orders', ...AT };
const ALLOWED = { status: 200, code: undefined };
const DENIED = { status: 403, code: 'tenant_denied' };
const REJECTED = { status: 401, code: 'token_rejected' };

const BUILDINFO: Below = (prefix) => get(`${prefix}/api/v1/status/buildinfo`);

await describeReal('access to tenants', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  let token: string;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    frontend = await tenants.startFrontend({ cache: CACHE });
    token = await tenants.tokenOf('team-a');
  }, 300_000);

  afterAll(() => tenants?.stop());

  beforeEach(() => {
    tenants.proxy.forget();
  });

  const ask = (question: Question, as = token): ReturnType<RunningFrontend['ask']> =>
    frontend.ask(withToken(question, as));

  describe.each(READS)('%s', (_name, question) => {
    it('shows a tenant its own series, and nothing of the other', async () => {
      const answer = await ask(question('/namespaces/team-a'));
      expect(outcomeOf(answer)).toEqual(ALLOWED);
      expect(shows(answer.text, 'team-a')).toBe(true);
      expect(shows(answer.text, 'team-b')).toBe(false);
      expect(tenants.proxy.requests).toHaveLength(1);
    });

    it('denies the other namespace, and asks nobody', async () => {
      const answer = await ask(question('/namespaces/team-b'));
      expect(outcomeOf(answer)).toEqual(DENIED);
      expect(tenants.proxy.requests).toEqual([]);
    });

    it('rejects an unknown token, and asks nobody', async () => {
      const answer = await ask(question('/namespaces/team-a'), 'sha256~unknown');
      expect(outcomeOf(answer)).toEqual(REJECTED);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(tenants.proxy.requests).toEqual([]);
    });
  });

  it('answers buildinfo itself, to a caller it knows, for a namespace the caller may read', async () => {
    for (const prefix of ['', '/namespaces/team-a']) {
      const answer = await ask(BUILDINFO(prefix));
      expect(outcomeOf(answer)).toEqual(ALLOWED);
      expect(readPath(bodyOf(answer), 'data', 'version')).toMatch(/^\d+\.\d+\.\d+$/);
    }
    expect(outcomeOf(await ask(BUILDINFO('/namespaces/team-b')))).toEqual(DENIED);
    expect(outcomeOf(await ask(BUILDINFO(''), 'sha256~unknown'))).toEqual(REJECTED);
    const posted = await ask({ ...BUILDINFO(''), method: 'POST' });
    expect(outcomeOf(posted)).toEqual({ status: 405, code: 'method_not_allowed' });
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('asks the upstream the same, whichever way the namespace is named', async () => {
    const questions = [
      get(`/namespaces/team-a${QUERY}`, ORDERS),
      get(QUERY, { namespace: 'team-a', ...ORDERS }),
      withHeaders(get(QUERY, ORDERS), { 'X-Scope-OrgID': 'team-a' }),
      get(QUERY, ORDERS),
    ];
    for (const question of questions) expect(outcomeOf(await ask(question))).toEqual(ALLOWED);
    const [first] = tenants.proxy.requests;
    expect(new URL(`http://upstream${first?.url}`).searchParams.get('query')).toBe(
      'shop_orders{namespace="team-a"}',
    );
    expect(tenants.proxy.requests).toEqual(questions.map(() => first));
  });

  it('passes no token and no header of the caller on', async () => {
    const headers = {
      'X-Scope-OrgID': 'team-a',
      Cookie: 'session=sentinel',
      'X-Sentinel': 'sentinel',
      'X-Forwarded-For': '192.0.2.1',
      Forwarded: 'for=192.0.2.1;host=sentinel',
      'X-Forwarded-User': 'sentinel',
      'Proxy-Authorization': 'Basic c2VudGluZWw=',
      Accept: 'application/sentinel',
      'Accept-Encoding': 'gzip',
      'User-Agent': 'sentinel',
      'THANOS-TENANT': 'sentinel',
    };
    for (const [, question] of READS) {
      const answer = await ask(withHeaders(question('/namespaces/team-a'), headers));
      expect(outcomeOf(answer)).toEqual(ALLOWED);
    }
    // Long enough to travel as a form: a body of the frontend's own.
    const long = `shop_orders{shop!~"${'a|'.repeat(3_000)}"}`;
    const question = withHeaders(
      post(`/namespaces/team-a${QUERY}`, { query: long, ...AT }),
      headers,
    );
    expect(outcomeOf(await ask(question))).toEqual(ALLOWED);

    expect(tenants.proxy.requests.map((request) => request.method)).toEqual([
      ...READS.map(() => 'GET'),
      'POST',
    ]);
    const own = { accept: 'application/json', 'accept-encoding': 'identity' };
    for (const request of tenants.proxy.requests) {
      expect(request.headers).toEqual({
        host: new URL(tenants.proxy.url).host,
        connection: 'keep-alive',
        ...own,
        ...(request.method === 'POST' && {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(request.body.length),
        }),
      });
    }
    const sent = JSON.stringify(tenants.proxy.requests);
    expect(sent).not.toContain(token.slice(0, 20));
    expect(sent).not.toContain('sentinel');
  });

  it('writes who asked for what into its log, and no token', async () => {
    await ask(get(`/namespaces/team-a${QUERY}`, ORDERS));
    const log = await readFile(frontend.logFile, 'utf8');
    expect(log).toContain('"user":"system:serviceaccount:team-a:grafana"');
    expect(log).not.toContain(token.slice(-40));
    expect(log).not.toContain('shop_orders');
  });

  it('unites namespaces that are all allowed, and denies all when one is not', async () => {
    const { cluster } = tenants;
    await cluster.createServiceAccount('monitoring', 'both');
    for (const tenant of ['team-a', 'team-b'] as const) {
      await grant(cluster, tenant, { namespace: 'monitoring', name: 'both' });
    }
    const both = await cluster.requestToken('monitoring', 'both');
    const ways = [
      get(`/namespaces/team-a,team-b${QUERY}`, ORDERS),
      get(QUERY, { namespace: ['team-a', 'team-b'], ...ORDERS }),
      post(`${QUERY}?namespace=team-a`, { namespace: 'team-b', ...ORDERS }),
      withHeaders(get(QUERY, ORDERS), { 'X-Scope-OrgID': 'team-a|team-b' }),
    ];
    await poll(
      async () => ((await ask(ways[0] as Question, both)).status === 200 ? true : undefined),
      { what: 'both RoleBindings to be seen' },
    );
    for (const way of ways) {
      const answer = await ask(way, both);
      expect(shows(answer.text, 'team-a') && shows(answer.text, 'team-b')).toBe(true);
    }
    tenants.proxy.forget();
    for (const way of ways) expect(outcomeOf(await ask(way))).toEqual(DENIED);
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('keeps answers apart when both tenants ask at once', async () => {
    const tokens = { 'team-a': token, 'team-b': await tenants.tokenOf('team-b') };
    const names = ['team-a', 'team-b'] as const;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => READS).flatMap((reads) =>
        reads.flatMap(([, question]) =>
          names.map(async (name) => {
            const { text } = await ask(question(`/namespaces/${name}`), tokens[name]);
            return names.filter((other) => shows(text, other)).join() === name;
          }),
        ),
      ),
    );
    expect(answers).toHaveLength(20 * READS.length * names.length);
    expect(answers.every(Boolean)).toBe(true);
  });

  it('takes the own namespace of a ServiceAccount for one that is not named', async () => {
    const answer = await ask(get(QUERY, ORDERS));
    expect(shows(answer.text, 'team-a')).toBe(true);
    expect(shows(answer.text, 'team-b')).toBe(false);
  });

  it('needs no namespace for a query without selectors, and one for every other', async () => {
    await tenants.cluster.createServiceAccount('monitoring', 'nobody');
    const nobody = await tenants.cluster.requestToken('monitoring', 'nobody');
    const sum = await ask(get(QUERY, { query: '1+1', ...AT }), nobody);
    expect(readPath(dataOf(sum), 'result', 1)).toBe('2');
    tenants.proxy.forget();
    const orders = await ask(get(QUERY, ORDERS), nobody);
    expect(outcomeOf(orders)).toEqual({ status: 400, code: 'tenant_missing' });
    expect(tenants.proxy.requests).toEqual([]);
  });

  it('says the same of a namespace that does not exist as of a foreign one', async () => {
    const textOf = async (namespace: string): Promise<unknown> => {
      const answer = await ask(get(`/namespaces/${namespace}${QUERY}`, ORDERS));
      const { requestId: _, ...body } = bodyOf(answer) as Readonly<Record<string, unknown>>;
      const { date: _date, 'x-request-id': _id, ...headers } = answer.headers;
      const text = JSON.stringify({ status: answer.status, headers, body });
      return text.replaceAll(namespace, 'NAMESPACE');
    };
    const foreign = await textOf('team-b');
    expect(foreign).toContain('"status":403');
    expect(await textOf('team-x')).toBe(foreign);
  });

  it('follows a RoleBinding that goes within the time of the cache, and one that comes', async () => {
    const { cluster } = tenants;
    const own = get(`/namespaces/team-a${QUERY}`, ORDERS);
    expect(outcomeOf(await ask(own))).toEqual(ALLOWED);
    await cluster.deleteObject('rolebinding', 'metrics-reader-team-a-grafana', 'team-a');
    await untilAllowed(cluster, 'team-a', false);
    // From here on only the cache may still say yes.
    await new Promise((resolve) => setTimeout(resolve, TTL_MS));
    tenants.proxy.forget();
    expect(outcomeOf(await ask(own))).toEqual(DENIED);
    expect(tenants.proxy.requests).toEqual([]);

    await grant(cluster, 'team-a', { namespace: 'team-a', name: 'grafana' });
    await untilAllowed(cluster, 'team-a', true);
    await new Promise((resolve) => setTimeout(resolve, TTL_MS));
    expect(outcomeOf(await ask(own))).toEqual(ALLOWED);
  });
});
