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
export const BUILD_INFO_BODY: string = `${JSON.stringify({
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
