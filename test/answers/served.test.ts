import http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TURN_MS } from '../../frontend/http/filter-answer.ts';
import { HIDDEN_ERROR } from '../../frontend/http/filters.ts';
import { HIDDEN_NOTICE } from '../../frontend/http/scrub-notices.ts';
import type { Answer } from '../http/harness/ask.ts';
import { eventually } from '../http/harness/eventually.ts';
import { ROBOT, startFrontend } from '../http/harness/frontend.ts';
import { json, type Recorded, type RecordingUpstream } from '../http/harness/recording-upstream.ts';
import { type ServedEndpoints, startServed } from './served.ts';

let served: ServedEndpoints;

beforeAll(async () => {
  served = await startServed();
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

const A = { namespace: 'team-a' };
const B = { namespace: 'team-b' };
const C = { namespace: 'team-c' };
const ID = '0b6d6e3a-1c2d-4e5f-8a9b-0123456789ab';

type Kind = 'queries' | 'rules' | 'alertmanager';

function upstreamOf(kind: Kind): RecordingUpstream {
  return kind === 'queries' ? served.frontend.upstream : served[kind];
}

interface Asked {
  readonly answer: Answer;
  readonly body: unknown;
  /** What reached the upstream. */
  readonly sent: readonly Recorded[];
}

async function ask(kind: Kind, path: string, given: unknown, method = 'GET'): Promise<Asked> {
  const upstream = upstreamOf(kind);
  upstream.respondWith(json(JSON.stringify(given)));
  const before = upstream.recorded.length;
  const answer = await served.frontend.ask(path, { method });
  const body: unknown = answer.text === '' ? undefined : JSON.parse(answer.text);
  return { answer, body, sent: upstream.recorded.slice(before) };
}

function success(data: unknown, more: object = {}): object {
  return { status: 'success', data, ...more };
}

const matcher = (value: string): object => ({
  name: 'namespace',
  value,
  isRegex: false,
  isEqual: true,
});

const RULE = { name: 'a:b', query: 'up', labels: A, type: 'recording' };

interface Row {
  readonly path: string;
  readonly kind: Kind;
  /** What the upstream answers: something for each of three tenants. */
  readonly given: unknown;
  /** What the reader of `team-a` gets of it. */
  readonly own: unknown;
  /** Where the request goes, and with which parameters. */
  readonly sent: readonly [string, readonly (readonly [string, string])[]];
}

const exemplars = (labels: object): object => ({ seriesLabels: labels, exemplars: [{ value: 1 }] });
const metadataOf = (target: object, help: string): object => ({
  target,
  metric: 'm',
  type: 'gauge',
  help,
  unit: '',
});

const ROWS: readonly Row[] = [
  {
    path: '/api/v1/rules?',
    kind: 'rules',
    given: success({
      groups: [A, B, C].map((labels) => ({ name: 'g', file: '/f', rules: [{ ...RULE, labels }] })),
    }),
    own: success({ groups: [{ name: 'g', rules: [RULE] }] }),
    sent: ['/api/v1/rules', [['match[]', '{namespace="team-a"}']]],
  },
  {
    path: '/api/v1/alerts?',
    kind: 'rules',
    given: success({ alerts: [{ labels: B }, { labels: A }, { labels: C }] }),
    own: success({ alerts: [{ labels: A }] }),
    sent: ['/api/v1/alerts', []],
  },
  {
    path: '/api/v1/query_exemplars?query=up&start=1700000000000&end=1700000001000&',
    kind: 'queries',
    given: success([exemplars(B), exemplars(A), exemplars(C)]),
    own: success([exemplars(A)]),
    sent: [
      '/api/v1/query_exemplars',
      [
        ['query', 'up{namespace="team-a"}'],
        ['start', '1700000000000'],
        ['end', '1700000001000'],
      ],
    ],
  },
  {
    path: '/api/v1/metadata?limit=40000&limit_per_metric=0&metric=m&',
    kind: 'queries',
    given: success([metadataOf(B, 'words of b'), metadataOf(A, 'words of a')]),
    own: success({ m: [{ type: 'gauge', help: 'words of a', unit: '' }] }),
    sent: [
      '/api/v1/targets/metadata',
      [
        ['match_target', '{namespace="team-a"}'],
        ['metric', 'm'],
      ],
    ],
  },
  {
    path: '/api/v2/alerts?active=true&filter=severity%3D%22page%22&filter=x%3D%7E%22y.*%22&',
    kind: 'alertmanager',
    given: [{ labels: B }, { labels: A }],
    own: [{ labels: A }],
    sent: [
      '/api/v2/alerts',
      [
        ['filter', 'namespace="team-a"'],
        ['active', 'true'],
        ['filter', 'severity="page"'],
        ['filter', 'x=~"y.*"'],
      ],
    ],
  },
  {
    path: '/api/v2/alerts/groups?',
    kind: 'alertmanager',
    given: [
      { labels: {}, receiver: { name: 'r' }, alerts: [{ labels: B }, { labels: A }] },
      { labels: B, receiver: { name: 'r' }, alerts: [{ labels: B }] },
    ],
    own: [{ labels: {}, receiver: { name: 'r' }, alerts: [{ labels: A }] }],
    sent: ['/api/v2/alerts/groups', [['filter', 'namespace="team-a"']]],
  },
  {
    path: '/api/v2/silences?',
    kind: 'alertmanager',
    given: [{ matchers: [matcher('team-b')] }, { matchers: [matcher('team-a')] }],
    own: [{ matchers: [matcher('team-a')] }],
    sent: ['/api/v2/silences', [['filter', 'namespace="team-a"']]],
  },
  {
    path: `/api/v2/silence/${ID}?`,
    kind: 'alertmanager',
    given: { id: ID, matchers: [matcher('team-a')] },
    own: { id: ID, matchers: [matcher('team-a')] },
    sent: [`/api/v2/silence/${ID}`, []],
  },
];

describe.each(ROWS)('$path', ({ path, kind, given, own, sent: expected }) => {
  it('gives what is in the scope, and asks the right upstream', async () => {
    const { answer, body, sent } = await ask(kind, `${path}namespace=team-a`, given);
    expect([answer.status, body]).toEqual([200, own]);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(sent.map((it) => [it.method, it.path, it.parameters])).toEqual([['GET', ...expected]]);
  });

  it('asks nobody for a namespace that the caller may not read, or for none at all', async () => {
    const before = served.asked();
    const denied = await served.frontend.ask(`${path}namespace=team-c`);
    expect([denied.status, JSON.parse(denied.text)]).toMatchObject([
      403,
      { code: 'tenant_denied' },
    ]);
    const unnamed = await served.frontend.ask(path);
    expect([unnamed.status, JSON.parse(unnamed.text)]).toMatchObject([
      400,
      { code: 'tenant_missing' },
    ]);
    expect(served.asked()).toBe(before);
  });

  it.each<[string, number, string, number, string]>([
    ['an error without words', 500, '{}', 503, 'upstream_unavailable'],
    ['a refusal of its own', 403, 'secret', 502, 'upstream_unexpected'],
    ['no JSON', 200, '{"status":"success","data":', 502, 'upstream_unexpected'],
    ['another kind of value', 200, '"secret"', 502, 'upstream_unexpected'],
    ['an error that is a success', 200, '{"status":"error","error":"secret"}', 502, 'upstream_unexpected'], // prettier-ignore
    ['a throttle', 429, 'secret', 429, 'upstream_throttled'],
  ])('understands %s', async (what, status, text, expectedStatus, code) => {
    upstreamOf(kind).respondWith(json(text, status));
    const answer = await served.frontend.ask(`${path}namespace=team-a`);
    // What was found under an identifier and is no silence of the caller does not exist.
    const isFound = path.includes(ID) && status === 200 && what !== 'no JSON';
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject(
      isFound ? [404, { code: 'silence_unknown' }] : [expectedStatus, { code }],
    );
    expect(answer.text).not.toContain('secret');
  });
});

describe('several namespaces', () => {
  it('are united', async () => {
    const rows = ROWS.filter((row) => row.path.startsWith('/api/v2/') && !row.path.includes(ID));
    for (const { path, kind, given } of rows) {
      const { body } = await ask(kind, `${path}namespace=team-a&namespace=team-b`, given);
      expect(JSON.stringify(body)).toContain('team-b');
    }
  });

  it('narrow what can be narrowed', async () => {
    const several = 'namespace=team-a&namespace=team-b';
    const alerts = await ask('alertmanager', `/api/v2/alerts?${several}`, []);
    expect(alerts.sent[0]?.parameters).toEqual([['filter', 'namespace=~"team-a|team-b"']]);
    const silences = await ask('alertmanager', `/api/v2/silences?${several}`, []);
    expect(silences.sent[0]?.parameters).toEqual([]);
  });
});

describe('/api/v1/rules', () => {
  const page = async (query: string): Promise<Asked> =>
    ask(
      'rules',
      `/namespaces/team-a/api/v1/rules?${query}`,
      success({
        groups: [B, A, B, A, A].map((labels, index) => ({
          name: `g${index}`,
          rules: [{ ...RULE, labels }],
        })),
      }),
    );

  it('passes what selects rules on, and keeps pages to itself', async () => {
    const { sent } = await page(
      'type=alert&rule_name[]=a&rule_name[]=b&rule_group[]=g&file[]=/etc/x&exclude_alerts=true&group_limit=2&match[]={x=%22y%22}&match[]=up',
    );
    expect(sent[0]?.parameters).toEqual([
      ['match[]', '{x="y",namespace="team-a"}'],
      ['match[]', 'up{namespace="team-a"}'],
      ['type', 'alert'],
      ['exclude_alerts', 'true'],
      ['rule_name[]', 'a'],
      ['rule_name[]', 'b'],
      ['rule_group[]', 'g'],
    ]);
  });

  it('gives full pages of groups in the scope', async () => {
    const names: unknown[] = [];
    let token = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await page(`group_limit=2&group_next_token=${encodeURIComponent(token)}`);
      const { data } = body as {
        data: { groups: readonly { name: string }[]; groupNextToken?: string };
      };
      names.push(data.groups.map((group) => group.name));
      token = data.groupNextToken ?? '';
      if (token === '') break;
    }
    expect(names).toEqual([['g1', 'g3'], ['g4']]);
  });

  it.each([
    ['group_limit=2&group_next_token=0.g0', 'page_unknown'],
    ['group_limit=0', 'parameter_invalid'],
    ['group_limit=x', 'parameter_invalid'],
    ['type=all', 'parameter_invalid'],
    ['exclude_alerts=maybe', 'parameter_invalid'],
    ['group_limit=1&group_limit=2', 'parameter_repeated'],
    [`rule_name[]=${'x'.repeat(2_000)}`, 'parameter_invalid'],
  ])('refuses %s', async (query, code) => {
    const { answer, body } = await page(query);
    expect([answer.status, body]).toMatchObject([400, { status: 'error', code }]);
  });

  it('shows errors and notices of the engine, and no others', async () => {
    const rules = ['query timed out in query execution', 'open /data/b: Addr: 10.0.0.1'].map(
      (lastError) => ({ ...RULE, lastError }),
    );
    const given = success(
      { groups: [{ name: 'g', rules }] },
      { warnings: ['no store matched 10.0.0.1', 'PromQL warning: x'], infos: [] },
    );
    const { body } = await ask('rules', '/namespaces/team-a/api/v1/rules', given);
    const shown = [
      { ...RULE, lastError: 'query timed out in query execution' },
      { ...RULE, lastError: HIDDEN_ERROR },
    ];
    expect(body).toEqual(
      success(
        { groups: [{ name: 'g', rules: shown }] },
        { warnings: [HIDDEN_NOTICE, 'PromQL warning: x'] },
      ),
    );
  });
});

describe('/api/v1/query_exemplars', () => {
  it('takes a form, and answers for a query without selectors itself', async () => {
    served.frontend.upstream.respondWith(json(JSON.stringify(success(null))));
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const asked = (body: string): Promise<Answer> =>
      served.frontend.ask('/api/v1/query_exemplars', { method: 'POST', headers, body });
    const posted = await asked('query=up&namespace=team-a');
    expect([posted.status, JSON.parse(posted.text)]).toEqual([200, success([])]);
    const before = served.asked();
    const selectorless = await asked('query=1%2B1');
    expect([selectorless.status, JSON.parse(selectorless.text)]).toEqual([200, success([])]);
    expect(served.asked()).toBe(before);
  });
});

describe.each(['/api/v1/format_query', '/api/v1/parse_query'])('%s', (path) => {
  it('needs no namespace, adds no matcher, and sends nothing that does not parse', async () => {
    const query = encodeURIComponent('sum  by(job)( up{namespace="team-c"} ) # words');
    const { answer, body, sent } = await ask('queries', `${path}?query=${query}`, success('text'));
    expect([answer.status, body]).toEqual([200, success('text')]);
    expect(sent.map((it) => [it.path, it.parameters])).toEqual([
      [path, [['query', 'sum by (job) (up{namespace="team-c"})']]],
    ]);
    const before = served.asked();
    const broken = await served.frontend.ask(`${path}?query=up%7B`);
    expect(JSON.parse(broken.text)).toMatchObject({ code: 'query_malformed' });
    const anonymous = await served.frontend.ask(`${path}?query=up`, {
      headers: { Authorization: 'Bearer nobody' },
    });
    expect(anonymous.status).toBe(401);
    expect(served.asked()).toBe(before);
  });
});

describe('/federate', () => {
  it('selects within the scope, with and without selectors, and streams text', async () => {
    const text = '# TYPE up untyped\nup{namespace="team-a",x=",\\"warnings\\":["} 1 1\n';
    served.frontend.upstream.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8; x=y' });
      response.end(text);
    });
    const { upstream } = served.frontend;
    const before = upstream.recorded.length;
    const bare = await served.frontend.ask('/namespaces/team-a/federate');
    expect([bare.status, bare.text]).toEqual([200, text]);
    expect(bare.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    await served.frontend.ask('/namespaces/team-a/federate?match[]=up&match[]={job=~".%2B"}');
    const sent = upstream.recorded.slice(before);
    expect(sent.map((it) => [it.path, it.parameters])).toEqual([
      ['/federate', [['match[]', '{namespace="team-a"}']]],
      [
        '/federate',
        [
          ['match[]', 'up{namespace="team-a"}'],
          ['match[]', '{job=~".+",namespace="team-a"}'],
        ],
      ],
    ]);
  });

  it('takes JSON for something else, as a query takes text', async () => {
    const federated = await ask('queries', '/namespaces/team-a/federate', success([]));
    expect([federated.answer.status, federated.body]).toMatchObject([
      502,
      { code: 'upstream_unexpected' },
    ]);
  });
});

describe('/api/v2/status', () => {
  it('says nothing of the Alertmanager behind', async () => {
    const before = served.asked();
    const answer = await served.frontend.ask('/api/v2/status');
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      200,
      { config: { original: '' }, cluster: { status: 'disabled' } },
    ]);
    expect(served.asked()).toBe(before);
  });
});

describe('what is not configured', () => {
  it('does not exist', async () => {
    await using frontend = await startFrontend();
    for (const path of [
      '/federate',
      '/api/v2/status',
      '/api/v2/alerts',
      '/api/v2/alerts/groups',
      '/api/v2/silences',
      `/api/v2/silence/${ID}`,
    ]) {
      const answer = await frontend.ask(`/namespaces/team-a${path}`);
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        404,
        { status: 'error', errorType: 'not_found', code: 'route_unknown' },
      ]);
    }
    expect(frontend.upstream.recorded).toEqual([]);
  });

  it('asks the upstream of the queries for rules, and shows no metadata', async () => {
    await using frontend = await startFrontend();
    frontend.upstream.respondWith(json(JSON.stringify(success({ groups: [] }))));
    const rules = await frontend.ask('/namespaces/team-a/api/v1/rules');
    expect([rules.status, JSON.parse(rules.text)]).toEqual([200, success({ groups: [] })]);
    const metadata = await frontend.ask('/namespaces/team-a/api/v1/metadata?metric=m');
    expect([metadata.status, JSON.parse(metadata.text)]).toEqual([200, success({})]);
    expect(frontend.upstream.recorded.map((it) => it.path)).toEqual(['/api/v1/rules']);
  });
});

describe('a large answer', () => {
  const alert = { labels: { ...A, text: 'x'.repeat(200) }, annotations: {}, state: 'firing' };

  it('is refused beyond the limit, and no more of it is read', async () => {
    await using small = await startServed({ maxBytes: 100_000 });
    small.rules.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"status":"success","data":{"alerts":[');
      const more = setInterval(() => response.write(`${JSON.stringify(alert)},`.repeat(200)), 1);
      response.on('close', () => {
        clearInterval(more);
      });
    });
    const answer = await small.frontend.ask('/namespaces/team-a/api/v1/alerts');
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      502,
      { code: 'upstream_unexpected' },
    ]);
    await eventually(
      () => small.rules.abandoned(),
      (it) => it === 1,
    );
  });

  it('is whole, and lets others have their turns', async () => {
    const others = Array.from({ length: 20_000 }, () => ({ ...alert, labels: B }));
    const own = Array.from({ length: 20_000 }, () => alert);
    served.rules.respondWith(json(JSON.stringify(success({ alerts: [...others, ...own] }))));
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);
    const began = performance.now();
    const answer = await served.frontend.ask('/namespaces/team-a/api/v1/alerts');
    const tookMs = performance.now() - began;
    clearInterval(counting);
    expect(answer.isWhole).toBe(true);
    expect(answer.text).toBe(`${JSON.stringify(success({ alerts: own }))}\n`);
    // Far fewer than there may be, since the machine of a test may be slow.
    expect(turns).toBeGreaterThan(Math.min(20, tookMs / TURN_MS / 10));
  });

  it('that breaks off is no answer', async () => {
    served.rules.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"status":"success","data":{"alerts":[');
      setTimeout(() => response.destroy(), 20);
    });
    const answer = await served.frontend.ask('/namespaces/team-a/api/v1/alerts');
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      503,
      { code: 'upstream_unavailable' },
    ]);
  });
});

describe('answers that are held at once', () => {
  const rules = (name: string): string => `/namespaces/team-a/api/v1/rules?rule_name[]=${name}`;

  it('have a part for each caller, and leave their places to others', async () => {
    await using own = await startServed();
    const held: (() => void)[] = [];
    own.rules.respondWith((response, recorded) => {
      held.push(() => {
        json(JSON.stringify(success({ groups: [] })))(response, recorded);
      });
    });
    const answers = ['a', 'b', 'c'].map((name) => own.frontend.ask(rules(name)));
    const other = own.frontend.ask('/namespaces/team-a/api/v1/alerts', {
      headers: { Authorization: `Bearer ${ROBOT}` },
    });
    void other.catch(() => undefined);
    const left = AbortSignal.timeout(50);
    await new Promise((resolve) => {
      left.addEventListener('abort', resolve);
    });
    // The share of one set of namespaces is a quarter of all places.
    expect([held.length, own.slots.taken]).toEqual([2, 2]);
    for (let answered = 0; answered < 4; answered += 1) {
      await eventually(
        () => held.length,
        (it) => it > answered,
      );
      held[answered]?.();
    }
    for (const answer of answers) expect((await answer).status).toBe(200);
    expect((await other).status).toBe(502);
    await eventually(
      () => own.slots.taken,
      (it) => it === 0,
    );
  });

  it('end with the caller that waits for one', async () => {
    await using own = await startServed();
    own.rules.respondWith(() => undefined);
    const agent = new http.Agent({ keepAlive: true });
    const answers = ['a', 'b', 'c'].map((name) => own.frontend.ask(rules(name), { agent }));
    for (const answer of answers) void answer.catch(() => undefined);
    await eventually(
      () => own.rules.recorded.length,
      (it) => it === 2,
    );
    agent.destroy();
    await eventually(
      () => own.slots.taken,
      (it) => it === 0,
    );
    expect(own.rules.recorded).toHaveLength(2);
  });
});

describe('the log', () => {
  beforeEach(() => {
    served.rules.respondWith(json('[]'));
  });

  it('names the request whose answer was not understood', async () => {
    const before = served.frontend.log.length;
    await served.frontend.ask('/namespaces/team-a/api/v1/alerts');
    const lines = served.frontend.log.slice(before);
    expect(lines.map((it) => it.event)).toEqual(['upstream_answer_refused', 'decision']);
  });
});
