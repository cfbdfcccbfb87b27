import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnsweringFrontend } from '../answers/support/frontend.ts';
import type { HttpAnswer } from '../harness/http-request.ts';
import { sendRequest } from '../harness/http-request.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { startLabelProxy } from '../harness/prom-label-proxy.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { type Question, send, withToken } from '../query-frontend/support/question.ts';
import { seriesOf } from '../query-frontend/support/tenant-series.ts';
import { compareAnswers } from './support/compare.ts';
import { judge, type PeerName, PEERS, type Vector } from './support/vector.ts';
import { MATCHER_ROWS, matcherQuestion } from './vectors/matchers.ts';
import { QUERY_ENDPOINTS, queryVectors } from './vectors/queries.ts';
import { ANY_ALERTS, RULE_FILE, RULE_VECTORS } from './vectors/rules.ts';
import { SELECTOR_VECTORS } from './vectors/selectors.ts';

await describeReal('what prom-label-proxy answers', ['prometheus', 'prom-label-proxy'], () => {
  const running = new AsyncDisposableStack();
  const peers = new Map<PeerName, string>();
  const ours = new Map<'intersect' | 'error', string>();

  beforeAll(async () => {
    const folder = await tempFolder('peers');
    running.defer(folder.remove);
    const ruleFile = join(folder.path, 'rules.yaml');
    await writeFile(ruleFile, RULE_FILE);
    const prometheus = await startPrometheus({
      openMetrics: seriesOf('team-a', 'team-b'),
      config: JSON.stringify({
        global: { evaluation_interval: '1s' },
        rule_files: [ruleFile],
      }),
    });
    running.defer(prometheus.stop);
    for (const [name, flags] of Object.entries(PEERS)) {
      const peer = await startLabelProxy(prometheus.url, flags);
      running.defer(peer.stop);
      peers.set(name as PeerName, peer.url);
    }
    for (const mode of ['intersect', 'error'] as const) {
      const frontend = await startAnsweringFrontend({ queries: prometheus.url }, mode);
      running.defer(frontend.stop);
      ours.set(mode, frontend.url);
    }
    await poll(
      async () => {
        const { text } = await sendRequest({ url: `${prometheus.url}/api/v1/alerts` });
        return text.split('"Any"').length > ANY_ALERTS ? true : undefined;
      },
      { what: 'all rules to be evaluated' },
    );
  }, 300_000);

  afterAll(() => running.disposeAsync());

  const askPeer = (question: Question, peer: PeerName = 'plain'): Promise<HttpAnswer> =>
    send({ url: peers.get(peer) ?? '' }, question);
  const askOurs = (question: Question, mode: 'intersect' | 'error'): Promise<HttpAnswer> =>
    send({ url: ours.get(mode) ?? '' }, withToken(question, 'token'));

  const compare = async (vector: Vector): Promise<void> => {
    const { question, peer } = vector;
    const mode = peer === 'errorOnReplace' ? 'error' : 'intersect';
    const theirs = await askPeer(question, peer);
    compareAnswers(vector, theirs, await askOurs(vector.ours ?? question, mode));
  };

  describe.each(QUERY_ENDPOINTS)('at $path', (endpoint) => {
    it.each(queryVectors(endpoint))('to $name: $peerAnswer, and we $ourAnswer', compare);
  });

  describe('at endpoints for selectors', () => {
    it.each(SELECTOR_VECTORS)('to $name: $peerAnswer, and we $ourAnswer', compare);
  });

  describe('about rules and alerts', () => {
    it.each(RULE_VECTORS)('to $name: $peerAnswer, and we $ourAnswer', compare);
  });

  describe('about matchers of the caller on the tenancy label', () => {
    it.each(MATCHER_ROWS)('such as $matcher for $namespaces: $outcomes', async (row) => {
      const question = matcherQuestion(row);
      expect({
        peer: await briefly(askPeer(question)),
        ours: await briefly(askOurs(question, 'intersect')),
        peerError: await briefly(askPeer(question, 'errorOnReplace')),
        oursError: await briefly(askOurs(question, 'error')),
      }).toEqual(row.outcomes);
    });

    it('lets nothing through that prom-label-proxy refuses as another namespace', () => {
      const wider = MATCHER_ROWS.filter(
        ({ outcomes: { peerError, oursError } }) => peerError === 'x' && oursError !== 'x',
      );
      expect(wider).toEqual([]);
    });
  });
});

async function briefly(asking: Promise<HttpAnswer>): Promise<string> {
  try {
    const answer = await asking;
    if (answer.status === 400) return 'x';
    const shown = /^200 (?<tenants>.+)$/.exec(judge(answer))?.groups?.['tenants'];
    if (shown === undefined) return String(answer.status);
    return shown === 'nothing' ? '-' : shown.replaceAll(/team-| /g, '');
  } catch (error) {
    if (String(error).includes('socket hang up')) return '!';
    throw error;
  }
}
