import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { askQuery, leaksOf } from '../faults/tenant-question.ts';
import { startQuerierOver, startThanosStore } from '../faults/thanos-path.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import type { Answerer } from '../meaning/comparison.ts';
import { startScopingFrontend } from '../meaning/scoping-frontend.ts';
import { bodyOf } from '../query-frontend/support/envelope.ts';
import { MARKS, shows } from '../query-frontend/support/tenant-series.ts';

const PARTS = ['prometheus', 'promtool', 'thanos'] as const;
const ENFORCE = [
  '--query.enforce-tenancy',
  '--query.tenant-header=THANOS-TENANT',
  '--query.tenant-label-name=namespace',
];

// Two matchers for one label, of which no series fulfils both.
const CONTRADICTIONS = [
  'shop_orders{namespace="team-b",namespace="team-a"}',
  'shop_orders{namespace!="team-a",namespace="team-a"}',
];
const FOREIGN = 'shop_orders{namespace="team-b"}';
// The parameter of an aggregation is an expression, with a selector of its own.
const PARAMETER = 'quantile(scalar(max(shop_orders{namespace="team-b"})), up)';

await describeReal('tenancy that a Thanos querier enforces itself', PARTS, () => {
  const started = new AsyncDisposableStack();
  /** A querier that is told the tenant in a header, and a frontend before it. */
  let enforcing: Answerer;
  let beforeEnforcing: Answerer;
  /** A querier that scopes nothing, and the frontend before it. */
  let plain: Answerer;
  let beforePlain: Answerer;

  beforeAll(async () => {
    const store = await startThanosStore(started);
    const frontendOf = async (url: string): Promise<Answerer> => {
      const frontend = await startScopingFrontend(url);
      started.defer(frontend.stop);
      return frontend.answererOf(['team-a']);
    };
    const enforcingUrl = (await startQuerierOver(store, started, ENFORCE)).httpUrl;
    const plainUrl = (await startQuerierOver(store, started)).httpUrl;
    enforcing = { url: enforcingUrl, headers: { 'THANOS-TENANT': 'team-a' } };
    plain = { url: plainUrl, headers: {} };
    beforeEnforcing = await frontendOf(enforcingUrl);
    beforePlain = await frontendOf(plainUrl);
  }, 120_000);

  afterAll(() => started.disposeAsync());

  const ordersOf = async (server: Answerer, query: string): Promise<unknown> => {
    const answer = await askQuery(server, query);
    expect(answer.status).toBe(200);
    const result = readPath(bodyOf(answer), 'data', 'result');
    return (Array.isArray(result) ? result : []).map((it) => readPath(it, 'value', 1));
  };
  const own = [MARKS['team-a'].orders];

  it('does scope a plain selector', async () => {
    expect(await ordersOf(enforcing, 'shop_orders')).toEqual(own);
    expect(await ordersOf(plain, 'shop_orders')).toHaveLength(2);
    expect(await ordersOf(beforePlain, 'shop_orders')).toEqual(own);
  });

  it.each([...CONTRADICTIONS, FOREIGN])('answers what was not asked to %s', async (query) => {
    expect(await ordersOf(enforcing, query)).toEqual(own);
    expect(await ordersOf(beforePlain, query)).toEqual([]);
  });

  it('gives a value of another tenant away in the parameter of an aggregation', async () => {
    const leak = await askQuery(enforcing, PARAMETER);
    expect(leak.text).toContain(`got ${MARKS['team-b'].orders}`);
    const answer = await askQuery(beforePlain, PARAMETER);
    expect(answer.status).toBe(200);
    expect(shows(answer.text, 'team-b')).toBe(false);
    expect(leaksOf(answer)).toEqual([]);
    expect(readPath(bodyOf(answer), 'warnings', 0)).toContain('got NaN');
  });

  it('replaces even the matcher of a frontend before it, which names no tenant', async () => {
    expect(await ordersOf(beforeEnforcing, 'shop_orders')).toEqual([]);
  });
});
