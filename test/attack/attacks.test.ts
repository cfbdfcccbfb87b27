import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { json, type Recorded, SUCCESS } from '../http/harness/recording-upstream.ts';
import { eventually } from '../http/harness/eventually.ts';
import type { Frontend } from '../http/harness/frontend.ts';
import { get } from '../real/query-frontend/support/question.ts';
import { shows } from '../real/query-frontend/support/tenant-series.ts';
import { PROJECT } from '../support/source-files.ts';
import type { NamedTest, RequestAttack } from './attack.ts';
import { ATTACKS, LAST_NUMBER } from './attack-table.ts';
import { faultsOf } from './check-sent.ts';
import { ATTACKER, ORDERS, PLATFORM } from './rows.ts';
import { attack, type AttackAnswer, startAttackedFrontend } from './running-frontend.ts';

const REQUESTS = ATTACKS.filter((it) => it.kind === 'request');
const ELSEWHERE = ATTACKS.filter((it) => it.kind === 'elsewhere');

/** Headers that an answer may have; the last four with refusals only. */
const ANSWER_HEADERS = [
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'vary',
  'x-content-type-options',
  'x-request-id',
  'allow',
  'www-authenticate',
  'retry-after',
];

describe('the table of attacks', () => {
  it('has every number of the list', () => {
    const numbers = [...new Set(ATTACKS.map((it) => it.number))].toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: LAST_NUMBER }, (_, index) => index + 1));
  });

  it('says each thing once', () => {
    const titles = ATTACKS.map((it) => `${it.number} ${it.what}`);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it.each(ELSEWHERE)('names tests that exist: $number, $what', ({ tests }) => {
    expect(tests.flatMap((named) => missingOf(named))).toEqual([]);
  });

  it('misses a test that does not exist', () => {
    const file = 'test/attack/attacks.test.ts';
    expect(missingOf({ file: 'test/none.test.ts', title: 'x', rows: [] })).toHaveLength(1);
    expect(missingOf({ file, title: ['not', 'there'].join(' '), rows: [] })).toHaveLength(1);
    expect(missingOf({ file, title: 'says each thing once', rows: [] })).toEqual([]);
  });
});

describe('attacks on the running frontend', () => {
  let frontend: Frontend;
  let before = 0;

  beforeAll(async () => {
    frontend = await startAttackedFrontend();
  });

  afterAll(async () => {
    await frontend[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    before = frontend.upstream.recorded.length;
  });

  const sentUpstream = (): readonly Recorded[] => frontend.upstream.recorded.slice(before);

  describe('are answered as the table says', () => {
    it.each(REQUESTS)('$number, $what: $answer', async (row) => {
      frontend.upstream.respondWith(json(row.upstreamBody ?? SUCCESS));
      const answer = await attack(frontend, row.question);
      const [status = '', code] = row.answer.split(' ');
      expect(answer.status).toBe(Number(status));
      expectOwnHeaders(answer);
      expect(JSON.stringify([answer.headers, answer.text])).not.toContain(ATTACKER);
      if (code !== undefined) {
        // The answer to HEAD has no body.
        if (answer.text !== '') expectEnvelope(answer, code);
        expect(sentUpstream()).toEqual([]);
        return;
      }
      expect(shows(answer.text, 'team-b')).toBe(false);
      if (row.upstreamBody !== undefined) expect(shows(row.upstreamBody, 'team-b')).toBe(true);
      else if (row.sends?.length !== 0) expect(answer.text).toBe(SUCCESS);
      expect(sentUpstream()).toHaveLength(row.sends?.length === 0 ? 0 : 1);
      expectScoped(row, sentUpstream());
    });
  });

  it('says the same of a foreign namespace as of one that does not exist', async () => {
    const answers = await Promise.all(
      ['team-b', 'never-made'].map(async (namespace) => {
        const { headers, text } = await attack(
          frontend,
          get(`/namespaces/${namespace}/api/v1/query`, ORDERS),
        );
        const own = String(headers['x-request-id']);
        return text.replaceAll(namespace, 'it').replaceAll(own, 'its id');
      }),
    );
    expect(answers[0]).toContain('tenant_denied');
    expect(answers[1]).toBe(answers[0]);
    expect(sentUpstream()).toEqual([]);
  });

  it('leave one line each in the log, and no token', async () => {
    const lines = (): number => frontend.log.filter(({ event }) => event === 'decision').length;
    const counted = lines();
    const names = ['x\n{"level":"error"}', '\u001b[31mred', '"}', 'y'.repeat(5_000)];
    for (const name of names) {
      await attack(frontend, get('/api/v1/query', { ...ORDERS, namespace: name }));
    }
    await eventually(lines, (count) => count === counted + names.length);
    const text = frontend.log.map((line) => JSON.stringify(line));
    expect(text.filter((line) => line.length > 4_000)).toEqual([]);
    expect(text.filter((line) => line.includes(ATTACKER))).toEqual([]);
  });

  it('ask for nothing that is not there: who may, reads the whole cluster', async () => {
    const headers = { Authorization: `Bearer ${PLATFORM}` };
    const answer = await attack(frontend, {
      ...get('/all-namespaces/api/v1/query', ORDERS),
      headers,
    });
    expect(answer.status).toBe(200);
    expect(sentUpstream().map(({ parameters }) => parameters)).toEqual([Object.entries(ORDERS)]);
  });

  it('are no defects', () => {
    expect(frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  });
});

describe('the check of what is sent', () => {
  const SENT: Recorded = {
    method: 'GET',
    path: '/api/v1/query',
    search: '',
    parameters: [['query', 'sum by (job) (up{namespace="team-a"}) > bool 1']],
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: 'keep-alive',
      host: 'h',
    },
    body: '',
  };
  const MATCHER = 'namespace="team-a"';
  const asking = (query: string): Recorded => ({ ...SENT, parameters: [['query', query]] });

  it.each([
    SENT,
    asking('1 + vector(time())'),
    asking('up{a="}",namespace="team-a"} or {namespace="team-b",namespace="team-a"}'),
  ])('finds nothing in %j', (sent) => {
    expect(faultsOf(sent, MATCHER)).toEqual([]);
  });

  it.each<[string, Recorded]>([
    ['a selector without the matcher', asking('up{job="x"}')],
    ['one of two selectors without it', asking('up{namespace="team-a"} or down{a="b"}')],
    ['a metric without braces', asking('sum(up)')],
    ['the matcher in a string', asking('up{a=",namespace=\\"team-a\\""}')],
    ['a foreign matcher', asking('up{namespace="team-b"}')],
    ['a wider matcher', asking('up{namespace=~"team-a"}')],
    ['no selector at all', { ...SENT, path: '/api/v1/labels', parameters: [] }],
    ['an unknown parameter', { ...SENT, parameters: [...SENT.parameters, ['storeMatch[]', 'x']] }],
    ['a header of the client', { ...SENT, headers: { ...SENT.headers, cookie: 'a=b' } }],
    ['a type that the client accepts', { ...SENT, headers: { ...SENT.headers, accept: '*/*' } }],
  ])('finds %s', (_what, sent) => {
    expect(faultsOf(sent, MATCHER)).not.toEqual([]);
  });
});

function expectOwnHeaders({ headers }: AttackAnswer): void {
  expect(Object.keys(headers).filter((name) => !ANSWER_HEADERS.includes(name))).toEqual([]);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    vary: 'Authorization',
    'x-content-type-options': 'nosniff',
  });
}

function expectEnvelope({ headers, text }: AttackAnswer, code: string): void {
  const envelope: unknown = JSON.parse(text);
  expect(envelope).toMatchObject({
    status: 'error',
    code,
    errorType: expect.stringMatching(/^[a-z_]+$/),
    error: expect.stringMatching(/^.{3,1000}$/),
    requestId: headers['x-request-id'],
  });
}

function expectScoped(row: RequestAttack, sent: readonly Recorded[]): void {
  const [only, ...others] = row.scope;
  const matcher =
    others.length === 0 ? `namespace="${only ?? ''}"` : `namespace=~"${row.scope.join('|')}"`;
  for (const recorded of sent) {
    expect(faultsOf(recorded, matcher)).toEqual([]);
    expect(JSON.stringify(recorded)).not.toContain(ATTACKER);
    if (row.sends === undefined) continue;
    const texts = recorded.parameters.filter(([name]) => name === 'query' || name === 'match[]');
    expect(texts.map(([, text]) => text)).toEqual(row.sends);
  }
}

function missingOf({ file, title, rows }: NamedTest): readonly string[] {
  const path = join(PROJECT, file);
  if (!existsSync(path)) return [file];
  const text = readFileSync(path, 'utf8');
  const titles = [title, ...rows].filter((it) => it === '' || !isWritten(text, it));
  return titles.map((it) => `${file}: ${it}`);
}

function isWritten(text: string, title: string): boolean {
  return [`'${title}'`, `\`${title}\``, ` ${title}\n`].some((it) => text.includes(it));
}
