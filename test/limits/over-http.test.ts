import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../http/harness/eventually.ts';
import { type Frontend, startFrontend } from '../http/harness/frontend.ts';
import { DEFAULT_GROUPS } from '../http/harness/limit-groups.ts';
import { json, SUCCESS } from '../http/harness/recording-upstream.ts';

const NOW = Math.floor(Date.now() / 1_000);
const DAY = 86_400;
const YEAR = 365 * DAY;

type Parameters = Readonly<Record<string, string | number>>;

function pathOf(route: string, parameters: Parameters): string {
  const texts = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  return `/api/v1/${route}?${new URLSearchParams([['namespace', 'team-a'], ...texts]).toString()}`;
}

let frontend: Frontend;

beforeAll(async () => {
  frontend = await startFrontend({ limits: { responseBytes: 100_000 } });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
});

beforeEach(() => {
  frontend.upstream.respondWith(json(SUCCESS));
});

describe('the limits of an installation that configures none', () => {
  it.each<[string, string, Parameters]>([
    ['the health check of Grafana', 'query', { query: '1+1', time: 4 }],
    ['an evaluation in 1970', 'query', { query: 'up', time: 4 }],
    ['an instant query', 'query', { query: 'up' }],
    ['the last five years', 'query_range', { query: 'up', start: NOW - 5 * YEAR - 2 * DAY, end: NOW, step: DAY }], // prettier-ignore
    ['11,000 points', 'query_range', { query: 'up', start: NOW - 11_000 * 15, end: NOW, step: 15 }],
    ['times in RFC 3339', 'query_range', { query: 'up', start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z', step: '1m' }], // prettier-ignore
    ['a service level over a year', 'query', { query: 'sum_over_time(up[1y])' }],
    ['a comparison with last year', 'query_range', { query: 'up offset 52w', start: NOW - DAY, end: NOW, step: 60 }], // prettier-ignore
    ['a month at the ends of the range', 'query_range', { query: 'rate(up[30d] @ end())', start: NOW - DAY, end: NOW, step: 60 }], // prettier-ignore
    ['a subquery over a month', 'query', { query: 'max_over_time(rate(up[5m])[30d:1m])' }],
    ['series of all time', 'series', { 'match[]': 'up' }],
    ['labels in milliseconds', 'labels', { start: NOW * 1_000, end: NOW * 1_000 }],
  ])('let %s pass', async (_what, route, parameters) => {
    const answer = await frontend.ask(pathOf(route, parameters));
    expect(answer).toMatchObject({ status: 200, text: SUCCESS });
  });

  it.each<[string, string, Parameters, string]>([
    ['limit_range', 'query_range', { query: 'up', start: 0, end: 160_000_001, step: DAY }, 'the query spans 160000001 s, and at most 160000000 s are allowed'], // prettier-ignore
    ['limit_range', 'query_range', { query: 'up', start: '1970-01-01T00:00:00Z', end: NOW, step: '1w' }, `the query spans ${NOW} s, and at most 160000000 s are allowed`], // prettier-ignore
    ['limit_points', 'query_range', { query: 'up', start: 0, end: 11_001, step: '1s' }, 'the range holds 11001 steps, and at most 11000 are allowed; a coarser step has fewer'], // prettier-ignore
    ['limit_points', 'query_range', { query: 'up', start: NOW - YEAR, end: NOW, step: '1ms' }, 'the range holds 31536000000 steps, and at most 11000 are allowed; a coarser step has fewer'], // prettier-ignore
    ['limit_lookback', 'query', { query: 'rate(up[2y])' }, 'the query looks back 63072000 s from where it is evaluated, and at most 34560000 s are allowed'], // prettier-ignore
    ['limit_lookback', 'query', { query: 'up', lookback_delta: '2y' }, 'the query looks back 63072000 s from where it is evaluated, and at most 34560000 s are allowed'], // prettier-ignore
    ['limit_offset', 'query', { query: 'up offset 2y' }, 'an offset or @ moves the query by 63072000 s, and at most 34560000 s are allowed'], // prettier-ignore
    ['limit_offset', 'query', { query: 'up @ 0', time: 1_700_000_000 }, 'an offset or @ moves the query by 1700000000 s, and at most 34560000 s are allowed'], // prettier-ignore
    ['limit_subquery_points', 'query', { query: 'max_over_time(up[300d:1s])' }, 'a subquery asks for 25920000 points, and at most 200000 are allowed; a coarser step has fewer'], // prettier-ignore
  ])('refuse with %s', async (code, route, parameters, error) => {
    const asked = frontend.upstream.recorded.length;
    const answer = await frontend.ask(pathOf(route, parameters));
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error', errorType: 'bad_data', code, error }); // prettier-ignore
    expect(frontend.upstream.recorded).toHaveLength(asked);
  });

  it('measure a query without a time from now', async () => {
    const answer = await frontend.ask(pathOf('query', { query: 'up @ 0' }));
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'limit_offset' });
    expect((await frontend.ask(pathOf('query', { query: `up @ ${NOW - DAY}` }))).status).toBe(200);
  });

  it('are the documented ones', () => {
    expect(DEFAULT_GROUPS.limits).toMatchObject({
      rangeSeconds: 160_000_000,
      points: 11_000,
      lookbackSeconds: 400 * DAY,
      offsetSeconds: 400 * DAY,
    });
  });
});

describe('an answer that is too long', () => {
  const LONG = `{"status":"success","data":["${'x'.repeat(200_000)}"]}`;

  it('is refused where its length is known', async () => {
    frontend.upstream.respondWith((response) => {
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': LONG.length,
      });
      response.end(LONG);
    });
    const answer = await frontend.ask(pathOf('query', { query: 'up' }));
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'limit_response_bytes',
      error: `the answer has ${LONG.length} bytes, and at most 100000 are allowed`,
    });
  });

  it('is broken off where it is not', async () => {
    frontend.upstream.respondWith((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      for (let i = 0; i < 10; i += 1) response.write(LONG.slice(i * 20_000, (i + 1) * 20_000));
      response.end();
    });
    const answer = await frontend.ask(pathOf('query', { query: 'up' }));
    expect(answer).toMatchObject({ status: 200, isWhole: false });
    // The piece that passes the limit may still be on its way.
    expect(answer.text.length).toBeLessThan(100_000 + 65_536);
    await eventually(
      () => frontend.log.find(({ event }) => event === 'broken_off'),
      (line) => (line?.fields['error'] as { code?: string } | undefined)?.code === 'limit_response_bytes', // prettier-ignore
    );
  });

  it('leaves the next one whole', async () => {
    const answer = await frontend.ask(pathOf('query', { query: 'up' }));
    expect(answer).toMatchObject({ status: 200, text: SUCCESS, isWhole: true });
  });
});
