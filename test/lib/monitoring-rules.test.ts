import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { METRICS } from '../../frontend/http/metric-table.ts';
import { MonitoringRules, type MonitoringRulesProps, SynthError } from '../../lib/index.ts';
import { ruleExpressions, selectorsOf, unpinned } from './support/expressions.ts';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textAt,
} from './support/manifests.ts';
import { platformManifests } from './support/platform.ts';

const EVERY_COMPONENT: MonitoringRulesProps['jobs'] = {
  frontend: ['tenant-query-frontend'],
  prometheus: ['prometheus-server-tenancy'],
  sidecar: ['prometheus-tenancy'],
  storeGateway: ['thanos-store-gateway'],
  compactor: ['thanos-compactor'],
  querier: ['thanos-querier'],
  thanosQueryFrontend: ['thanos-query-frontend'],
  ruler: ['thanos-ruler', 'thanos-other-ruler'],
  receive: ['thanos-receive-router', 'thanos-receive-ingestor'],
  operator: ['prometheus-operator'],
};

function synth(props: Partial<MonitoringRulesProps> = {}): Manifest {
  const chart = platformChart();
  void new MonitoringRules(chart, 'rules', { jobs: EVERY_COMPONENT, ...props });
  return only(manifestsOf(chart), 'PrometheusRule');
}

function alertsOf(rule: Manifest): readonly Json[] {
  return listAt(rule.spec, 'groups')
    .flatMap((group) => listAt(group, 'rules'))
    .filter((it) => at(it, 'alert') !== undefined);
}

describe('MonitoringRules', () => {
  it.each(ruleExpressions(synth()))('pins the namespace of the platform in $place', ({ expr }) => {
    expect(selectorsOf(expr).length).toBeGreaterThan(0);
    expect(unpinned(expr, 'namespace', ['monitoring'])).toEqual([]);
    for (const { matchers } of selectorsOf(expr)) {
      expect(
        matchers.some(({ label, operator }) => label === 'job' && /^=~?$/.test(operator)),
      ).toBe(true);
    }
  });

  it('pins it in any other tenancy label', () => {
    for (const { expr } of ruleExpressions(synth({ tenancyLabel: 'tenant' }))) {
      expect(unpinned(expr, 'tenant', ['monitoring'])).toEqual([]);
      expect(expr).not.toMatch(/\bnamespace\b/);
    }
  });

  it('would be caught with a selector that does not', () => {
    const open = ['up', 'up{job="x"}', 'up{namespace=~"monitoring"}', 'up{namespace="team-a"}'];
    for (const selector of open) {
      const expr = `sum(rate(up{namespace="monitoring"}[5m])) / topk(scalar(${selector}), vector(1))`;
      expect(unpinned(expr, 'namespace', ['monitoring'])).toHaveLength(1);
    }
  });

  it('selects metrics of the frontend by labels that they have', () => {
    const rows = new Map(Object.values(METRICS).map((row) => [row.name, row.labels]));
    const selected = ruleExpressions(synth())
      .flatMap(({ expr }) => selectorsOf(expr))
      .filter(({ name }) => name?.startsWith('tenancy_query_frontend_'));
    expect(selected.length).toBeGreaterThan(10);
    for (const { matchers, name = '' } of selected) {
      const labels = rows.get(name) ?? rows.get(name.replace(/_(?:bucket|count|sum)$/, ''));
      const known = ['namespace', 'job', ...(labels ?? [])];
      expect([name, labels === undefined]).toEqual([name, false]);
      expect(matchers.filter(({ label }) => !known.includes(label))).toEqual([]);
    }
  });

  it('names the severity, what is wrong and the runbook of every alert', () => {
    for (const alert of alertsOf(synth())) {
      expect(['critical', 'warning']).toContain(at(alert, 'labels', 'severity'));
      expect(textAt(alert, 'annotations', 'summary')).toMatch(/^[A-Z].*\.$/);
      expect(textAt(alert, 'annotations', 'description').length).toBeGreaterThan(40);
      expect(textAt(alert, 'annotations', 'runbook')).toContain(
        `docs/runbooks.md#${textAt(alert, 'alert').toLowerCase()}`,
      );
    }
  });

  it('has a section in the runbooks for every alert, and no other', () => {
    const text = readFileSync(new URL('../../docs/runbooks.md', import.meta.url), 'utf8');
    const sections = text.split(/^### /m).slice(1);
    const names = alertsOf(synth()).map((it) => textAt(it, 'alert'));
    expect(sections.map((it) => it.slice(0, it.indexOf('\n'))).toSorted()).toEqual(
      names.toSorted(),
    );
    for (const section of sections) {
      expect(section).toMatch(/\*\*Look at\*\*/);
      expect(section).toMatch(/\*\*Do\*\*/);
    }
  });

  it('calls nobody for one event of the reloader that is long past', () => {
    const alert = alertsOf(synth()).find(
      (it) => at(it, 'alert') === 'TenantPrometheusReloaderFailing',
    );
    const windows = textAt(alert, 'expr').matchAll(/\[(\d+)m\]/g);
    const lasts = Number(/^(\d+)m$/.exec(textAt(alert, 'for'))?.[1]);
    const minutes = [...windows].map(([, window]) => Number(window));
    expect(minutes).toHaveLength(2);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(lasts);
  });

  it('has each alert once', () => {
    const names = alertsOf(synth()).map((it) => textAt(it, 'alert'));
    expect(new Set(names).size).toBe(names.length);
  });

  it('leads to a page of the platform, if there is one', () => {
    const [alert] = alertsOf(synth({ runbookUrl: 'https://wiki.example/runbooks' }));
    expect(at(alert, 'annotations', 'runbook_url')).toBe(
      'https://wiki.example/runbooks#tenantqueryfrontenderrors',
    );
    expect(at(alert, 'annotations', 'runbook')).toBeUndefined();
  });

  it('adds labels for the routes of Alertmanager', () => {
    const [alert] = alertsOf(synth({ alertLabels: { team: 'platform' } }));
    expect(at(alert, 'labels')).toEqual({ team: 'platform', severity: 'critical' });
  });

  it('leaves out components that are not there', () => {
    const names = alertsOf(synth({ jobs: { frontend: ['f'] } })).map((it) => textAt(it, 'alert'));
    expect(names.filter((it) => !/^(?:TenantQueryFrontend|TenancyComponent)/.test(it))).toEqual([]);
  });

  it.each([
    [{ jobs: {} }, /names no job/],
    [{ jobs: { frontend: ['a"} or up{'] } }, /is not the name of a Service/],
    [{ alertLabels: { severity: 'none' } }, /severity is set already/],
    [{ alertLabels: { namespace: 'team-a' } }, /namespace is set already/],
  ])('refuses %j', (props, message) => {
    expect(() => synth(props)).toThrow(SynthError);
    expect(() => synth(props)).toThrow(message);
  });

  it('is on in the platform, for every component of it, and found by its Prometheus', () => {
    const manifests = platformManifests();
    const rule = only(manifests, 'PrometheusRule');
    const jobs = manifests
      .filter(({ kind }) => kind === 'ScrapeConfig')
      .map(({ spec }) => textAt(spec, 'jobName'));
    const missing = alertsOf(rule).find((it) => at(it, 'alert') === 'TenancyComponentMissing');
    for (const job of jobs) expect(textAt(missing, 'expr')).toContain(`job="${job}"`);
    const selector = at(only(manifests, 'Prometheus').spec, 'ruleSelector', 'matchLabels');
    expect(rule.metadata.labels).toMatchObject(selector as object);
    expect(rule.metadata.namespace).toBe('monitoring');
  });
});
