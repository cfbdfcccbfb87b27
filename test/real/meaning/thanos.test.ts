import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isAtLeast } from '../../../lib/thanos/version.ts';
import { describeReal } from '../harness/skip.ts';
import { thanosVersion } from '../harness/thanos-versions.ts';
import { type Answer, ask } from './answer.ts';
import type { Answerer, Comparison } from './comparison.ts';
import { usedFeatures } from './coverage.ts';
import { CLASSIC, NATIVE } from './eras.ts';
import { everyNth } from './expressions/family.ts';
import { FAMILIES } from './expressions/table.ts';
import { judgeFamilies, judgeFaults, judgeLists } from './judge.ts';
import { metadataQuestions } from './metadata.ts';
import { say } from './report.ts';
import { startScopingFrontend } from './scoping-frontend.ts';
import { OTHER, OWN, OWNERS } from './tenants.ts';
import { countSeries, startThanosStack, type ThanosStack } from './thanos-stack.ts';
import { deviations, refusedInstantQueries, sameUnscoped, type Verdict } from './verdict.ts';

const PARTS = ['prometheus', 'promtool', 'thanos'] as const;
const WITHIN_MS = 300_000;

const ANSWERED = FAMILIES.filter((family) => !family.isRefused);
const REFUSED = FAMILIES.filter((family) => family.isRefused);
const VERSION = thanosVersion('query');
// Whether Thanos takes names of labels beyond ASCII in the path of their values.
const TAKES_ANY_NAME = isAtLeast(VERSION, '0.40');
// Older queriers give what a store did not refuse, with a notice, even if told not to.
const REFUSES_PARTS = isAtLeast(VERSION, '0.42');
// What Prometheus 3.15 has and the older engine in Thanos does not know.
const UNKNOWN_TO_THANOS = isAtLeast(VERSION, '0.40')
  ? /first_over_time|<\/|>\//
  : /first_over_time|<\/|>\/|offset 0s/;

await describeReal('the answer to a scoped query through Thanos', PARTS, () => {
  const started = new AsyncDisposableStack();
  let shared: ThanosStack;
  let one: Comparison;
  let two: Comparison;
  let verdicts: readonly Verdict[] = [];

  beforeAll(async () => {
    shared = await startThanosStack(OWNERS, started);
    const aloneOne = await startThanosStack([OWN], started);
    const aloneTwo = await startThanosStack([OWN, OTHER], started);
    const frontend = await startScopingFrontend(shared.url);
    started.defer(frontend.stop);
    const compare = (tenants: readonly string[], { url }: ThanosStack): Comparison => ({
      scoped: frontend.answererOf(tenants),
      alone: { url, headers: {} },
      shared: { url: shared.url, headers: {} },
    });
    one = compare([OWN], aloneOne);
    two = compare([OWN, OTHER], aloneTwo);
    verdicts = await judgeFamilies(one, FAMILIES);
  }, WITHIN_MS);

  afterAll(() => started.disposeAsync());

  it('comes out of both kinds of store, together and each alone', async () => {
    const asked = [
      { query: 'memory_bytes', time: CLASSIC.start },
      { query: 'memory_bytes', time: CLASSIC.time },
      { query: 'rpc_duration_seconds', time: NATIVE.time },
    ];
    const { sidecar, storeGateway } = shared.stores;
    const has = async (store: string): Promise<readonly boolean[]> => {
      const counts = asked.map((question) => countSeries(shared, store, question));
      return (await Promise.all(counts)).map((count) => count > 0);
    };
    expect(await has(sidecar)).toEqual([false, true, true]);
    expect(await has(storeGateway)).toEqual([true, true, false]);
  });

  it.each(ANSWERED.map(({ name }) => name))('is that of a stack alone: %s', (name) => {
    const own = verdicts.filter(({ family }) => family === name);
    expect(own.length).toBeGreaterThan(0);
    expect(deviations(own)).toEqual([]);
  });

  it.each(REFUSED.map(({ name }) => name))('is a refusal as by a stack alone: %s', (name) => {
    const own = verdicts.filter(({ family }) => family === name);
    const answered = own.filter(({ alone }) => !alone.isRefused);
    expect(own.length).toBeGreaterThan(0);
    expect(deviations(own)).toEqual([]);
    expect(answered.map(({ path, text }) => `${path} ${text}`)).toEqual([]);
  });

  it('is a refusal, like that of a stack alone, where the engine of Thanos is too old', () => {
    const newer = ANSWERED.flatMap(({ expressions }) =>
      expressions.filter((it) => UNKNOWN_TO_THANOS.test(it)),
    );
    const asked = verdicts.filter(({ family }) => ANSWERED.some(({ name }) => name === family));
    const refused = refusedInstantQueries(asked);
    say(`refused by Thanos alone: ${refused.length} expressions\n  ${refused.join('\n  ')}`);
    expect(newer.length).toBeGreaterThan(0);
    expect(refused).toEqual(newer.map((text) => `${text}: refused: 400 bad_data`));
  });

  it('is another one where the query is not scoped', () => {
    const answered = verdicts.filter(({ alone }) => !alone.isRefused);
    const same = sameUnscoped(answered);
    const filled = answered.filter(({ alone }) => !alone.isEmpty);
    say(
      `through Thanos: ${answered.length} answers (${filled.length} of them not empty) equal to ` +
        `those of a stack alone; ${answered.length - same.length} differ unscoped`,
    );
    expect(same.length).toBeLessThanOrEqual(answered.length / 10);
    expect(filled.length).toBeGreaterThan(answered.length / 2);
  });

  it('was asked for with each operator on the tenancy label, and for native histograms', () => {
    const expressions = verdicts.filter(({ alone }) => !alone.isRefused).map(({ text }) => text);
    expect(new Set(expressions).size).toBeGreaterThanOrEqual(300);
    const used = usedFeatures(expressions);
    const operators = ['=', '!=', '=~', '!~'].map((operator) => `tenancy label ${operator}`);
    expect(operators.filter((feature) => !used.has(feature))).toEqual([]);
    const native = verdicts.filter(({ family }) => family === 'native histograms');
    expect(native.filter(({ alone }) => !alone.isEmpty).length).toBeGreaterThanOrEqual(40);
  });

  it(
    'shows every kind of child that a faulty traversal might skip',
    async () => {
      const faults = await judgeFaults(one, ANSWERED, OWN);
      const kinds = [...new Set(faults.map(({ skipped }) => skipped))];
      const isUnseen = (kind: string): boolean =>
        !faults.some(({ skipped, isSeen }) => skipped === kind && isSeen);
      const seen = faults.filter(({ isSeen }) => isSeen).length;
      say(`through Thanos: ${seen} of ${faults.length} planted faults seen`);
      expect(kinds.length).toBeGreaterThanOrEqual(11);
      expect(kinds.filter(isUnseen)).toEqual([]);
      expect(seen).toBeGreaterThanOrEqual(faults.length * 0.8);
    },
    WITHIN_MS,
  );

  it('is the same by POST', async () => {
    const posted = await judgeFamilies(one, everyNth(ANSWERED, 8), 'form');
    expect(posted.length).toBeGreaterThanOrEqual(80);
    expect(deviations(posted)).toEqual([]);
  });

  it('is that of a stack alone for series, label names and label values', async () => {
    const questions = metadataQuestions().filter(({ path }) => !path.includes('/U__'));
    const listed = await judgeLists(one, questions);
    // Thanos gives a refusal of its own another status than Prometheus and the frontend do.
    const isRefusedAlone = (answer: Answer): boolean =>
      answer.isRefused || (!REFUSES_PARTS && answer.notices.length > 0);
    const refused = listed.filter(({ scoped, alone }) => scoped.isRefused && isRefusedAlone(alone));
    const answered = listed.filter((it) => !refused.includes(it));
    const differing = answered.length - sameUnscoped(answered).length;
    say(`through Thanos: ${answered.length} lists, of which ${differing} differ unscoped`);
    expect(deviations(answered)).toEqual([]);
    expect(answered.length).toBeGreaterThanOrEqual(TAKES_ANY_NAME ? 80 : 65);
    expect(differing).toBeGreaterThanOrEqual(25);
  });

  it('has the values of a label beyond ASCII in a form that Thanos itself does not read', async () => {
    const parameters = [['match[]', '{namespace=~".+"}']] as const;
    const valuesOf = (server: Answerer, name: string): Promise<Answer> =>
      ask(server, { path: `/api/v1/label/${name}/values`, parameters }, { isOrdered: false });
    for (const [escaped, encoded] of [
      ['U__service_2e_name', 'service.name'],
      ['U__gr_f6__df_e', 'gr%C3%B6%C3%9Fe'],
    ] as const) {
      const right = await valuesOf(one.alone, encoded);
      expect([right.isEmpty, right.isRefused]).toEqual([!TAKES_ANY_NAME, !TAKES_ANY_NAME]);
      expect(await valuesOf(one.scoped, encoded)).toEqual(right);
      expect(await valuesOf(one.scoped, escaped)).toEqual(right);
      expect(await valuesOf(one.alone, escaped)).toMatchObject({ isEmpty: true });
    }
  });

  it('is that of a stack with both where two tenants are granted', async () => {
    const judged = await judgeFamilies(two, everyNth(ANSWERED, 4));
    const answered = judged.filter(({ alone }) => !alone.isRefused);
    const differing = answered.length - sameUnscoped(answered).length;
    expect(deviations(judged)).toEqual([]);
    expect(answered.length).toBeGreaterThanOrEqual(80);
    expect(differing).toBeGreaterThanOrEqual(answered.length * 0.8);
  });
});
