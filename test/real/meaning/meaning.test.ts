import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeReal } from '../harness/skip.ts';
import { experimentalNames, requiredFeatures, usedFeatures } from './coverage.ts';
import { everyNth } from './expressions/family.ts';
import { FAMILIES } from './expressions/table.ts';
import { type Installation, startInstallation } from './installation.ts';
import { judgeFamilies, judgeFaults, judgeLists } from './judge.ts';
import { metadataQuestions } from './metadata.ts';
import { say } from './report.ts';
import { OWN } from './tenants.ts';
import { deviations, refusedInstantQueries, sameUnscoped, type Verdict } from './verdict.ts';

const WITHIN_MS = 300_000;

const ANSWERED = FAMILIES.filter((family) => !family.isRefused);
const REFUSED = FAMILIES.filter((family) => family.isRefused);
const EXPRESSIONS = ANSWERED.flatMap((family) => family.expressions);

await describeReal('the answer to a scoped query', ['prometheus', 'promtool'], () => {
  let installation: Installation;
  let verdicts: readonly Verdict[] = [];

  beforeAll(async () => {
    installation = await startInstallation();
    verdicts = await judgeFamilies(installation.one, FAMILIES);
  }, WITHIN_MS);

  afterAll(() => installation.stop());

  it.each(ANSWERED.map(({ name }) => name))('is that of a server alone: %s', (name) => {
    const own = verdicts.filter(({ family }) => family === name);
    expect(own.length).toBeGreaterThan(0);
    expect(deviations(own)).toEqual([]);
    expect(refusedInstantQueries(own)).toEqual([]);
  });

  it.each(REFUSED.map(({ name }) => name))('is a refusal as by a server alone: %s', (name) => {
    const own = verdicts.filter(({ family }) => family === name);
    const answered = own.filter(({ alone }) => !alone.isRefused);
    expect(own.length).toBeGreaterThan(0);
    expect(deviations(own)).toEqual([]);
    expect(answered.map(({ path, text }) => `${path} ${text}`)).toEqual([]);
  });

  it('is another one where the query is not scoped', () => {
    const answered = verdicts.filter(({ alone }) => !alone.isRefused);
    const same = sameUnscoped(answered);
    const filled = answered.filter(({ alone }) => !alone.isEmpty);
    say(
      `${EXPRESSIONS.length} expressions, ${answered.length} answers (${filled.length} of them not ` +
        `empty) equal to those of a server alone; ${answered.length - same.length} differ unscoped, but:`,
    );
    for (const text of new Set(same.map((it) => it.text))) say(`  ${text}`);
    expect(same.length).toBeLessThanOrEqual(answered.length / 10);
  });

  it(
    'shows every kind of child that a faulty traversal might skip',
    async () => {
      const faults = await judgeFaults(installation.one, ANSWERED, OWN);
      const kinds = [...new Set(faults.map(({ skipped }) => skipped))].toSorted();
      const counts = kinds.map((kind) => {
        const planted = faults.filter(({ skipped }) => skipped === kind);
        return { kind, planted: planted.length, seen: planted.filter((it) => it.isSeen).length };
      });
      say(
        `planted faults seen: ${counts.map((it) => `${it.kind} ${it.seen}/${it.planted}`).join(', ')}`,
      );
      expect(counts.length).toBeGreaterThanOrEqual(11);
      // Where vectors are matched by the tenancy label, what leaks finds no partner.
      expect(counts.filter(({ planted, seen }) => seen < planted / 2)).toEqual([]);
    },
    WITHIN_MS,
  );

  it('is the same by POST', async () => {
    const posted = await judgeFamilies(installation.one, everyNth(ANSWERED, 5), 'form');
    expect(posted.length).toBeGreaterThanOrEqual(80);
    expect(deviations(posted)).toEqual([]);
  });

  it('is that of a server alone for series, label names and label values', async () => {
    const listed = await judgeLists(installation.one, metadataQuestions());
    const differing = listed.length - sameUnscoped(listed).length;
    say(`${listed.length} lists of series and labels, of which ${differing} differ unscoped`);
    expect(deviations(listed)).toEqual([]);
    expect(differing).toBeGreaterThanOrEqual(30);
  });

  it('is that of a server with both where two tenants are granted', async () => {
    const judged = await judgeFamilies(installation.two, everyNth(ANSWERED, 4));
    const answered = judged.filter(({ alone }) => !alone.isRefused);
    const differing = answered.length - sameUnscoped(answered).length;
    say(`two tenants: ${answered.length} answers, of which ${differing} differ unscoped`);
    expect(deviations(judged)).toEqual([]);
    expect(answered.length).toBeGreaterThanOrEqual(80);
    expect(differing).toBeGreaterThanOrEqual(answered.length * 0.8);
  });

  it('was asked for with everything that PromQL has', () => {
    const used = usedFeatures(EXPRESSIONS);
    expect(requiredFeatures().filter((feature) => !used.has(feature))).toEqual([]);
    const refused = REFUSED.flatMap((family) => family.expressions).join('\n');
    expect(experimentalNames().filter((name) => !refused.includes(`${name}(`))).toEqual([]);
    expect(EXPRESSIONS.length).toBeGreaterThanOrEqual(150);
  });
});
