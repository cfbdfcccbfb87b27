import { TenancyApp } from '../../charts/tenancy-app.ts';
import { LIMIT_GROUPS } from '../../frontend/config/limits.ts';
import type { RuntimeBundle } from '../../lib/index.ts';
import { manifestsOf } from '../../test/lib/support/manifests.ts';
import { readSettings } from '../reading/constructs.ts';
import {
  DOWNSAMPLING_FACTOR,
  HEAD_BYTES_PER_SERIES,
  type Load,
  needsOf,
  printSize,
  type Range,
  SAMPLE_BYTES,
} from '../sizing/formulas.ts';
import { containerSizes } from '../sizing/workloads.ts';
import * as v from 'valibot';
import { settingsTable } from './configuration.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Sizing

How much an installation needs, and what holds one tenant back from taking it all. Numbers come from four
places, and each is named: the tables in the code; the documents of [Prometheus](https://prometheus.io/docs/prometheus/latest/storage/)
and [Thanos](https://thanos.io/tip/components/); a measurement, with its machine and its command; or they
are a rule of thumb. A rule of thumb is where to start, and the metric beside it says how it is for you.`;

const FORMULAS = `## Formulas

| what | formula | source | see how it is |
| --- | --- | --- | --- |
| series of a tenant | targets x series of one target | | \`sum by (namespace) (scrape_samples_post_metric_relabeling)\` |
| samples per second | series / scrape interval, in each replica | | \`rate(prometheus_tsdb_head_samples_appended_total[5m])\` |
| memory of Prometheus | series x ${printSize(HEAD_BYTES_PER_SERIES)}, plus what queries take | rule of thumb | \`process_resident_memory_bytes / prometheus_tsdb_head_series\` |
| disk of Prometheus | retention x samples per second x bytes of a sample | Prometheus: ${SAMPLE_BYTES.least} to ${SAMPLE_BYTES.most} bytes | \`prometheus_tsdb_storage_blocks_bytes\` |
| its write-ahead log | on top: at least three files of 128 MB, and two hours of raw samples | Prometheus | \`prometheus_tsdb_wal_storage_size_bytes\` |
| what sidecars upload | samples per second x bytes of a sample x replicas; a block every two hours | Prometheus, Thanos | \`thanos_shipper_uploads_total\` |
| object store | what is uploaded x retention; with all three resolutions up to ${DOWNSAMPLING_FACTOR} times that | Thanos | the bill, or the page of \`ThanosBucketWeb\` |
| disk of a store gateway | blocks in the object store x 6 MB, and up to 30 MB where cardinality is high | Thanos | \`kubelet_volume_stats_used_bytes\` |
| memory of a store gateway | caches in memory + chunk pool + what requests take; all but the last must stay below the limit, or synthesis throws | the code | \`thanos_store_index_cache_items_size_bytes\` |
| disk of the compactor | twice the blocks of the longest compaction, two weeks of one stream; 100 GB is where to start | Thanos | \`kubelet_volume_stats_used_bytes\` |
| queriers | requests at once / \`maxConcurrent\`; memory grows with the samples of the requests under way | rule of thumb | \`thanos_query_concurrent_gate_queries_in_flight\` |
| tenant query frontend, CPU | requests per second x CPU of one request | below | \`process_cpu_seconds_total\` / \`tenancy_query_frontend_requests_total\` |
| tenant query frontend, places | \`concurrency.total\` x replicas, not above what the upstream runs at once | the code | \`tenancy_query_frontend_turn_wait_seconds\` |

Replicas of Prometheus each scrape, keep and upload everything, so they multiply what the object store
holds; \`deduplication\` of \`ThanosCompactor\` merges them there, and cannot be undone.`;

const EXAMPLES: readonly Load[] = [
  { tenants: 10, seriesPerTenant: 5_000 },
  { tenants: 50, seriesPerTenant: 20_000 },
  { tenants: 200, seriesPerTenant: 20_000 },
].map((it) => ({
  ...it,
  scrapeIntervalSeconds: 30,
  replicas: 2,
  localDays: 2,
  storedDays: 365,
}));

const MEASURED = `## Measured

\`SOAK_SECONDS=60 npm run soak\` on two cores of an AMD EPYC, with Node 26 and beside other work, so the
figures are high rather than low. The mix is a hostile one: each query text is a new one, six requests in
thirteen are refused or find a broken upstream, and three end in the middle.

| tenant query frontend, one process | measured |
| --- | --- |
| requests | 49,982 in 60 s |
| CPU of a request | 626 µs |
| resident memory, median | 256 MB in the second 20 s, 243 MB in the last |
| requests left upstream after all clients had gone | 0 |`;

const LIMITS = `## What holds one tenant back

Three walls stand behind each other: what one scrape may bring, what one request may ask of the frontend,
and what one request may take from a store gateway.`;

const NOT_BOUND = `Each endpoint of a monitor has a scrape pool of its own. \`quota\` of \`Tenant\` bounds the number of monitors
by a ResourceQuota; without it there is no bound. Monitors x their endpoints x`;

// The sizes do not depend on the code.
const RUNTIME: RuntimeBundle = {
  role: 'query-frontend',
  files: ['query-frontend.mjs', 'query-frontend-shared.mjs'].map((name) => ({ name, code: '' })),
};

/** Formulas, examples computed by them, and every limit from the tables in the code. */
export const SIZING_PAGE: Page = {
  file: 'sizing.md',
  markdown: () => {
    const { platform } = new TenancyApp({ runtime: RUNTIME, tenants: [] });
    const concurrency = v.parse(LIMIT_GROUPS.concurrency, undefined);
    return [
      INTRODUCTION,
      GENERATED_NOTE,
      FORMULAS,
      '## Examples',
      'Computed by the formulas, for two replicas of Prometheus, a scrape every 30 s, two days on the disk and a year, of all resolutions, in the object store:',
      examples(),
      '## What the example asks for',
      'The containers of `charts/platform-chart.ts` with their defaults; each is a setting of its construct.',
      table(
        ['workload', 'container', 'replicas', 'CPU', 'memory', 'at most', 'disk'],
        containerSizes(manifestsOf(platform)).map((it) => [
          it.workload,
          it.container,
          String(it.replicas),
          it.cpu,
          it.memory,
          it.memoryLimit,
          it.disk,
        ]),
      ),
      MEASURED,
      LIMITS,
      '### One scrape',
      '`limits` of `TenantPrometheus`. A monitor may ask for less, never for more.',
      defaultsOf('lib/prometheus/enforced-limits.ts', 'EnforcedLimits'),
      `${NOT_BOUND} ${perPool()} series is then the most that a tenant can bring.`,
      '### One request to the tenant query frontend',
      'In each replica. Two replicas let a tenant do twice of what is counted per second or at once.',
      settingsTable('limits.', 'rates.', 'concurrency.', 'coalescing.', 'listener.maxConnections'),
      `With the defaults one set of namespaces has at most ${concurrency.perTenant} of ${concurrency.total} places, so slow queries of one tenant leave ${concurrency.total - concurrency.perTenant} for the others.`,
      '### One request to a store gateway',
      '`limits` of `ThanosStoreGateway`.',
      defaultsOf('lib/thanos/store-gateway-props.ts', 'StoreLimits'),
      '',
    ].join('\n\n');
  },
};

function examples(): string {
  return table(
    [
      'tenants',
      'series of each',
      'series',
      'samples/s, each replica',
      'memory of the head',
      'disk, each replica',
      'uploaded a day',
      'object store in the end',
    ],
    EXAMPLES.map((load) => {
      const needs = needsOf(load);
      return [
        count(load.tenants),
        count(load.seriesPerTenant),
        count(needs.series),
        count(Math.round(needs.samplesPerSecond)),
        printSize(needs.headBytes),
        span(needs.diskBytes),
        span(needs.uploadedBytesPerDay),
        span(needs.storedBytes),
      ];
    }),
  );
}

function defaultsOf(file: string, name: string): string {
  const rows = readSettings(file, name).map((it) => [
    `\`${it.name}\``,
    `\`${it.fallback ?? ''}\``,
    it.description,
  ]);
  return table(['limit', 'default', 'meaning'], rows);
}

// The most series of one scrape pool: its targets, each with the most samples.
function perPool(): string {
  const limits = new Map(
    readSettings('lib/prometheus/enforced-limits.ts', 'EnforcedLimits').map((it) => [
      it.name,
      Number(it.fallback?.replaceAll('_', '')),
    ]),
  );
  const product = (limits.get('samples') ?? Number.NaN) * (limits.get('targets') ?? Number.NaN);
  if (!Number.isInteger(product)) throw new TypeError('the limits of a scrape are no numbers');
  return count(product);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function span({ least, most }: Range): string {
  return `${printSize(least)} to ${printSize(most)}`;
}
