import type { RouteName } from './routes.ts';

/**
 * The version of the Prometheus HTTP API that the frontend follows.
 *
 * Clients such as Grafana read it to decide which requests they may send; it says nothing of the
 * upstream, whose own answer never leaves the installation.
 */
export const PROMETHEUS_API_VERSION = '3.15.0';

/**
 * The answer to `/api/v1/status/buildinfo`. It has no `features` member: its presence makes Grafana
 * take the data source for Mimir and ask for a ruler configuration API.
 */
const BUILD_INFO_BODY = `${JSON.stringify({
  status: 'success',
  data: {
    version: PROMETHEUS_API_VERSION,
    revision: 'prometheus-tenancy-kit',
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  },
})}\n`;

/**
 * The answer to Alertmanager's `/api/v2/status`, which Grafana asks for to test a data source. The
 * real one holds the configuration with the routes of every tenant.
 */
const ALERTMANAGER_STATUS_BODY = `${JSON.stringify({
  cluster: { status: 'disabled' },
  versionInfo: {
    version: '0.30.0',
    revision: 'prometheus-tenancy-kit',
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  },
  config: { original: '' },
  uptime: '1970-01-01T00:00:00.000Z',
})}\n`;

/** The answer to what the web UI asks beside its queries. The real ones name stores and addresses. */
const NOTHING_BODY = `${JSON.stringify({ status: 'success', data: {} })}\n`;

const BODIES: Readonly<Partial<Record<RouteName, string>>> = {
  buildinfo: BUILD_INFO_BODY,
  alertmanager_status: ALERTMANAGER_STATUS_BODY,
  stores: NOTHING_BODY,
  flags: NOTHING_BODY,
};

/**
 * The answer of a route that asks no upstream.
 *
 * @throws {TypeError} For any other route: a defect of this program.
 */
export function localBody(route: RouteName): string {
  const body = BODIES[route];
  if (body === undefined) throw new TypeError(`the answer of ${route} is not known here`);
  return body;
}
