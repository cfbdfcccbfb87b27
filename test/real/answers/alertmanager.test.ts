import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningAlertmanager, startAlertmanager } from '../harness/alertmanager.ts';
import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { type AnsweringFrontend, bodyOf, startAnsweringFrontend } from './support/frontend.ts';

const CONFIG = JSON.stringify({
  route: { receiver: 'nobody', group_by: ['alertname'], group_wait: '1s' },
  receivers: [{ name: 'nobody' }],
  // A platform's rule that tenants' alerts can trigger: its source is another tenant's alert.
  inhibit_rules: [
    { source_matchers: ['severity="critical"'], target_matchers: ['severity="info"'] },
  ],
});

const HOUR_MS = 3_600_000;

interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex?: boolean;
  readonly isEqual?: boolean;
}

function silence(matchers: readonly Matcher[], more: object = {}): object {
  const nowMs = Date.now();
  return {
    matchers: matchers.map((it) => ({ isRegex: false, isEqual: true, ...it })),
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + HOUR_MS).toISOString(),
    createdBy: 'jane',
    comment: 'at work',
    ...more,
  };
}

const DOWN = { name: 'alertname', value: 'Down' };
const of = (value: string, more: Partial<Matcher> = {}): Matcher => ({
  name: 'namespace',
  value,
  ...more,
});

await describeReal('Alertmanager', ['alertmanager'], () => {
  let alertmanager: RunningAlertmanager;
  let frontend: AnsweringFrontend;

  beforeAll(async () => {
    alertmanager = await startAlertmanager(CONFIG);
    frontend = await startAnsweringFrontend({
      queries: 'http://127.0.0.1:9',
      alertmanager: alertmanager.url,
    });
    const alerts = [
      { alertname: 'Down', namespace: 'team-a', severity: 'info', pod: 'secret-of-team-a' },
      { alertname: 'Down', namespace: 'team-b', severity: 'critical', pod: 'secret-of-team-b' },
      { alertname: 'Node', severity: 'page' },
    ].map((labels) => ({ labels, annotations: { summary: 'words' } }));
    await direct('/alerts', 'POST', alerts);
    await poll(
      async () => {
        const groups: unknown = JSON.parse((await direct('/alerts/groups')).text);
        return JSON.stringify(groups).includes('team-b') ? true : undefined;
      },
      { what: 'alerts to be grouped' },
    );
  }, 300_000);

  afterAll(async () => {
    await frontend?.stop();
    await alertmanager?.stop();
  });

  const direct = (path: string, method = 'GET', body?: unknown): Promise<HttpAnswer> =>
    sendRequest({
      url: `${alertmanager.url}/api/v2${path}`,
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const ask = (
    path: string,
    question: { readonly method?: string; readonly json?: unknown } = {},
    tenant = 'team-a',
  ): Promise<HttpAnswer> => frontend.ask(`/namespaces/${tenant}/api/v2${path}`, question);
  const create = (json: object, tenant?: string): Promise<HttpAnswer> =>
    ask('/silences', { method: 'POST', json }, tenant);
  const storedBy = async (json: object): Promise<string> =>
    readString(JSON.parse((await direct('/silences', 'POST', json)).text), 'silenceID');
  const stored = async (id: string): Promise<unknown> =>
    JSON.parse((await direct(`/silence/${id}`)).text);
  const outcome = ({ status, text }: HttpAnswer): unknown => [
    status,
    readPath(JSON.parse(text), 'code'),
  ];

  it('shows everything to whoever reaches it', async () => {
    for (const path of ['/alerts', '/alerts/groups']) {
      expect((await direct(path)).text).toContain('secret-of-team-b');
    }
    expect((await direct('/status')).text).toContain('inhibit_rules');
  });

  it('shows a tenant its own alerts, and not what inhibits them', async () => {
    const alerts = bodyOf(await ask('/alerts'));
    expect(alerts).toHaveLength(1);
    expect(readPath(alerts, 0)).toMatchObject({
      labels: { namespace: 'team-a', pod: 'secret-of-team-a' },
      annotations: { summary: 'words' },
      receivers: [{ name: 'nobody' }],
      status: { state: 'suppressed', inhibitedBy: ['0000000000000000'] },
    });
    expect(JSON.stringify(alerts)).not.toContain('team-b');
  });

  it('shows a tenant the groups that its alerts are in, with those alone', async () => {
    const groups = bodyOf(await ask('/alerts/groups'));
    expect(groups).toHaveLength(1);
    expect(readPath(groups, 0)).toMatchObject({
      labels: { alertname: 'Down' },
      alerts: [{ labels: { namespace: 'team-a' } }],
    });
    expect(JSON.stringify(groups)).not.toContain('team-b');
  });

  it('narrows by filters of the caller, and never widens', async () => {
    const filter = (text: string): string => `/alerts?filter=${encodeURIComponent(text)}`;
    expect(bodyOf(await ask(filter('severity="info"')))).toHaveLength(1);
    expect(bodyOf(await ask(filter('severity="critical"')))).toEqual([]);
    expect(bodyOf(await ask(filter('namespace="team-b"')))).toEqual([]);
    expect(bodyOf(await ask(filter('namespace=~".*"')))).toHaveLength(1);
    expect(bodyOf(await ask('/alerts?inhibited=false'))).toEqual([]);
    expect(outcome(await ask(filter('{')))).toEqual([400, 'query_refused_upstream']);
    expect(bodyOf(await ask('/alerts', {}, 'team-a,team-b'))).toHaveLength(2);
  });

  it('lists the silences that act on the tenant alone', async () => {
    const own = await storedBy(silence([of('team-a'), DOWN]));
    const others = [
      silence([of('team-b'), DOWN]),
      silence([of('team-a|team-b', { isRegex: true })]),
      silence([of('team-a', { isRegex: true })]),
      silence([of('team-b', { isEqual: false }), DOWN]),
      silence([of('team-b', { isEqual: false, isRegex: true }), DOWN]),
      silence([DOWN]),
    ];
    for (const other of others) await storedBy(other);
    expect(JSON.parse((await direct('/silences')).text)).toHaveLength(others.length + 1);
    const listed = bodyOf(await ask('/silences'));
    expect(listed).toMatchObject([{ id: own, comment: 'at work', status: { state: 'active' } }]);
    const both = bodyOf(await ask('/silences', {}, 'team-a,team-b')) as readonly unknown[];
    expect(both).toHaveLength(2);
    for (const entry of JSON.parse((await direct('/silences')).text) as readonly unknown[]) {
      const id = readString(entry, 'id');
      expect((await ask(`/silence/${id}`)).status).toBe(id === own ? 200 : 404);
    }
  });

  it('makes a silence that silences the tenant alone', async () => {
    const made = bodyOf(await create(silence([DOWN])));
    const id = readString(made, 'silenceID');
    expect(await stored(id)).toMatchObject({
      matchers: expect.arrayContaining([
        { name: 'namespace', value: 'team-a', isRegex: false, isEqual: true },
      ]),
    });
    const silenced = async (tenant: string): Promise<unknown> =>
      readPath(bodyOf(await ask('/alerts', {}, tenant)), 0, 'status', 'silencedBy');
    const ours = await poll(
      async () => {
        const ids = (await silenced('team-a')) as readonly string[];
        return ids.includes(id) ? ids : undefined;
      },
      { what: 'the silence to act' },
    );
    expect(ours).toContain(id);
    expect(await silenced('team-b')).not.toContain(id);
  });

  it('takes from anyone else what silences everybody: shown without us', async () => {
    const wide = await storedBy(silence([of('.+', { isRegex: true })]));
    expect(readPath(await stored(wide), 'status', 'state')).toBe('active');
    const refused = [
      [of('.+', { isRegex: true })],
      [of('team-a', { isRegex: true })],
      [of('team-a', { isEqual: false })],
      [of('x', { isEqual: false }), of('team-a')],
      [of('team-b')],
      [of('team-a'), of('team-a')],
    ];
    const before = (JSON.parse((await direct('/silences')).text) as readonly unknown[]).length;
    for (const matchers of refused) {
      expect(outcome(await create(silence([DOWN, ...matchers])))).toEqual([
        400,
        'silence_matcher_refused',
      ]);
    }
    expect(outcome(await create(silence([DOWN]), 'team-a,team-b'))).toEqual([
      400,
      'silence_tenant_missing',
    ]);
    expect(JSON.parse((await direct('/silences')).text)).toHaveLength(before);
  });

  it('changes an own silence, and no other', async () => {
    const foreign = await storedBy(silence([of('team-b'), DOWN]));
    const own = await storedBy(silence([of('team-a'), DOWN]));
    const takeOver = silence([of('team-a'), DOWN], { id: foreign, comment: 'taken over' });
    expect(outcome(await create(takeOver))).toEqual([404, 'silence_unknown']);
    expect(await stored(foreign)).toMatchObject({
      comment: 'at work',
      status: { state: 'active' },
    });

    const change = silence([of('team-a'), DOWN], { id: own, comment: 'longer' });
    const id = readString(bodyOf(await create(change)), 'silenceID');
    expect(await stored(id)).toMatchObject({ comment: 'longer' });

    // Without us an identifier is enough.
    await direct('/silences', 'POST', takeOver);
    expect(await stored(foreign)).toMatchObject({ status: { state: 'expired' } });
  });

  it('expires an own silence, and says of a foreign one what it says of none', async () => {
    const foreign = await storedBy(silence([of('team-b'), DOWN]));
    const own = await storedBy(silence([of('team-a'), DOWN]));
    const absent = '00000000-0000-4000-8000-000000000000';
    const texts: string[] = [];
    for (const id of [foreign, absent]) {
      const answer = await ask(`/silence/${id}`, { method: 'DELETE' });
      expect(outcome(answer)).toEqual([404, 'silence_unknown']);
      texts.push(answer.text.replace(/"requestId":"[^"]*"/, ''));
    }
    expect(texts[0]).toBe(texts[1]);
    expect(await stored(foreign)).toMatchObject({ status: { state: 'active' } });
    expect((await ask(`/silence/${own}`, { method: 'DELETE' })).status).toBe(200);
    expect(await stored(own)).toMatchObject({ status: { state: 'expired' } });
    expect((await direct(`/silence/${foreign}`, 'DELETE')).status).toBe(200);
    expect(await stored(foreign)).toMatchObject({ status: { state: 'expired' } });
  });

  it('shows a reader of the whole cluster all alerts and silences, to be looked at', async () => {
    const whole = (path: string, method = 'GET'): Promise<HttpAnswer> =>
      frontend.ask(`/all-namespaces/api/v2${path}`, { method });
    const id = await storedBy(silence([{ name: 'severity', value: '.+', isRegex: true }]));
    expect(bodyOf(await whole('/alerts'))).toHaveLength(3);
    expect((await whole('/alerts/groups')).text).toContain('secret-of-team-b');
    expect((await whole('/silences')).text).toContain(id);
    expect(readPath(bodyOf(await whole(`/silence/${id}`)), 'id')).toBe(id);
    expect(outcome(await ask(`/silence/${id}`))).toEqual([404, 'silence_unknown']);
    expect(outcome(await whole(`/silence/${id}`, 'DELETE'))).toEqual([405, 'method_not_allowed']);
    expect(readPath(await stored(id), 'status', 'state')).not.toBe('expired');
    await direct(`/silence/${id}`, 'DELETE');
  });
});
