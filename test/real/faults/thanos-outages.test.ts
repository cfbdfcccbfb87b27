import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isAtLeast } from '../../../lib/thanos/version.ts';
import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import type { RunningThanos } from '../harness/thanos.ts';
import { thanosVersion } from '../harness/thanos-versions.ts';
import type { Answerer } from '../meaning/comparison.ts';
import { startScopingFrontend } from '../meaning/scoping-frontend.ts';
import { bodyOf } from '../query-frontend/support/envelope.ts';
import { shows } from '../query-frontend/support/tenant-series.ts';
import { askQuery, leaksOf, seenOf } from './tenant-question.ts';
import { startQuerierOver, startThanosStore, type ThanosStore } from './thanos-path.ts';

const DEADLINE_MS = 1_500;
const TIMED_OUT = { status: 504, code: 'upstream_timeout' };
const UNAVAILABLE = { status: 503, code: 'upstream_unavailable' };
const HIDDEN = ['the answer may be incomplete: the upstream gave a notice that is not shown'];

// Older queriers leave out a store that they cannot connect to, also where no partial answers are wanted.
const REFUSES_WITHOUT_STORE = isAtLeast(thanosVersion('query'), '0.42');

await describeReal('an outage of Thanos', ['prometheus', 'promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  let store: ThanosStore;
  /** It answers in part where a store is away; the other one refuses. */
  let lenient: RunningThanos;
  let strict: RunningThanos;
  let lenientTenant: Answerer;
  let strictTenant: Answerer;

  beforeAll(async () => {
    store = await startThanosStore(started);
    lenient = await startQuerierOver(store, started, ['--query.partial-response']);
    strict = await startQuerierOver(store, started, [
      '--no-query.partial-response',
      '--query.max-concurrent=1',
    ]);
    const tenantOf = async (querier: RunningThanos): Promise<Answerer> => {
      const frontend = await startScopingFrontend(querier.httpUrl, { deadlineMs: DEADLINE_MS });
      started.defer(frontend.stop);
      return frontend.answererOf(['team-a']);
    };
    lenientTenant = await tenantOf(lenient);
    strictTenant = await tenantOf(strict);
  }, 120_000);

  afterAll(() => started.disposeAsync());

  const expectRefusal = async (
    answer: Promise<HttpAnswer>,
    expected: typeof UNAVAILABLE,
  ): Promise<void> => {
    expect(await seenOf(answer)).toEqual(expected);
    expect(leaksOf(await answer)).toEqual([]);
    const { headers } = await answer;
    expect(headers['retry-after'] !== undefined).toBe(expected.status === 503);
  };

  // The frontends are never restarted.
  const untilRecovered = async (tenant: Answerer): Promise<void> => {
    const answer = await poll(
      async () => {
        const asked = await askQuery(tenant);
        return shows(asked.text, 'team-a') ? asked : undefined;
      },
      { what: 'the frontend to answer again' },
    );
    expect(answer.status).toBe(200);
    expect(leaksOf(answer)).toEqual([]);
    expect(readPath(bodyOf(answer), 'warnings')).toBeUndefined();
  };

  const expectEmptyPart = (part: HttpAnswer): void => {
    expect(part.status).toBe(200);
    expect(readPath(bodyOf(part), 'data', 'result')).toEqual([]);
    expect(readPath(bodyOf(part), 'warnings')).toEqual(HIDDEN);
    expect(leaksOf(part)).toEqual([]);
  };

  const direct = ({ httpUrl }: RunningThanos): Answerer => ({ url: httpUrl, headers: {} });

  it('that is a querier which stands still ends at the deadline, and is over when it goes on', async () => {
    await untilRecovered(lenientTenant);
    process.kill(lenient.pid, 'SIGSTOP');
    try {
      await expectRefusal(askQuery(lenientTenant), TIMED_OUT);
      await expectRefusal(askQuery(lenientTenant), TIMED_OUT);
    } finally {
      process.kill(lenient.pid, 'SIGCONT');
    }
    await untilRecovered(lenientTenant);
  });

  it('that is a querier with no turn left ends at the deadline, and is over when one is free', async () => {
    const ofNoStore = (): Promise<HttpAnswer> => askQuery(strictTenant, 'vector(1)');
    process.kill(store.sidecar.pid, 'SIGSTOP');
    const turn = askQuery(direct(strict));
    try {
      await poll(() => hasNoTurnLeft(strict), { what: 'a query to take the only turn' });
      // It asks no store, so it has an answer as soon as it has a turn.
      await expectRefusal(ofNoStore(), TIMED_OUT);
      expect((await askQuery(lenientTenant, 'vector(1)')).status).toBe(200);
    } finally {
      process.kill(store.sidecar.pid, 'SIGCONT');
    }
    await turn;
    expect((await ofNoStore()).status).toBe(200);
    await untilRecovered(strictTenant);
  });

  it('that is a store away behind the querier is told without the words of the querier', async () => {
    await untilRecovered(strictTenant);
    await store.stopPrometheus();
    const raw = await askQuery(direct(strict));
    expect(raw.status).toBe(422);
    expect(raw.text).toContain('127.0.0.1');
    await expectRefusal(askQuery(strictTenant), UNAVAILABLE);

    const rawPart = await askQuery(direct(lenient));
    expect(JSON.stringify(readPath(bodyOf(rawPart), 'warnings'))).toContain('127.0.0.1');
    expectEmptyPart(await askQuery(lenientTenant));

    await store.restartPrometheus();
    await untilRecovered(strictTenant);
    await untilRecovered(lenientTenant);
  });

  it('that is a sidecar away is told as well, and is over when another one has its address', async () => {
    await store.stopSidecar();
    const raw = await askQuery(direct(strict));
    if (REFUSES_WITHOUT_STORE) {
      expect(raw.status).toBe(422);
      expect(raw.text).toContain('proxy Series()');
      for (let turn = 0; turn < 3; turn += 1) {
        await expectRefusal(askQuery(strictTenant), UNAVAILABLE);
      }
    } else {
      expect(JSON.stringify(readPath(bodyOf(raw), 'warnings'))).toContain('127.0.0.1');
      expectEmptyPart(await askQuery(strictTenant));
    }
    await store.restartSidecar();
    await untilRecovered(strictTenant);
  });

  it('that is a querier away is told, and is over when another one has its address', async () => {
    await strict.stop();
    for (let turn = 0; turn < 3; turn += 1)
      await expectRefusal(askQuery(strictTenant), UNAVAILABLE);
    await startQuerierOver(store, started, [`--http-address=${new URL(strict.httpUrl).host}`]);
    await untilRecovered(strictTenant);
  });
});

async function hasNoTurnLeft({ httpUrl }: RunningThanos): Promise<true | undefined> {
  const { text } = await sendRequest({ url: `${httpUrl}/metrics` });
  return /^thanos_query_concurrent_gate_queries_in_flight 1$/m.test(text) ? true : undefined;
}
