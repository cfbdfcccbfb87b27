import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeReal } from '../harness/skip.ts';
import { ask } from './answer.ts';
import { CLASSIC } from './eras.ts';
import { type Installation, startInstallation } from './installation.ts';
import { OWN } from './tenants.ts';

await describeReal('the labels that absent() infers', ['prometheus', 'promtool'], () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await startInstallation();
  }, 300_000);

  afterAll(() => installation.stop());

  async function answers(query: string): Promise<{ scoped: string; alone: string }> {
    const question = {
      path: '/api/v1/query',
      parameters: [
        ['query', query],
        ['time', String(CLASSIC.time)],
      ] as const,
    };
    const { scoped, alone } = installation.one;
    const reading = { isOrdered: false };
    const [ours, theirs] = await Promise.all([
      ask(scoped, question, reading),
      ask(alone, question, reading),
    ]);
    expect([ours.isRefused, theirs.isRefused]).toEqual([false, false]);
    return { scoped: ours.said, alone: theirs.said };
  }

  it.each([
    `absent(no_such_metric{namespace="${OWN}"})`,
    `absent(no_such_metric{namespace="${OWN}",job="x"})`,
    `absent({namespace="${OWN}",__name__="no_such_metric"})`,
    `absent({"no_such_metric","namespace"='${OWN}'})`,
    `absent_over_time(no_such_metric{namespace="${OWN}"}[5m])`,
    `absent(no_such_metric{namespace="${OWN}",namespace="${OWN}"})`,
    `absent(no_such_metric{namespace="${OWN}",namespace=~".+"})`,
    `sum by (namespace) (absent(no_such_metric{namespace="${OWN}"}))`,
    `absent(sum(no_such_metric))`,
  ])('are those of a server alone: %s', async (query) => {
    const { scoped, alone } = await answers(query);
    expect(scoped).toBe(alone);
    expect(scoped).not.toBe('vector []');
  });

  it.each([
    ['one more where the query does not name the namespace', 'absent(no_such_metric)', true],
    ['one less where it names another', 'absent(no_such_metric{namespace="team-b"})', false],
  ])('are %s', async (_what, query, isOurs) => {
    const { scoped, alone } = await answers(query);
    expect(scoped.includes(`["namespace","${OWN}"]`)).toBe(isOurs);
    expect(alone.includes('["namespace",')).toBe(!isOurs);
  });
});
