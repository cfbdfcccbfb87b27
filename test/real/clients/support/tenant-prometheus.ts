import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendRequest } from '../../harness/http-request.ts';
import { poll } from '../../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../../harness/prometheus.ts';
import { MARKS, seriesOf, type TenantName } from '../../query-frontend/support/tenant-series.ts';

/** The targets of the tenants that a server scrapes: addresses by tenant. */
export type Targets = Partial<Readonly<Record<TenantName, string>>>;

/** Questions whose answers show every tenant once targets were scraped and rules evaluated. */
const FIRST_ANSWERS = [
  'query_exemplars?query=checkout_seconds_bucket&start=0&end=9e9',
  'query?query=shop:checkouts:sum',
  'alerts',
];

/**
 * Starts a server that holds stored series of some tenants, scrapes a target of each, and evaluates
 * rules of each, and waits until it has seen all of that.
 *
 * @param folder - Where the rules go.
 */
export async function startTenantPrometheus(
  targets: Targets,
  folder: string,
): Promise<RunningPrometheus> {
  const tenants = Object.keys(targets) as TenantName[];
  const files = await Promise.all(
    tenants.map(async (tenant) => {
      const file = join(folder, `${tenants.join('-and-')}-rules-of-${tenant}.json`);
      await writeFile(file, JSON.stringify({ groups: [ruleGroupOf(tenant)] }));
      return file;
    }),
  );
  const prometheus = await startPrometheus({
    // JSON is YAML, too.
    config: JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: files,
      scrape_configs: [{ job_name: 'checkout', static_configs: tenants.map(targetOf(targets)) }],
    }),
    openMetrics: seriesOf(...tenants),
    flags: ['--enable-feature=exemplar-storage'],
  });
  try {
    for (const path of FIRST_ANSWERS) {
      await poll(() => answersWithAll(`${prometheus.url}/api/v1/${path}`, tenants), {
        what: `the ${path} of ${tenants.join()}`,
      });
    }
    return prometheus;
  } catch (error) {
    await prometheus.stop();
    throw error;
  }
}

function targetOf(targets: Targets): (tenant: TenantName) => object {
  return (tenant) => ({ targets: [targets[tenant]], labels: { namespace: tenant } });
}

function ruleGroupOf(tenant: TenantName): object {
  const labels = { namespace: tenant };
  const { name } = MARKS[tenant];
  return {
    name: `${name} rules`,
    rules: [
      {
        record: 'shop:checkouts:sum',
        expr: `sum by (shop) (checkout_seconds_count{namespace="${tenant}"})`,
        labels,
      },
      {
        alert: `${name} is open`,
        expr: 'vector(1)',
        labels: { ...labels, severity: 'page' },
        annotations: { summary: `The shop of ${name} is open.` },
      },
    ],
  };
}

async function answersWithAll(
  url: string,
  tenants: readonly TenantName[],
): Promise<true | undefined> {
  const { text } = await sendRequest({ url });
  return tenants.every((tenant) => text.includes(MARKS[tenant].name)) ? true : undefined;
}
