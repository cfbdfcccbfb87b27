import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonitoredComponent } from '../../../lib/monitoring/platform-series.ts';
import { sendRequest } from '../harness/http-request.ts';
import { freePort, tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import {
  type RunningThanos,
  startThanos,
  startThanosQuerier,
  startThanosSidecar,
  type ThanosComponent,
} from '../harness/thanos.ts';
import { startLocalFrontend } from '../operation/local-frontend.ts';
import { startConfigReloader } from './config-reloader.ts';
import { startWorkingOperator } from './working-operator.ts';

/** Every component, running, with what it says of itself. */
export interface Expositions extends AsyncDisposable {
  /** What `/metrics` of each answers. */
  readonly of: (component: MonitoredComponent) => Promise<string>;
  /** Names of all series in a Prometheus that scrapes itself. */
  readonly scrapedNames: readonly string[];
  /** The URL of the querier. */
  readonly querierUrl: string;
  /** Ends the one sidecar that the querier asks. */
  readonly stopSidecar: () => Promise<void>;
}

const RULES = { groups: [{ name: 'one', rules: [{ record: 'recorded', expr: 'vector(1)' }] }] };

/** Starts one of each, with a bucket in a folder, a rule and a query, so that all metrics are there. */
export async function startEverything(): Promise<Expositions> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = await tempFolder('expositions');
    stack.defer(folder.remove);
    const rules = join(folder.path, 'rules.yaml');
    const objstore = join(folder.path, 'objstore.yaml');
    const bucket = { type: 'FILESYSTEM', config: { directory: join(folder.path, 'bucket') } };
    await writeFile(rules, JSON.stringify(RULES));
    await writeFile(objstore, JSON.stringify(bucket));
    const objstoreFlag = `--objstore.config-file=${objstore}`;
    const start = async (
      component: ThanosComponent,
      args: readonly string[],
    ): Promise<RunningThanos> => {
      const thanos = await startThanos(component, args);
      stack.defer(thanos.stop);
      return thanos;
    };
    const dataDir = (name: string): string => join(folder.path, name);

    const webPort = await freePort();
    const config = {
      global: { scrape_interval: '1s', external_labels: { cluster: 'main', replica: 'a' } },
      rule_files: [rules],
      scrape_configs: [
        { job_name: 'itself', static_configs: [{ targets: [`127.0.0.1:${webPort}`] }] },
      ],
    };
    const prometheus = await startPrometheus({
      config: JSON.stringify(config),
      // The later address counts.
      flags: [
        `--web.listen-address=127.0.0.1:${webPort}`,
        '--storage.tsdb.min-block-duration=2h',
        '--storage.tsdb.max-block-duration=2h',
      ],
    });
    stack.defer(prometheus.stop);
    const sidecar = await startThanosSidecar(prometheus, [objstoreFlag]);
    stack.defer(sidecar.stop);
    const querier = await startThanosQuerier([sidecar.grpcAddress]);
    stack.defer(querier.stop);
    const middle = await start('query-frontend', [
      `--query-frontend.downstream-url=${querier.httpUrl}`,
    ]);
    const storeGateway = await start('store', [`--data-dir=${dataDir('store')}`, objstoreFlag]);
    const compactor = await start('compact', [
      `--data-dir=${dataDir('compact')}`,
      objstoreFlag,
      '--wait',
    ]);
    const ruler = await start('rule', [
      `--data-dir=${dataDir('rule')}`,
      objstoreFlag,
      `--query=${querier.httpUrl}`,
      `--rule-file=${rules}`,
      '--label=replica="a"',
      '--eval-interval=1s',
    ]);
    const receive = await start('receive', [
      `--tsdb.path=${dataDir('receive')}`,
      objstoreFlag,
      '--label=replica="a"',
      `--receive.local-endpoint=127.0.0.1:${await freePort()}`,
    ]);
    const frontend = stack.use(await startLocalFrontend(middle.httpUrl));
    const reloader = stack.use(await startConfigReloader(prometheus));
    const operator = stack.use(await startWorkingOperator());
    const urls: Readonly<Partial<Record<MonitoredComponent, string>>> = {
      prometheus: prometheus.url,
      sidecar: sidecar.httpUrl,
      querier: querier.httpUrl,
      thanosQueryFrontend: middle.httpUrl,
      storeGateway: storeGateway.httpUrl,
      compactor: compactor.httpUrl,
      ruler: ruler.httpUrl,
      receive: receive.httpUrl,
      operator: operator.url,
    };
    await sendRequest({ url: `${querier.httpUrl}/api/v1/query?query=up` });
    const disposal = stack.move();
    return {
      of: async (component) => {
        if (component === 'frontend') return frontend.metrics();
        const { text } = await sendRequest({ url: `${urls[component]}/metrics` });
        // Both stand in the pod of Prometheus, and are scraped by one job.
        return component === 'sidecar' ? `${text}\n${await reloader.metrics()}` : text;
      },
      scrapedNames: await namesIn(prometheus.url),
      querierUrl: querier.httpUrl,
      stopSidecar: sidecar.stop,
      [Symbol.asyncDispose]: () => disposal.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function namesIn(url: string): Promise<readonly string[]> {
  return poll(
    async () => {
      const { text } = await sendRequest({ url: `${url}/api/v1/label/__name__/values` });
      const names = (JSON.parse(text) as { readonly data: readonly string[] }).data;
      return names.includes('scrape_series_added') ? names : undefined;
    },
    { what: 'Prometheus to have scraped itself' },
  );
}

/** Names of the series that a metric in the text format makes. */
export function exposedNames(exposition: string): ReadonlySet<string> {
  const types = exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm);
  return new Set(
    [...types].flatMap(([, name = '', type]) =>
      type === 'histogram' || type === 'summary'
        ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]
        : [name],
    ),
  );
}
