import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleRuntime } from '../../../frontend/bundle.ts';
import { startTenantTarget } from '../clients/support/tenant-target.ts';
import { sendRequest } from '../harness/http-request.ts';
import type { PartName } from '../harness/parts.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { startThanosQuerier, startThanosSidecar } from '../harness/thanos.ts';
import { runFrontend } from '../query-frontend/support/frontend-process.ts';
import {
  type RecordingProxy,
  startRecordingProxy,
} from '../query-frontend/support/recording-proxy.ts';
import { MARKS, shows, type TenantName } from '../query-frontend/support/tenant-series.ts';

/** The parts that {@link startUiInstallation} needs. */
export const UI_PARTS: readonly PartName[] = ['prometheus', 'thanos'];

/** The token of a user who may read `team-a`. */
export const TOKEN = 'jane-0123456789abcdefghijklmnopqrstuvwxyz';

/** A querier with a web UI over the series of two tenants, and a frontend before it. */
export interface UiInstallation {
  /** The querier, which shows everything. */
  readonly querierUrl: string;
  /** Stands between the two, and writes down what the querier is asked. */
  readonly proxy: RecordingProxy;
  /** The frontend. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const API_VERSION = 'prometheus-tenancy-kit/v1alpha1';

/**
 * Starts Prometheus, which scrapes a target of each tenant, a sidecar, a querier, and the bundle of
 * the frontend that manifests carry, with its web UI on.
 */
export async function startUiInstallation(): Promise<UiInstallation> {
  await using starting = new AsyncDisposableStack();
  const folder = await tempFolder('web-ui');
  starting.defer(folder.remove);
  const tenants: readonly TenantName[] = ['team-a', 'team-b'];
  const jobs: object[] = [];
  for (const tenant of tenants) {
    const target = await startTenantTarget(tenant);
    starting.defer(target.stop);
    jobs.push({
      targets: [target.address],
      labels: { namespace: tenant, shop: MARKS[tenant].name },
    });
  }
  const rulesFile = join(folder.path, 'rules.json');
  await writeFile(rulesFile, JSON.stringify({ groups: tenants.map((it) => ruleGroupOf(it)) }));
  const prometheus = await startPrometheus({
    config: JSON.stringify({
      global: {
        scrape_interval: '1s',
        evaluation_interval: '1s',
        external_labels: { cluster: 'one', replica: '0' },
      },
      rule_files: [rulesFile],
      scrape_configs: [{ job_name: 'checkout', static_configs: jobs }],
    }),
  });
  starting.defer(prometheus.stop);
  const sidecar = await startThanosSidecar(prometheus);
  starting.defer(sidecar.stop);
  const querier = await startThanosQuerier(
    [sidecar.grpcAddress],
    ['--query.replica-label=replica', `--alert.query-url=http://secret-querier.monitoring`],
  );
  starting.defer(querier.stop);
  for (const path of ['query?query=up', 'alerts']) {
    await poll(() => seesBoth(`${querier.httpUrl}/api/v1/${path}`), { what: `${path} of both` });
  }
  const proxy = await startRecordingProxy(querier.httpUrl);
  starting.defer(proxy.stop);
  const frontend = await runFrontend(await writeFrontend(folder.path, proxy.url), {
    folder: folder.path,
    ca: '',
  });
  starting.defer(frontend.stop);
  const started = starting.move();
  return {
    querierUrl: querier.httpUrl,
    proxy,
    url: frontend.url,
    stop: () => started.disposeAsync(),
  };
}

function ruleGroupOf(tenant: TenantName): object {
  const { name } = MARKS[tenant];
  const labels = { namespace: tenant };
  return {
    name: `${name} rules`,
    rules: [{ alert: `${name} sings`, expr: 'vector(1)', labels, annotations: { summary: name } }],
  };
}

async function seesBoth(url: string): Promise<true | undefined> {
  const { text } = await sendRequest({ url });
  return shows(text, 'team-a') && shows(text, 'team-b') ? true : undefined;
}

/** Lays out code and configuration, and gives the arguments of Node. */
async function writeFrontend(folder: string, upstreamUrl: string): Promise<readonly string[]> {
  for (const { name, code } of (await bundleRuntime('query-frontend-ui')).files) {
    await writeFile(join(folder, name), code);
  }
  const file = join(folder, 'tokens.json');
  const jane = { token: TOKEN, username: 'jane', namespaces: ['team-a'] };
  const tokens = { apiVersion: API_VERSION, kind: 'StaticTokens', tokens: [jane] };
  await writeFile(file, JSON.stringify(tokens), { mode: 0o600 });
  const configFile = join(folder, 'config.json');
  const config = {
    apiVersion: API_VERSION,
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port: 0 },
    operations: { address: '127.0.0.1', port: 0 },
    upstream: { url: upstreamUrl },
    access: { kind: 'staticTokens', file },
    ui: { kind: 'thanos' },
  };
  await writeFile(configFile, JSON.stringify(config));
  return [join(folder, 'query-frontend-ui.mjs'), '--config', configFile];
}
