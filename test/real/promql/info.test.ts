import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { scopeQuery } from '../../../frontend/promql/scope.ts';
import { accepted, refused } from '../../promql/results.ts';
import { scopeOf } from '../../promql/scopes.ts';
import { sendRequest } from '../harness/http-request.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';

const TIME = 1_600_000_000;
const SECRET = 'secret-of-team-b';
const FEATURES = { 'promql-experimental-functions': true };
const SCOPE = scopeOf('team-a');

// The engine pairs series by job and instance alone, so the second series of team-a is described by
// what team-b says of itself.
const SERIES = `# TYPE app_up gauge
app_up{namespace="team-a",job="app",instance="1"} 1 ${TIME}
app_up{namespace="team-a",job="app",instance="2"} 1 ${TIME}
# TYPE build_info gauge
build_info{namespace="team-b",job="app",instance="1",version="${SECRET}"} 1 ${TIME}
# TYPE target_info gauge
target_info{namespace="team-a",job="app",instance="1",version="1.0"} 1 ${TIME}
target_info{namespace="team-b",job="app",instance="2",version="${SECRET}"} 1 ${TIME}
# EOF
`;

/** A series that no database holds, with the job and the instance of team-b. */
const FORGED =
  'label_replace(label_replace(vector(1), "job", "app", "", ""), "instance", "2", "", "")';

await describeReal('info()', ['prometheus', 'promtool'], () => {
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus({
      openMetrics: SERIES,
      flags: ['--enable-feature=promql-experimental-functions'],
    });
  });

  afterAll(() => prometheus.stop());

  const ask = async (query: string): Promise<{ text: string; versions: readonly unknown[] }> => {
    const form = new URLSearchParams({ query, time: String(TIME) });
    const { text } = await sendRequest({
      url: `${prometheus.url}/api/v1/query?${form.toString()}`,
    });
    const answer: unknown = JSON.parse(text);
    expect(readPath(answer, 'status')).toBe('success');
    const result = readPath(answer, 'data', 'result');
    const series = Array.isArray(result) ? result : [];
    return { text, versions: series.map((it) => readPath(it, 'metric', 'version')) };
  };

  const scoped = (text: string): string =>
    accepted(scopeQuery(accepted(parseQuery(text, {}, FEATURES)), SCOPE));

  it.each([
    ['by a label', 'info(app_up, {version=~".+"})'],
    ['by any label', 'info(app_up, {})'],
    ['by a name that is not target_info', 'info(app_up, {__name__="build_info",version=~".+"})'],
    ['by many names', 'info(app_up{instance="2"}, {__name__=~".+_info",version=~".+"})'],
    ['by the other tenant', 'info(app_up, {namespace="team-b",version=~".+"})'],
    ['by all but the own tenant', 'info(app_up, {namespace!="team-a",version=~".+"})'],
    ['behind a subquery', 'max_over_time(info(app_up, {version=~".+"})[1m:1s])'],
    ['for a forged series', `info(${FORGED}, {version=~".+"})`],
    ['twice', 'info(info(app_up, {namespace=~".+"}), {version=~".+"})'],
  ])('copies nothing of another tenant when it is asked %s', async (_how, query) => {
    expect((await ask(query)).text).toContain(SECRET);
    expect((await ask(scoped(query))).text).not.toContain(SECRET);
  });

  it('still copies what is in the scope', async () => {
    const { versions } = await ask(scoped('info(app_up, {version=~".+"})'));
    expect(versions).toEqual(['1.0']);
  });

  it.each([
    ['series of the scope', 'info(app_up)', 'info(app_up{namespace="team-a"})'],
    ['a forged series', `info(${FORGED})`, `info(${FORGED})`],
  ])('is refused with one argument, %s: it would leak', async (_what, query, leaking) => {
    expect((await ask(leaking)).text).toContain(SECRET);
    expect(refused(parseQuery(query, {}, FEATURES))).toMatchObject({
      code: 'query_unsupported',
      reason: 'info_without_selector',
    });
  });
});
