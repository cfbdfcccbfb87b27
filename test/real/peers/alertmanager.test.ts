import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type AnsweringFrontend, startAnsweringFrontend } from '../answers/support/frontend.ts';
import { type RunningAlertmanager, startAlertmanager } from '../harness/alertmanager.ts';
import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { startLabelProxy } from '../harness/prom-label-proxy.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { get, type Question, send, withToken } from '../query-frontend/support/question.ts';
import { compareAnswers } from './support/compare.ts';
import { PEERS } from './support/vector.ts';
import {
  ALERTMANAGER_VECTORS,
  ALERTS,
  CREATIONS,
  equals,
  markedSilence,
  silenceOf,
} from './vectors/alertmanager.ts';

const CONFIG = JSON.stringify({
  route: { receiver: 'nobody', group_by: ['alertname'], group_wait: '1s' },
  receivers: [{ name: 'nobody' }],
});
const ABSENT = '00000000-0000-4000-8000-000000000000';

await describeReal(
  'what prom-label-proxy answers before Alertmanager',
  ['alertmanager', 'prom-label-proxy'],
  () => {
    const running = new AsyncDisposableStack();
    const peers = new Map<string, string>();
    let alertmanager: RunningAlertmanager;
    let frontend: AnsweringFrontend;

    beforeAll(async () => {
      alertmanager = await startAlertmanager(CONFIG);
      running.defer(alertmanager.stop);
      for (const name of ['plain', 'pattern'] as const) {
        const peer = await startLabelProxy(alertmanager.url, PEERS[name]);
        running.defer(peer.stop);
        peers.set(name, peer.url);
      }
      frontend = await startAnsweringFrontend({
        queries: 'http://127.0.0.1:9',
        alertmanager: alertmanager.url,
      });
      running.defer(frontend.stop);
      await direct('POST', '/alerts', ALERTS);
      for (const tenant of ['team-a', 'team-b'] as const) {
        await direct('POST', '/silences', markedSilence(tenant));
      }
      await poll(
        async () => {
          const { text } = await direct('GET', '/alerts/groups');
          return text.includes('robin') && text.includes('kingfisher') ? true : undefined;
        },
        { what: 'alerts to be grouped' },
      );
    }, 300_000);

    afterAll(() => running.disposeAsync());

    const direct = (method: string, path: string, body?: unknown): Promise<HttpAnswer> =>
      sendRequest({
        url: `${alertmanager.url}/api/v2${path}`,
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const askPeer = (question: Question, peer = 'plain'): Promise<HttpAnswer> =>
      send({ url: peers.get(peer) ?? '' }, question);
    const askOurs = (question: Question): Promise<HttpAnswer> =>
      send({ url: frontend.url }, withToken(question, 'token'));
    const matchersOf = async (answer: HttpAnswer): Promise<readonly unknown[]> => {
      const id = readString(JSON.parse(answer.text), 'silenceID');
      const stored: unknown = JSON.parse((await direct('GET', `/silence/${id}`)).text);
      const matchers = readPath(stored, 'matchers');
      await direct('DELETE', `/silence/${id}`);
      return Array.isArray(matchers) ? matchers.map((it) => JSON.stringify(it)).toSorted() : [];
    };
    const storedBy = async (silence: object): Promise<string> =>
      readString(JSON.parse((await direct('POST', '/silences', silence)).text), 'silenceID');
    const stateOf = async (id: string): Promise<unknown> =>
      readPath(JSON.parse((await direct('GET', `/silence/${id}`)).text), 'status', 'state');

    it.each(ALERTMANAGER_VECTORS)('to $name: $peerAnswer, and we $ourAnswer', async (vector) => {
      const theirs = await askPeer(vector.question, vector.peer);
      compareAnswers(vector, theirs, await askOurs(vector.question));
    });

    it.each(CREATIONS)(
      'to a new silence %s, %j: %d, and we %d',
      async (_name, matchers, ...both) => {
        const question = writing('POST', '/silences', silenceOf(matchers));
        const answers = [await askPeer(question), await askOurs(question)];
        expect(answers.map(({ status }) => status)).toEqual(both);
        const made = answers.filter(({ status }) => status === 200);
        const stored: (readonly unknown[])[] = [];
        for (const answer of made) stored.push(await matchersOf(answer));
        // What they make is of the namespace, and the same where both make one.
        for (const texts of stored) {
          expect(texts).toContain(JSON.stringify(sorted(equals('namespace', 'team-a'))));
          expect(texts).toEqual(stored[0]);
        }
      },
    );

    it('to a change and the end of an own silence: 200 both, and the same effect', async () => {
      for (const ask of [askPeer, askOurs]) {
        const own = [equals('namespace', 'team-a'), equals('job', 'own')];
        const id = await storedBy(silenceOf(own));
        const changed = await ask(
          writing('POST', '/silences', silenceOf(own, { id, comment: 'longer' })),
        );
        expect(changed.status).toBe(200);
        const kept = readString(JSON.parse(changed.text), 'silenceID');
        const ended = await ask(writing('DELETE', `/silence/${kept}`));
        expect(ended.status).toBe(200);
        expect(await stateOf(kept)).toBe('expired');
      }
    });

    it('to a change and the end of a foreign one: 403, and we 404, which is what we say of none', async () => {
      const foreign = await storedBy(silenceOf([equals('namespace', 'team-b')]));
      const none = await storedBy(silenceOf([equals('job', 'nobody')]));
      const own = [equals('namespace', 'team-a'), equals('job', 'own')];
      for (const id of [foreign, none]) {
        const change = writing('POST', '/silences', silenceOf(own, { id }));
        const end = writing('DELETE', `/silence/${id}`);
        for (const question of [change, end]) {
          expect((await askPeer(question)).status).toBe(403);
          expect((await askOurs(question)).status).toBe(404);
        }
        expect(await stateOf(id)).toBe('active');
      }
      const absent = writing('DELETE', `/silence/${ABSENT}`);
      expect((await askPeer(absent)).status).toBe(502);
      expect((await askOurs(absent)).status).toBe(404);
    });

    it('to what is no silence: 400 both', async () => {
      const question = { ...writing('POST', '/silences', {}), body: '{' };
      expect([(await askPeer(question)).status, (await askOurs(question)).status]).toEqual([
        400, 400,
      ]);
    });
  },
);

function writing(method: string, path: string, body?: object): Question {
  return {
    method,
    path: get(`/api/v2${path}`, { namespace: 'team-a' }).path,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  };
}

// Alertmanager gives the members of a matcher in the order of their names.
function sorted(matcher: object): object {
  return Object.fromEntries(Object.entries(matcher).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
