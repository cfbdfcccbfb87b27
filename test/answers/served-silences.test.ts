import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Access, WriteVerb } from '../../frontend/access/access.ts';
import { accept, refuse } from '../../frontend/result.ts';
import type { Answer } from '../http/harness/ask.ts';
import { ACCESS, READER, ROBOT } from '../http/harness/frontend.ts';
import { json, type Recorded } from '../http/harness/recording-upstream.ts';
import { scopeOf } from './scopes.ts';
import { type ServedEndpoints, startServed } from './served.ts';

const OWN = '0b6d6e3a-1c2d-4e5f-8a9b-00000000000a';
const FOREIGN = '0b6d6e3a-1c2d-4e5f-8a9b-00000000000b';
const WIDE = '0b6d6e3a-1c2d-4e5f-8a9b-00000000000c';
const ABSENT = '0b6d6e3a-1c2d-4e5f-8a9b-00000000000d';
const NEW = '0b6d6e3a-1c2d-4e5f-8a9b-00000000000e';

/** Which verbs each user has in which namespaces. */
const RIGHTS: Readonly<Record<string, Readonly<Record<string, readonly WriteVerb[]>>>> = {
  jane: { 'team-a': ['create', 'update', 'delete'], 'team-b': ['create'] },
  'system:serviceaccount:team-a:grafana': { 'team-a': ['create'] },
};

const WRITERS: Access = {
  ...ACCESS,
  authorizeWrite: async ({ username }, tenants, verb) => {
    const denied = tenants.find((it) => RIGHTS[username]?.[it]?.includes(verb) !== true);
    return denied === undefined
      ? accept({ scope: scopeOf(...tenants), source: 'live' })
      : refuse({ code: 'tenant_denied', tenant: denied });
  },
};

const onNamespace = (value: string, more: object = {}): object => ({
  name: 'namespace',
  value,
  isRegex: false,
  isEqual: true,
  ...more,
});
const DOWN = { name: 'alertname', value: 'Down', isRegex: false, isEqual: true };

const BODY = {
  matchers: [DOWN],
  startsAt: '2026-11-21T10:00:00.000Z',
  endsAt: '2026-11-21T12:00:00.000Z',
  createdBy: 'jane',
  comment: 'at work',
};

const STORED: Readonly<Record<string, readonly object[]>> = {
  [OWN]: [onNamespace('team-a'), DOWN],
  [FOREIGN]: [onNamespace('team-c'), DOWN],
  [WIDE]: [onNamespace('team-.*', { isRegex: true })],
};

let served: ServedEndpoints;

beforeAll(async () => {
  served = await startServed({ access: WRITERS });
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

beforeEach(() => {
  served.alertmanager.respondWith((response, recorded) => {
    const id = recorded.path.split('/').at(-1) ?? '';
    const matchers = STORED[id];
    if (recorded.method === 'POST')
      json(JSON.stringify({ silenceID: NEW, more: 1 }))(response, recorded); // prettier-ignore
    else if (matchers === undefined) json('', 404)(response, recorded);
    else if (recorded.method === 'DELETE') {
      response.writeHead(200, { 'Content-Length': 0 });
      response.end();
    } else json(JSON.stringify({ ...BODY, id, matchers, status: {} }))(response, recorded);
  });
});

interface Outcome {
  readonly answer: Answer;
  readonly code: string | undefined;
  readonly sent: readonly Recorded[];
}

async function outcomeOf(asked: () => Promise<Answer>): Promise<Outcome> {
  const before = served.alertmanager.recorded.length;
  const answer = await asked();
  const body = answer.text === '' ? {} : (JSON.parse(answer.text) as { code?: string });
  return { answer, code: body.code, sent: served.alertmanager.recorded.slice(before) };
}

function post(body: unknown, path = '/namespaces/team-a', headers = {}): Promise<Outcome> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return outcomeOf(() =>
    served.frontend.ask(`${path}/api/v2/silences`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: text,
    }),
  );
}

function expire(id: string, path = '/namespaces/team-a', headers = {}): Promise<Outcome> {
  return outcomeOf(() =>
    served.frontend.ask(`${path}/api/v2/silence/${id}`, { method: 'DELETE', headers }),
  );
}

describe('creating a silence', () => {
  it('adds the matcher, sends a body of ours, and gives the identifier', async () => {
    const { answer, sent } = await post({ ...BODY, more: 'secret' });
    expect([answer.status, answer.text]).toEqual([200, `{"silenceID":"${NEW}"}\n`]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: 'POST', path: '/api/v2/silences', search: '' });
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      ...BODY,
      matchers: [onNamespace('team-a'), DOWN],
    });
    expect(Object.keys(sent[0]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });

  it('takes the namespace of a ServiceAccount for one that is not named', async () => {
    const { answer } = await post(BODY, '', { Authorization: `Bearer ${ROBOT}` });
    expect(answer.status).toBe(200);
  });

  it.each<[string, unknown, string, number, string]>([
    ['a pattern on the label', { ...BODY, matchers: [onNamespace('team-a', { isRegex: true })] }, '/namespaces/team-a', 400, 'silence_matcher_refused'], // prettier-ignore
    ['a negation on the label', { ...BODY, matchers: [onNamespace('team-c', { isEqual: false })] }, '/namespaces/team-a', 400, 'silence_matcher_refused'], // prettier-ignore
    ['another namespace', { ...BODY, matchers: [onNamespace('team-b')] }, '/namespaces/team-a', 400, 'silence_matcher_refused'], // prettier-ignore
    ['no matcher, for two namespaces', BODY, '/namespaces/team-a,team-b', 400, 'silence_tenant_missing'], // prettier-ignore
    ['a namespace of no right', BODY, '/namespaces/team-c', 403, 'silence_denied'],
    ['two namespaces, one of no right', BODY, '/namespaces/team-a,team-c', 403, 'silence_denied'],
    ['no namespace', BODY, '', 400, 'tenant_missing'],
    ['no JSON', '{"matchers":', '/namespaces/team-a', 400, 'body_malformed'],
    ['nothing', '', '/namespaces/team-a', 400, 'body_malformed'],
    ['a body nested too deep', '['.repeat(5_000), '/namespaces/team-a', 400, 'body_malformed'],
    ['a silence without an end', { ...BODY, endsAt: '' }, '/namespaces/team-a', 400, 'silence_malformed'], // prettier-ignore
    ['a body too long', { ...BODY, comment: 'x'.repeat(70_000) }, '/namespaces/team-a', 413, 'body_too_large'], // prettier-ignore
    ['a namespace in the body alone', { ...BODY, namespace: 'team-a' }, '', 400, 'tenant_missing'],
  ])('refuses %s, and asks nobody', async (_what, body, path, status, code) => {
    const outcome = await post(body, path);
    expect([outcome.answer.status, outcome.code, outcome.sent]).toEqual([status, code, []]);
  });

  it.each([
    ['text/plain', 415, 'body_type_unsupported'],
    ['application/x-www-form-urlencoded', 415, 'body_type_unsupported'],
    ['application/json; charset=latin1', 415, 'body_type_unsupported'],
  ])('refuses a body of type %s', async (type, status, code) => {
    const outcome = await post(BODY, '/namespaces/team-a', { 'Content-Type': type });
    expect([outcome.answer.status, outcome.code, outcome.sent]).toEqual([status, code, []]);
  });

  it('takes JSON on no other route', async () => {
    const { code } = await outcomeOf(() =>
      served.frontend.ask('/namespaces/team-a/api/v1/query', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"query":"up"}',
      }),
    );
    expect(code).toBe('body_type_unsupported');
  });

  it.each<[number, string, number, string]>([
    [400, '"bad matchers for team-c"', 400, 'query_refused_upstream'],
    [500, '"secret"', 503, 'upstream_unavailable'],
    [200, '{"silenceID":"../x"}', 502, 'upstream_unexpected'],
    [200, '[]', 502, 'upstream_unexpected'],
  ])('understands %i %s of Alertmanager', async (status, text, expectedStatus, code) => {
    served.alertmanager.respondWith(json(text, status));
    const outcome = await post(BODY);
    expect([outcome.answer.status, outcome.code]).toEqual([expectedStatus, code]);
    expect(outcome.answer.text).not.toMatch(/team-c|secret/);
  });
});

describe('changing a silence', () => {
  it('reads whose it is, then writes', async () => {
    const { answer, sent } = await post({ ...BODY, id: OWN });
    expect(answer.status).toBe(200);
    expect(sent.map((it) => [it.method, it.path])).toEqual([
      ['GET', `/api/v2/silence/${OWN}`],
      ['POST', '/api/v2/silences'],
    ]);
    expect(JSON.parse(sent[1]?.body ?? '')).toMatchObject({ id: OWN });
  });

  it.each([FOREIGN, WIDE, ABSENT])('does not know %s, and writes nothing', async (id) => {
    const { answer, code, sent } = await post({ ...BODY, id, matchers: [onNamespace('team-a')] });
    expect([answer.status, code]).toEqual([404, 'silence_unknown']);
    expect(sent.map((it) => it.method)).toEqual(['GET']);
  });

  it('is another right than creating one', async () => {
    const headers = { Authorization: `Bearer ${ROBOT}` };
    expect((await post(BODY, '/namespaces/team-a', headers)).answer.status).toBe(200);
    const { code, sent } = await post({ ...BODY, id: OWN }, '/namespaces/team-a', headers);
    expect([code, sent]).toEqual(['silence_denied', []]);
  });
});

describe('expiring a silence', () => {
  it('reads whose it is, then expires it', async () => {
    const { answer, sent } = await expire(OWN);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(sent.map((it) => [it.method, it.path, it.body])).toEqual([
      ['GET', `/api/v2/silence/${OWN}`, ''],
      ['DELETE', `/api/v2/silence/${OWN}`, ''],
    ]);
  });

  it('says the same of a foreign one, a wide one and none', async () => {
    const texts = await Promise.all(
      [FOREIGN, WIDE, ABSENT].map(async (id) => {
        const { answer, sent } = await expire(id);
        expect(sent.map((it) => it.method)).not.toContain('DELETE');
        return answer.text.replace(/"requestId":"[^"]*"/, '');
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('silence_unknown');
  });

  it('is a right of its own', async () => {
    const { code, sent } = await expire(OWN, '/namespaces/team-a', {
      Authorization: `Bearer ${ROBOT}`,
    });
    expect([code, sent]).toEqual(['silence_denied', []]);
  });

  it('takes no body', async () => {
    const { code } = await outcomeOf(() =>
      served.frontend.ask(`/namespaces/team-a/api/v2/silence/${OWN}`, {
        method: 'DELETE',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      }),
    );
    expect(code).toBe('body_unexpected');
  });

  it('is written to the log', async () => {
    await expire(OWN);
    expect(served.frontend.log.at(-1)?.fields).toMatchObject({
      change: 'delete',
      silence: OWN,
      user: 'jane',
    });
  });
});

describe('an installation that does not offer changes', () => {
  it('names the method that is left', async () => {
    await using reading = await startServed({ offer: { silenceWrites: false }, access: WRITERS });
    for (const [method, path] of [
      ['POST', '/api/v2/silences'],
      ['DELETE', `/api/v2/silence/${OWN}`],
    ] as const) {
      const answer = await reading.frontend.ask(`/namespaces/team-a${path}`, { method });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET']);
    }
    expect(reading.asked()).toBe(0);
  });

  it('denies them to all where access knows no changes', async () => {
    await using denying = await startServed();
    const answer = await denying.frontend.ask(`/namespaces/team-a/api/v2/silence/${OWN}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${READER}` },
    });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      403,
      { code: 'silence_denied' },
    ]);
    expect(denying.asked()).toBe(0);
  });
});
