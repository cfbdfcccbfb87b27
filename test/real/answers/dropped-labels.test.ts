import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from '../harness/http-request.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { type AnsweringFrontend, bodyOf, startAnsweringFrontend } from './support/frontend.ts';
import { serveOpenMetrics } from './support/metrics-server.ts';

/** Stands in the series of a target whose tenancy label is dropped, and nowhere else. */
const MARK = 'bittern';
const METRICS = `# TYPE orders counter\norders_total{shop="${MARK}"} 7\n# EOF\n`;
const OWN = '# TYPE orders counter\norders_total{shop="robin"} 5\n# EOF\n';

const target = (address: string, more: object): object => ({
  static_configs: [{ targets: [address], labels: { namespace: 'team-a' } }],
  ...more,
});

const RULES = {
  groups: [
    {
      name: 'sums',
      rules: [
        { record: 'orders:sum', expr: 'sum(orders_total)' },
        { record: 'orders:by_namespace', expr: 'sum by (namespace) (orders_total)' },
      ],
    },
  ],
};

await describeReal('series whose tenancy label was dropped', ['prometheus'], () => {
  const running = new AsyncDisposableStack();
  let prometheus: RunningPrometheus;
  let frontend: AnsweringFrontend;

  beforeAll(async () => {
    const folder = await tempFolder('dropped-labels');
    running.defer(folder.remove);
    const ruleFile = join(folder.path, 'rules.yaml');
    await writeFile(ruleFile, JSON.stringify(RULES));
    const own = await serveOpenMetrics(OWN);
    running.defer(() => own.stop());
    const dropping = await serveOpenMetrics(METRICS);
    running.defer(() => dropping.stop());
    prometheus = await startPrometheus({
      config: JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [ruleFile],
        scrape_configs: [
          target(own.address, { job_name: 'own' }),
          target(dropping.address, {
            job_name: 'dropping',
            metric_relabel_configs: [{ action: 'labeldrop', regex: 'namespace' }],
          }),
        ],
      }),
    });
    running.defer(prometheus.stop);
    frontend = await startAnsweringFrontend({ queries: prometheus.url });
    running.defer(frontend.stop);
    await poll(
      async () => {
        const sums = await direct('/api/v1/query?query=orders:sum==12');
        const own = await direct('/api/v1/query?query=orders:by_namespace{namespace="team-a"}');
        return sums.includes('"12"') && own.includes('"5"') ? true : undefined;
      },
      { what: 'the rules to be evaluated over both targets' },
    );
  }, 300_000);

  afterAll(() => running.disposeAsync());

  const direct = async (path: string): Promise<string> =>
    (await sendRequest({ url: `${prometheus.url}${encodeURI(path)}` })).text;
  const ask = async (path: string, tenants = 'team-a,team-b'): Promise<string> =>
    JSON.stringify(bodyOf(await frontend.ask(`/namespaces/${tenants}${encodeURI(path)}`)));

  it.each([
    ['by relabelling', '/api/v1/query?query=orders_total', MARK],
    [
      'by relabelling, asked for by its absence',
      '/api/v1/query?query={namespace="",shop!=""}',
      MARK,
    ],
    ['by relabelling, as series', '/api/v1/series?match[]=orders_total', MARK],
    ['by relabelling, as values of a label', '/api/v1/label/shop/values', MARK],
    ['by a recording rule', '/api/v1/query?query=orders:sum', '"12"'],
    ['by a recording rule, as names', '/api/v1/label/__name__/values', 'orders:sum'],
  ])('%s, are shown without us, and to no tenant by us: %s', async (_how, path, shown) => {
    expect(await direct(path)).toContain(shown);
    for (const tenants of ['team-a', 'team-b', 'team-a,team-b']) {
      expect(await ask(path, tenants)).not.toContain(shown);
    }
  });

  it('are not a part of what a tenant sums up', async () => {
    expect(await direct('/api/v1/query?query=sum(orders_total)')).toContain('"12"');
    expect(await ask('/api/v1/query?query=sum(orders_total)')).toContain('"5"');
  });

  it('stay out while what kept its label is shown', async () => {
    expect(await ask('/api/v1/query?query=orders_total', 'team-a')).toContain('robin');
    expect(await ask('/api/v1/query?query=orders:by_namespace', 'team-a')).toContain('"5"');
    expect(await ask('/api/v1/query?query=orders:by_namespace', 'team-b')).not.toContain('"5"');
  });
});
