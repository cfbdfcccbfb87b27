import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { CoalescingConfig, ConcurrencyConfig } from '../../frontend/config/limits.ts';
import { type AnswerSource, SharedUpstream, TurnRefused } from '../../frontend/http/coalesce.ts';
import type { UpstreamRequest } from '../../frontend/http/forward.ts';
import type { UpstreamAnswer } from '../../frontend/http/upstream.ts';
import { FakeClock } from '../limits/fakes.ts';
import { requestOf, scopeOf, StubUpstream, textOf } from './coalesce-setup.ts';

const SUCCESS = '{"status":"success","data":[]}';
const UP = '/api/v1/query?query=up';
const IDLE = { running: 0, waiting: 0 };

type Sent = Promise<UpstreamAnswer>;

interface Options {
  readonly concurrency?: Partial<ConcurrencyConfig>;
  readonly coalescing?: Partial<CoalescingConfig>;
}

/** A shared upstream in front of a stub, and callers that ask it. */
class Scene {
  readonly stub = new StubUpstream();
  readonly clock = new FakeClock();
  readonly sources: AnswerSource[] = [];
  readonly waits: number[] = [];
  readonly shared: SharedUpstream;

  constructor(options: Options = {}) {
    this.shared = new SharedUpstream(this.stub, {
      clock: this.clock,
      concurrency: {
        total: 100,
        perTenant: 100,
        perUser: 100,
        waitingPerTenant: 100,
        waitingPerUser: 100,
        waitMs: 300,
        ...options.concurrency,
      },
      coalescing: {
        enabled: true,
        bufferBytes: 1_000_000,
        cacheTtlMs: 0,
        cacheBytes: 1_000_000,
        ...options.coalescing,
      },
      joinableMs: 5_000,
      onAnswer: (source) => this.sources.push(source),
      onTurn: (waitedMs) => this.waits.push(waitedMs),
    });
  }

  /** Asks for `path` in namespace `a`, for `user`. */
  send(user: string, path = UP, signal: AbortSignal = new AbortController().signal): Sent {
    return this.sendRequest(requestOf(path, scopeOf('a')), 'a', user, signal);
  }

  sendRequest(
    request: UpstreamRequest,
    tenant: string,
    user: string,
    signal: AbortSignal = new AbortController().signal,
  ): Sent {
    const sent = this.shared.send(request, { tenant, user }, signal);
    // Tests that are about others leave it alone.
    sent.catch(() => undefined);
    return sent;
  }
}

async function readText(sent: Sent): Promise<string> {
  return textOf((await sent).body);
}

async function refusalOf(sent: Sent): Promise<unknown> {
  return sent.then(
    () => undefined,
    (error: unknown) => (error instanceof TurnRefused ? error.rejection : error),
  );
}

describe('SharedUpstream', () => {
  it('asks once for equal requests that are under way', async () => {
    const scene = new Scene();
    const texts = ['jane', 'joe', 'jane', 'jim'].map((user) => readText(scene.send(user)));
    expect(scene.stub.asked).toHaveLength(1);
    scene.stub.asked[0]?.answer();
    scene.stub.asked[0]?.body.end(SUCCESS);
    expect(await Promise.all(texts)).toEqual([SUCCESS, SUCCESS, SUCCESS, SUCCESS]);
    expect(scene.sources.toSorted()).toEqual(['joined', 'joined', 'joined', 'upstream']);
    expect(scene.shared.load).toEqual(IDLE);
  });

  it('gives the status of an error to everybody', async () => {
    const scene = new Scene();
    const sent = [scene.send('jane'), scene.send('joe')];
    scene.stub.asked[0]?.answer({ status: 422, contentLength: 3 });
    scene.stub.asked[0]?.body.end('bad');
    for (const answer of await Promise.all(sent)) {
      expect(answer).toMatchObject({ status: 422, contentLength: 3 });
      expect(await textOf(answer.body)).toBe('bad');
    }
  });

  it('asks anew for what differs in path, form or namespaces', () => {
    const scene = new Scene();
    void scene.send('jane');
    void scene.send('jane', '/api/v1/query?query=up&time=1');
    void scene.send('jane', '/api/v1/labels?match[]=up');
    void scene.send('jane', '/api/v1/series?match[]=up');
    void scene.sendRequest(requestOf(UP, scopeOf('b')), 'b', 'jane');
    void scene.sendRequest(requestOf(UP, scopeOf('a', 'b')), 'a,b', 'jane');
    expect(scene.stub.asked).toHaveLength(6);
  });

  it('asks for each where sharing is switched off', () => {
    const scene = new Scene({ coalescing: { enabled: false } });
    void scene.send('jane');
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(2);
  });

  it('asks for each where something is changed, and remembers nothing of it', async () => {
    const scene = new Scene({ coalescing: { cacheTtlMs: 1_000 } });
    const write = { method: 'DELETE', json: '' } as const;
    const request = Object.create(requestOf(UP, scopeOf('a')), { write: { value: write } });
    const sent = [1, 2].map(() => scene.sendRequest(request as UpstreamRequest, 'a', 'jane'));
    expect(scene.stub.asked).toHaveLength(2);
    for (const asked of scene.stub.asked) {
      asked.answer();
      asked.body.end(SUCCESS);
    }
    expect(await Promise.all(sent.map((it) => readText(it)))).toEqual([SUCCESS, SUCCESS]);
    void scene.sendRequest(request as UpstreamRequest, 'a', 'jane');
    expect(scene.stub.asked).toHaveLength(3);
  });

  it('asks anew once the headers of an answer are there', async () => {
    const scene = new Scene();
    const first = scene.send('jane');
    scene.stub.asked[0]?.answer();
    await first;
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(2);
  });

  it('asks anew when the request under way is too old', () => {
    const scene = new Scene();
    void scene.send('jane');
    scene.clock.advance(4_999);
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(1);
    scene.clock.advance(1);
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(2);
  });

  it('tells everybody of a failure, and asks anew after it', async () => {
    const scene = new Scene();
    const sent = [scene.send('jane'), scene.send('joe')];
    scene.stub.asked[0]?.fail(new Error('reset'));
    const outcomes = await Promise.allSettled(sent);
    expect(outcomes).toMatchObject([{ reason: { message: 'reset' } }, { reason: { message: 'reset' } }]); // prettier-ignore
    expect(scene.shared.load).toEqual(IDLE);
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(2);
  });

  it.each([true, false])('aborts when the last caller leaves, answered: %s', async (isAnswered) => {
    const scene = new Scene();
    const [first, second] = [new AbortController(), new AbortController()];
    const sent = [scene.send('jane', UP, first.signal), scene.send('joe', UP, second.signal)];
    const [asked] = scene.stub.asked;
    if (isAnswered) {
      asked?.answer();
      asked?.body.write('{"status":');
      await Promise.all(sent);
    }
    first.abort();
    await nextTurn();
    expect([asked?.signal.aborted, asked?.body.destroyed]).toEqual([false, false]);
    expect(scene.shared.load.running).toBe(1);
    second.abort();
    await Promise.allSettled(sent);
    await nextTurn();
    expect([asked?.signal.aborted, asked?.body.destroyed]).toEqual([true, true]);
    expect(scene.shared.load).toEqual(IDLE);
  });

  it('ends the body of the only caller when that leaves', async () => {
    const scene = new Scene();
    const controller = new AbortController();
    const sent = scene.send('jane', UP, controller.signal);
    scene.stub.asked[0]?.answer();
    await sent;
    controller.abort();
    await nextTurn();
    expect(scene.stub.asked[0]?.body.destroyed).toBe(true);
    expect(scene.shared.load).toEqual(IDLE);
  });

  it('does not ask for a caller that has left already', async () => {
    const scene = new Scene();
    await expect(scene.send('jane', UP, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(scene.stub.asked).toEqual([]);
  });

  it('does nothing with an answer that comes after all have left', async () => {
    const scene = new Scene();
    const controller = new AbortController();
    const sent = scene.send('jane', UP, controller.signal);
    scene.stub.asked[0]?.answer();
    controller.abort();
    await expect(sent).rejects.toThrow('aborted');
    await nextTurn();
    expect(scene.stub.asked[0]?.body.destroyed).toBe(true);
    expect(scene.shared.load).toEqual(IDLE);
  });

  it('keeps its turn until the body has ended', async () => {
    const scene = new Scene({ concurrency: { total: 1 } });
    const first = scene.send('jane');
    void scene.send('jane', '/api/v1/query?query=down');
    expect(scene.shared.load).toEqual({ running: 1, waiting: 1 });
    scene.stub.asked[0]?.answer();
    scene.stub.asked[0]?.body.write('{');
    await first;
    await nextTurn();
    expect(scene.stub.asked).toHaveLength(1);
    scene.stub.asked[0]?.body.end('}');
    expect(await readText(first)).toBe('{}');
    await nextTurn();
    expect(scene.stub.asked).toHaveLength(2);
  });

  it('tells how long a request waited for its turn', async () => {
    const scene = new Scene({ concurrency: { total: 1 } });
    const first = scene.send('jane');
    const second = readText(scene.send('jane', '/api/v1/query?query=down'));
    scene.clock.advance(40);
    scene.stub.asked[0]?.answer();
    scene.stub.asked[0]?.body.end('{}');
    await readText(first);
    await nextTurn();
    scene.stub.asked[1]?.answer();
    scene.stub.asked[1]?.body.end('{}');
    await second;
    expect(scene.waits).toEqual([0, 40]);
  });

  it('lets a caller leave the queue', async () => {
    const scene = new Scene({ concurrency: { total: 1 } });
    const controller = new AbortController();
    void scene.send('jane', '/api/v1/query?query=down');
    const waiting = scene.send('jane', UP, controller.signal);
    expect(scene.shared.load.waiting).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toThrow('aborted');
    expect(scene.shared.load).toEqual({ running: 1, waiting: 0 });
  });

  it('refuses over the length of a queue, and leaves nothing behind', async () => {
    const scene = new Scene({ concurrency: { total: 1, waitingPerUser: 0 } });
    void scene.send('jane', '/api/v1/query?query=down');
    expect(await refusalOf(scene.send('jane'))).toEqual({
      code: 'limit_concurrency',
      problem: 'queue_full',
      sharer: 'user',
      limit: 0,
      retryAfterSeconds: 2,
    });
    expect(scene.shared.load).toEqual({ running: 1, waiting: 0 });
  });

  it('refuses whose turn does not come in time', async () => {
    const scene = new Scene({ concurrency: { total: 1, waitMs: 20 } });
    void scene.send('jane', '/api/v1/query?query=down');
    const waiting = [scene.send('jane'), scene.send('jane'), scene.send('joe')];
    expect(scene.shared.load.waiting).toBe(2);
    for (const refusal of await Promise.all(waiting.map((it) => refusalOf(it)))) {
      expect(refusal).toMatchObject({ problem: 'waited_too_long', limit: 20 });
    }
    expect(scene.shared.load).toEqual({ running: 1, waiting: 0 });
  });

  it('starts a shared request at the first turn that any of its users gets', async () => {
    const scene = new Scene({ concurrency: { perUser: 1 } });
    void scene.send('greedy', '/api/v1/query?query=slow');
    const greedy = readText(scene.send('greedy'));
    expect(scene.stub.asked).toHaveLength(1);
    const modest = readText(scene.send('modest'));
    expect(scene.stub.asked).toHaveLength(2);
    expect(scene.shared.load).toEqual({ running: 2, waiting: 0 });
    scene.stub.asked[1]?.answer();
    scene.stub.asked[1]?.body.end(SUCCESS);
    expect(await Promise.all([greedy, modest])).toEqual([SUCCESS, SUCCESS]);
  });

  it('refuses one user of a shared request and keeps the other', async () => {
    const scene = new Scene({ concurrency: { total: 1, waitingPerUser: 1 } });
    void scene.send('jane', '/api/v1/query?query=down');
    void scene.send('jane', '/api/v1/query?query=more');
    const joe = scene.send('joe');
    expect(await refusalOf(scene.send('jane'))).toMatchObject({ problem: 'queue_full' });
    expect(scene.shared.load).toEqual({ running: 1, waiting: 2 });
    void joe;
  });

  it('keeps the request when the user that started it leaves', async () => {
    const scene = new Scene();
    const controller = new AbortController();
    const first = scene.send('jane', UP, controller.signal);
    const second = readText(scene.send('joe'));
    controller.abort();
    await expect(first).rejects.toThrow('aborted');
    scene.stub.asked[0]?.answer();
    scene.stub.asked[0]?.body.end(SUCCESS);
    expect(await second).toBe(SUCCESS);
    expect(scene.stub.asked).toHaveLength(1);
  });
});

describe('the cache of a SharedUpstream', () => {
  const answer = (scene: Scene, text: string): void => {
    scene.stub.asked.at(-1)?.answer();
    scene.stub.asked.at(-1)?.body.end(text);
  };

  it('answers equal requests for the same namespaces, for its time', async () => {
    const scene = new Scene({ coalescing: { cacheTtlMs: 100 } });
    const first = readText(scene.send('jane'));
    answer(scene, SUCCESS);
    expect(await first).toBe(SUCCESS);
    expect(await readText(scene.send('joe'))).toBe(SUCCESS);
    expect(scene.stub.asked).toHaveLength(1);
    expect(scene.sources).toEqual(['upstream', 'cache']);
    void scene.sendRequest(requestOf(UP, scopeOf('b')), 'b', 'jane');
    expect(scene.stub.asked).toHaveLength(2);
    scene.clock.advance(100);
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(3);
  });

  it('works where sharing is switched off', async () => {
    const scene = new Scene({ coalescing: { enabled: false, cacheTtlMs: 100 } });
    const first = readText(scene.send('jane'));
    answer(scene, SUCCESS);
    await first;
    expect(await readText(scene.send('jane'))).toBe(SUCCESS);
    expect(scene.stub.asked).toHaveLength(1);
  });

  it('is off unless it is switched on', async () => {
    const scene = new Scene();
    const first = readText(scene.send('jane'));
    answer(scene, SUCCESS);
    await first;
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(2);
  });

  it('remembers no answer whose readers all left', async () => {
    const scene = new Scene({ coalescing: { cacheTtlMs: 100 } });
    const controller = new AbortController();
    const first = scene.send('jane', UP, controller.signal);
    scene.stub.asked[0]?.answer();
    scene.stub.asked[0]?.body.write(SUCCESS);
    await first;
    controller.abort();
    await sleep(5);
    void scene.send('jane');
    expect(scene.stub.asked).toHaveLength(2);
  });
});

describe('the form of a scoped request', () => {
  const NAMESPACES = ['a', 'b', 'c', 'a-b', 'a1'];
  const scopes = fc.subarray(NAMESPACES, { minLength: 1 }).map((names) => scopeOf(...names));
  const matchers = fc.constantFrom(
    '',
    '{namespace="a"}',
    '{namespace="b"}',
    '{namespace=~"a|b"}',
    '{namespace="a",namespace="b"}',
    '{namespace!="c"}',
    '{x="namespace=\\"a\\""}',
  );
  const queries = fc
    .array(
      matchers.map((it) => `up${it}`),
      { minLength: 1, maxLength: 3 },
    )
    .map((selectors) => `/api/v1/query?query=${encodeURIComponent(selectors.join(' + '))}`);
  const lists = fc
    .array(matchers, { maxLength: 3 })
    .map((selectors) => selectors.map((it) => `&match[]=${encodeURIComponent(`up${it}`)}`).join(''))
    .map((parameters) => `/api/v1/series?limit=1${parameters}`);

  // Without the name of the scope in front: the form alone tells scopes apart.
  it('is never the same for different sets of namespaces, whatever the callers wrote', () => {
    const paths = fc.oneof(fc.tuple(queries, queries), fc.tuple(lists, lists));
    fc.assert(
      fc.property(paths, scopes, scopes, ([one, other], left, right) => {
        fc.pre(left.tenants.join() !== right.tenants.join());
        expect(requestOf(one, left).form).not.toBe(requestOf(other, right).form);
      }),
      { numRuns: 2_000 },
    );
  });
});
