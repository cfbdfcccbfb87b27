import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MonitoringDashboards } from '../../../lib/monitoring/monitoring-dashboards.ts';
import { MonitoringRules } from '../../../lib/monitoring/monitoring-rules.ts';
import type { MonitoredComponent } from '../../../lib/monitoring/platform-series.ts';
import {
  dashboardExpressions,
  dashboardsOf,
  ruleExpressions,
  selectorsOf,
} from '../../lib/support/expressions.ts';
import { manifestsOf, only, platformChart } from '../../lib/support/manifests.ts';
import { sendRequest } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { promtool } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { ALL_JOBS } from './alert-case.ts';
import { type Expositions, exposedNames, startEverything } from './expositions.ts';

const chart = platformChart();
void new MonitoringRules(chart, 'rules', { jobs: ALL_JOBS });
void new MonitoringDashboards(chart, 'dashboards', { jobs: ALL_JOBS });
const MANIFESTS = manifestsOf(chart);
const RULE = only(MANIFESTS, 'PrometheusRule');
const RECORDED = new Set(ruleExpressions(RULE).map(({ place }) => place));
const DASHBOARD_EXPRESSIONS = MANIFESTS.filter(({ kind }) => kind === 'ConfigMap')
  .flatMap(dashboardsOf)
  .flatMap(dashboardExpressions);
const EXPRESSIONS = [...ruleExpressions(RULE), ...DASHBOARD_EXPRESSIONS];

const JOBS = Object.entries(ALL_JOBS) as readonly [MonitoredComponent, readonly string[]][];

await describeReal(
  'the metrics that alerts and dashboards select',
  [
    'prometheus',
    'promtool',
    'thanos',
    'etcd',
    'kube-apiserver',
    'kubectl',
    'operator-crds',
    'prometheus-operator',
    'prometheus-config-reloader',
  ],
  () => {
    let everything: Expositions;
    const exposed = new Map<MonitoredComponent, ReadonlySet<string>>();

    beforeAll(async () => {
      everything = await startEverything();
      for (const [component] of JOBS) {
        exposed.set(component, exposedNames(await everything.of(component)));
      }
    });

    afterAll(async () => {
      await everything[Symbol.asyncDispose]();
    });

    // Whose metric it has to be, by the job that the selector names.
    const componentsOf = (job: string): MonitoredComponent[] =>
      JOBS.filter(([, jobs]) => jobs.some((it) => job.split('|').includes(it))).map(([it]) => it);

    const missingIn = (expr: string): string[] =>
      selectorsOf(expr).flatMap(({ matchers, name = '' }) => {
        // Prometheus adds these to every target.
        if (/^(?:up$|scrape_)/.test(name))
          return everything.scrapedNames.includes(name) ? [] : [name];
        if (RECORDED.has(name)) return [];
        const job = matchers.find(({ label }) => label === 'job')?.value ?? '';
        const components = componentsOf(job);
        if (components.length === 0) return [`${name} of nobody`];
        return components
          .filter((it) => exposed.get(it)?.has(name) !== true)
          .map((it) => `${name} of ${it}`);
      });

    it('are exposed by the programs they are asked of', () => {
      expect(EXPRESSIONS.length).toBeGreaterThan(80);
      expect(EXPRESSIONS.flatMap(({ expr }) => missingIn(expr))).toEqual([]);
    });

    it('are missed where a name is misspelt or the wrong program is asked', () => {
      const [job] = ALL_JOBS.compactor;
      const selector = (name: string): string => `${name}{namespace="monitoring",job="${job}"}`;
      expect(missingIn(selector('thanos_compact_halted'))).toEqual([]);
      expect(missingIn(selector('thanos_compact_haltet'))).toHaveLength(1);
      expect(missingIn(selector('prometheus_tsdb_head_series'))).toHaveLength(1);
    });

    it('stand in expressions that Prometheus parses', async () => {
      for (const { expr } of DASHBOARD_EXPRESSIONS) {
        const { exitCode, stderr } = await promtool(['promql', 'format', expr, '--experimental']);
        expect([expr, stderr, exitCode]).toEqual([expr, '', 0]);
      }
    });

    it('lose a store that dies, while the querier goes on answering with 200', async () => {
      const connected = async (): Promise<boolean> =>
        (await everything.of('querier')).includes('store_type="sidecar"');
      expect(await connected()).toBe(true);
      await everything.stopSidecar();
      await poll(async () => ((await connected()) ? undefined : true), {
        what: 'the querier to notice that its store is gone',
      });
      const { status, text } = await sendRequest({
        url: `${everything.querierUrl}/api/v1/query?query=up`,
      });
      expect(status).toBe(200);
      expect(text).toContain('"result":[]');
    });
  },
);
