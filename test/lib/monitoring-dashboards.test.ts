import { describe, expect, it } from '@jest/globals';
import {
  MonitoringDashboards,
  type MonitoringDashboardsProps,
  SynthError,
} from '../../lib/index.ts';
import {
  dashboardExpressions,
  dashboardsOf,
  selectorsOf,
  unpinned,
} from './support/expressions.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  platformChart,
  textAt,
  textsAt,
} from './support/manifests.ts';
import { platformManifests } from './support/platform.ts';

const JOBS: MonitoringDashboardsProps['jobs'] = {
  frontend: ['tenant-query-frontend'],
  prometheus: ['prometheus-server-tenancy'],
  sidecar: ['prometheus-tenancy'],
  storeGateway: ['thanos-store-gateway'],
  compactor: ['thanos-compactor'],
  querier: ['thanos-querier'],
  ruler: ['thanos-ruler'],
  receive: ['thanos-receive'],
};

function synth(props: Partial<MonitoringDashboardsProps> = {}): Manifest[] {
  const chart = platformChart();
  void new MonitoringDashboards(chart, 'dashboards', { jobs: JOBS, ...props });
  return manifestsOf(chart);
}

const CONFIG_MAPS = synth();
const DASHBOARDS = CONFIG_MAPS.flatMap(dashboardsOf);

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe('MonitoringDashboards', () => {
  it('is one ConfigMap for each, small enough for a client-side apply', () => {
    expect(CONFIG_MAPS.map(({ metadata }) => metadata.name)).toEqual([
      'grafana-dashboard-tenancy-query-frontend',
      'grafana-dashboard-tenancy-health',
      'grafana-dashboard-tenancy-tenant-usage',
    ]);
    for (const configMap of CONFIG_MAPS) {
      expect(configMap.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
      expect(Object.keys(textsAt(configMap, 'data'))).toHaveLength(1);
      expect(JSON.stringify(configMap).length).toBeLessThan(256 * 1_024);
    }
  });

  it('is found by the labels that are asked for, and then by no other', () => {
    for (const { metadata } of synth({ sidecarLabels: { 'platform/dashboard': 'yes' } })) {
      expect(metadata.labels).toMatchObject({ 'platform/dashboard': 'yes' });
      expect(metadata.labels).not.toHaveProperty('grafana_dashboard');
    }
  });

  it.each(DASHBOARDS)('pins a namespace in every selector of $title', (dashboard) => {
    const expressions = dashboardExpressions(dashboard);
    expect(expressions.length).toBeGreaterThan(5);
    const isUsage = at(dashboard, 'uid') === 'tenancy-tenant-usage';
    const pinned = isUsage ? ['monitoring', '$tenant'] : ['monitoring'];
    for (const { expr } of expressions) {
      expect(selectorsOf(expr).length).toBeGreaterThan(0);
      expect([expr, unpinned(expr, 'namespace', pinned)]).toEqual([expr, []]);
    }
  });

  it('joins nothing of a tenant with anything else', () => {
    for (const { expr } of DASHBOARDS.flatMap(dashboardExpressions)) {
      if (!expr.includes('$tenant')) continue;
      expect(expr).not.toMatch(/\b(?:on|ignoring|group_left|group_right)\b/);
      expect(unpinned(expr, 'namespace', ['$tenant'])).toEqual([]);
    }
  });

  it('lets one tenant be chosen, never several', () => {
    const usage = DASHBOARDS.find((it) => at(it, 'uid') === 'tenancy-tenant-usage');
    const [, tenant] = listAt(usage, 'templating', 'list');
    expect(tenant).toMatchObject({ name: 'tenant', multi: false, includeAll: false });
    const pattern = new RegExp(textAt(tenant, 'regex').slice(1, -1));
    expect(pattern.exec('serviceMonitor/team-a/web/0')?.[1]).toBe('team-a');
    expect(pattern.exec('podMonitor/team-b/x/1')?.[1]).toBe('team-b');
    expect(pattern.exec('scrapeConfig/monitoring/thanos-querier')).toBeNull();
  });

  it.each(DASHBOARDS)('lays out $title without overlaps, each panel with a text', (dashboard) => {
    const panels = listAt(dashboard, 'panels');
    const places = panels.map((panel) => at(panel, 'gridPos') as Place);
    for (const [index, place] of places.entries()) {
      expect(place.x + place.w).toBeLessThanOrEqual(24);
      expect(places.slice(index + 1).filter((it) => overlap(it, place))).toEqual([]);
    }
    const ids = panels.map((panel) => at(panel, 'id'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const panel of panels.filter((it) => at(it, 'type') !== 'row')) {
      expect(textAt(panel, 'description')).not.toBe('');
      expect(at(panel, 'datasource')).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
  });

  it('has identifiers that Grafana takes', () => {
    for (const dashboard of DASHBOARDS) {
      expect(textAt(dashboard, 'uid')).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    }
  });

  it.each([{}, { prometheus: ['p'] }, { frontend: ['f'] }])('refuses the jobs %j', (jobs) => {
    expect(() => synth({ jobs })).toThrow(SynthError);
  });

  it('is on in the platform, with the jobs of its scrapes', () => {
    const manifests = platformManifests();
    const jobs = manifests
      .filter(({ kind }) => kind === 'ScrapeConfig')
      .map(({ spec }) => textAt(spec, 'jobName'));
    const found = manifests
      .filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1')
      .flatMap(dashboardsOf)
      .flatMap(dashboardExpressions)
      .flatMap(({ expr }) => selectorsOf(expr))
      .flatMap(({ matchers }) => matchers.filter(({ label }) => label === 'job'))
      .map(({ value }) => value);
    expect(found.length).toBeGreaterThan(40);
    expect(found.filter((job) => !jobs.includes(job))).toEqual([]);
  });
});
