import { type Chart, Duration } from 'cdk8s';
import { describe, expect, it } from '@jest/globals';
import {
  MonitoringRules,
  type MonitoringRulesProps,
  type OtherPrometheusProps,
  PlatformMonitors,
  type PlatformMonitorsProps,
  PrometheusOperatorMonitor,
  RuntimeCode,
  SynthError,
  TenancyNetworkPolicies,
  type TenancyNetworkPoliciesProps,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
  WatchingPrometheus,
} from '../../lib/index.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { PLACEHOLDER, platformChart } from './support/manifests.ts';

const OTHER: OtherPrometheusProps = {
  namespace: 'cluster-monitoring',
  podLabels: { 'app.kubernetes.io/name': 'prometheus' },
  labels: { release: 'kube-prometheus-stack' },
};
const NONE = { pods: { component: 'none', podLabels: { a: 'b' }, metricsPorts: [] } };
const NO_PARTS: PlatformMonitorsProps = {
  prometheus: { ...NONE, tenancyLabel: DEFAULT_TENANCY_LABEL },
  querier: { ...NONE, endpoints: [] },
  frontend: NONE,
};

function partsIn(chart: Chart): TenancyNetworkPoliciesProps {
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
  const querier = new ThanosQuerier(chart, 'querier', { endpoints: [prometheus] });
  const code = RuntimeCode.configMap(PLACEHOLDER);
  const frontend = new TenantQueryFrontend(chart, 'frontend', { upstream: querier, code });
  return { prometheus, querier, frontend };
}

describe('WatchingPrometheus', () => {
  it.each<[string, Partial<OtherPrometheusProps>, RegExp]>([
    ['every pod of its namespace', { podLabels: {} }, /every pod of cluster-monitoring/],
    [
      'a label by which the own one finds rules',
      { labels: { 'prometheus-tenancy-kit/rules': 'platform' } },
      /is a label that the kit sets itself/,
    ],
    [
      'a label by which jobs are told',
      { labels: { 'app.kubernetes.io/component': 'x' } },
      /is a label that the kit sets itself/,
    ],
    [
      'what is no namespace',
      { namespace: 'Not A NS' },
      /"Not A NS" is not the name of a namespace/,
    ],
    ['no interval', { interval: Duration.seconds(0) }, /shorter than a second/],
    ['part of a millisecond', { interval: Duration.millis(1_000.5) }, /whole number of millisec/],
    ['an interval just too long', { interval: Duration.millis(75_500) }, /75 seconds at most/],
    ['a long interval', { interval: Duration.minutes(2) }, /75 seconds at most/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => WatchingPrometheus.other({ ...OTHER, ...props })).toThrow(SynthError);
    expect(() => WatchingPrometheus.other({ ...OTHER, ...props })).toThrow(message);
  });

  it('may scrape in parts of a second', () => {
    const interval = Duration.millis(30_500);
    expect(WatchingPrometheus.other({ ...OTHER, interval }).other?.interval).toBe(interval);
  });

  const other = WatchingPrometheus.other(OTHER);
  const rules = (chart: Chart, props: Partial<MonitoringRulesProps>): MonitoringRules =>
    new MonitoringRules(chart, 'rules', { jobs: { frontend: ['f'] }, ...props });

  it('is the same one for all constructs of a chart', () => {
    const told = (first: WatchingPrometheus, second: WatchingPrometheus | undefined): Chart => {
      const chart = platformChart();
      const { prometheus } = NO_PARTS;
      void new PrometheusOperatorMonitor(chart, 'operator', { prometheus, watchedBy: first });
      rules(chart, second === undefined ? {} : { watchedBy: second });
      return chart;
    };
    const { own } = WatchingPrometheus;
    expect(() => told(other, undefined)).toThrow(SynthError);
    expect(() => told(other, own())).toThrow(
      /^MonitoringRules platform\/rules watchedBy: is another one than that of PrometheusOperatorMonitor/,
    );
    expect(() => told(own(), other)).toThrow(SynthError);
    const interval = Duration.seconds(30);
    expect(() => told(other, WatchingPrometheus.other({ ...OTHER, interval }))).toThrow(SynthError);
    expect(() => told(own(), undefined)).not.toThrow();
    expect(() => told(other, WatchingPrometheus.other({ ...OTHER }))).not.toThrow();
  });

  it.each<[string, (chart: Chart) => unknown]>([
    ['PlatformMonitors', (chart) => new PlatformMonitors(chart, 'it', NO_PARTS)],
    ['TenancyNetworkPolicies', (chart) => new TenancyNetworkPolicies(chart, 'it', partsIn(chart))],
  ])('is compared by %s too', (name, build) => {
    const chart = platformChart();
    build(platformChart());
    rules(chart, { watchedBy: other });
    expect(() => build(chart)).toThrow(`${name} platform/it watchedBy: is another one`);
  });

  it('leaves what Prometheus says of itself to that', () => {
    const chart = platformChart();
    rules(chart, { watchedBy: other });
    const jobs = { prometheus: ['prometheus-server-tenancy'] };
    expect(() => new MonitoringRules(chart, 'own', { jobs })).not.toThrow();
  });

  it('cannot be another one where tenants are carried by another label', () => {
    const tenancyLabel = 'tenant';
    const chart = platformChart();
    const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main', tenancyLabel });
    const watched = { prometheus, watchedBy: other };
    const message =
      /watchedBy: is another Prometheus, in which a tenant's target may expose tenant/;
    expect(() => new PlatformMonitors(chart, 'a', { ...NO_PARTS, ...watched })).toThrow(message);
    expect(() => new PrometheusOperatorMonitor(chart, 'b', watched)).toThrow(message);
    expect(() => rules(chart, { tenancyLabel, watchedBy: other })).toThrow(message);
    expect(() => rules(platformChart(), { tenancyLabel })).not.toThrow();
  });

  it('is not asked for what Prometheus says of itself alone', () => {
    const build = (): MonitoringRules =>
      new MonitoringRules(platformChart(), 'rules', {
        jobs: { frontend: ['f'], prometheus: ['prometheus-server-tenancy'] },
        watchedBy: WatchingPrometheus.other(OTHER),
      });
    expect(build).toThrow(SynthError);
    expect(build).toThrow(/scrapes on its loopback/);
  });
});
