import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Access } from '../../frontend/access/access.ts';
import type { Explanation } from '../../frontend/http/explain-request.ts';
import { refuse } from '../../frontend/result.ts';
import type { Answer, Question } from './harness/ask.ts';
import { ACCESS, type Frontend, READER, ROBOT, startFrontend } from './harness/frontend.ts';

const ATTRIBUTES = { verb: 'get', group: '', resource: 'namespace', subresource: 'metrics' };

// Allows from memory, denies live, and knows nothing of one namespace.
const TELLING_ACCESS: Access = {
  ...ACCESS,
  authorize: async (identity, tenants, onDenied) => {
    if (tenants.some((it) => String(it) === 'team-away')) {
      return refuse({ code: 'access_review_unavailable', retryAfterSeconds: 1 });
    }
    const authorized = await ACCESS.authorize(identity, tenants);
    if (authorized.ok) return { ok: true, value: { ...authorized.value, source: 'cache' } };
    onDenied?.('live');
    return authorized;
  },
};

let frontend: Frontend;

beforeAll(async () => {
  frontend = await startFrontend({ access: TELLING_ACCESS, attributes: ATTRIBUTES });
});

afterAll(async () => {
  expect(frontend.upstream.recorded).toEqual([]);
  await frontend[Symbol.asyncDispose]();
});

function explain(parameters: string, question: Question = {}): Promise<Answer> {
  return frontend.ask(`/-/explain?${parameters}`, question);
}

async function explained(parameters: string, question: Question = {}): Promise<Explanation> {
  const answer = await explain(parameters, question);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  return (JSON.parse(answer.text) as { readonly data: Explanation }).data;
}

describe('/-/explain', () => {
  it('says who is calling, what they may read, and what would be sent', async () => {
    const { limits, ...rest } = await explained('namespace=team-a&query=sum(up)');
    expect(rest).toEqual({
      identity: { username: 'jane', groups: [], source: 'live' },
      attributes: ATTRIBUTES,
      namespaces: [{ name: 'team-a', verdict: 'allowed', source: 'cache' }],
      query: { route: 'query', outcome: 'sent', text: 'sum(up{namespace="team-a"})' },
    });
    expect(limits).toMatchObject({ tenants: 200, queryBytes: 32_768, deadlineMs: 10_000 });
  });

  it('judges every namespace on its own, and the query as a whole', async () => {
    const { namespaces, query } = await explained(
      'namespace=team-a&namespace=team-x&namespace=team-b&namespace=team-away&query=up',
    );
    expect(namespaces).toEqual([
      { name: 'team-a', verdict: 'allowed', source: 'cache' },
      { name: 'team-x', verdict: 'denied', source: 'live' },
      { name: 'team-b', verdict: 'allowed', source: 'cache' },
      { name: 'team-away', verdict: 'unknown' },
    ]);
    expect(query).toMatchObject({ outcome: 'refused', code: 'access_review_unavailable' });
  });

  it('gives no scoped query to who may not read all of it', async () => {
    const answer = await explain('namespace=team-a,team-x&query=up');
    expect(answer.status).toBe(400);
    const { query } = await explained('namespace=team-a&namespace=team-x&query=up');
    expect(query).toEqual({
      route: 'query',
      outcome: 'refused',
      status: 403,
      code: 'tenant_denied',
      message: 'not allowed to read metrics in namespace team-x',
    });
  });

  it('says where a query is wrong', async () => {
    const { query } = await explained('namespace=team-a&query=sum(');
    expect(query).toMatchObject({
      outcome: 'refused',
      status: 400,
      position: { line: 1, column: 5 },
    });
  });

  it('says which limit a range breaks', async () => {
    const { query } = await explained('namespace=team-a&query=up&start=0&end=1e6&step=1');
    expect(query).toMatchObject({ route: 'query_range', outcome: 'refused', code: 'limit_points' });
  });

  it('says what a range lacks', async () => {
    const { query } = await explained('namespace=team-a&query=up&start=0');
    expect(query).toMatchObject({ code: 'parameter_missing', status: 400 });
  });

  it('names the namespace of a ServiceAccount that names none', async () => {
    const { namespaces, query } = await explained('query=up', {
      headers: { Authorization: `Bearer ${ROBOT}` },
    });
    expect(namespaces).toEqual([{ name: 'team-a', verdict: 'allowed', source: 'cache' }]);
    expect(query).toMatchObject({ outcome: 'sent', text: 'up{namespace="team-a"}' });
  });

  it('names nothing to who names nothing', async () => {
    const { namespaces, query } = await explained('query=up');
    expect(namespaces).toEqual([]);
    expect(query).toMatchObject({ outcome: 'refused', code: 'tenant_missing' });
  });

  it('needs no query', async () => {
    expect(await explained('namespace=team-a')).not.toHaveProperty('query');
  });

  it('explains a query without any selector', async () => {
    const { query } = await explained('query=1%2B1');
    expect(query).toEqual({ route: 'query', outcome: 'sent', text: '1 + 1' });
  });

  it('takes a form, and namespaces from the path', async () => {
    const answer = await frontend.ask('/namespaces/team-b/-/explain', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'query=up',
    });
    expect(answer.text).toContain('up{namespace=\\"team-b\\"}');
  });

  it('is for callers with a token', async () => {
    const headers = { Authorization: 'Bearer wrong' };
    expect(await explain('namespace=team-a', { headers })).toMatchObject({ status: 401 });
  });

  it('covers so many namespaces and no more, because each costs a review', async () => {
    const names = Array.from({ length: 21 }, (_, index) => `namespace=team-${index}`).join('&');
    const answer = await explain(names);
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.text).toContain('at most 20');
  });

  it('leaves a line in the audit log, without the token', async () => {
    await explained('namespace=team-a&query=up');
    const line = frontend.log.at(-1);
    expect(line).toMatchObject({ event: 'decision', fields: { route: 'explain', user: 'jane' } });
    expect(JSON.stringify(frontend.log)).not.toContain(READER);
  });
});
