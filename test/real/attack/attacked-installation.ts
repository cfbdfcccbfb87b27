import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTACKER, PLATFORM } from '../../attack/rows.ts';
import type { RealUpstream } from '../../attack/attack.ts';
import { sendRequest } from '../harness/http-request.ts';
import { tempFolder } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { startThanosQuerier, startThanosSidecar } from '../harness/thanos.ts';
import { runFrontend } from '../query-frontend/support/frontend-process.ts';
import {
  AT,
  MARKS,
  seriesOf,
  shows,
  type TenantName,
} from '../query-frontend/support/tenant-series.ts';

const API_VERSION = 'prometheus-tenancy-kit/v1alpha1';

/** An upstream with the data of two tenants, and the frontend that stands before it. */
export interface AttackedUpstream {
  /** Where the upstream answers without a guard. */
  readonly url: string;
  readonly frontend: { readonly url: string };
}

/** The programs of these tests. */
export interface AttackedInstallation {
  readonly upstreams: Readonly<Record<RealUpstream, AttackedUpstream>>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Prometheus with the data and the rules of `team-a` and `team-b`, and data of nobody, a sidecar and a querier
 * over it, and a frontend before each of the two. The frontends know one attacker, who may read
 * `team-a`, and `team-c`, which has no data.
 */
export async function startAttackedInstallation(): Promise<AttackedInstallation> {
  await using starting = new AsyncDisposableStack();
  const folder = await tempFolder('attacked-rules');
  starting.defer(folder.remove);
  const rulesFile = join(folder.path, 'rules.json');
  await writeFile(rulesFile, JSON.stringify({ groups: [groupOf('team-a'), groupOf('team-b')] }));
  const prometheus = await startPrometheus({
    config: JSON.stringify({
      global: { external_labels: { cluster: 'one', replica: '0' }, evaluation_interval: '1s' },
      rule_files: [rulesFile],
    }),
    openMetrics: withoutTenant(seriesOf('team-a', 'team-b')),
  });
  starting.defer(prometheus.stop);
  const sidecar = await startThanosSidecar(prometheus);
  starting.defer(sidecar.stop);
  const querier = await startThanosQuerier(
    [sidecar.grpcAddress],
    ['--query.replica-label=replica'],
  );
  starting.defer(querier.stop);
  const guarded = async (url: string): Promise<AttackedUpstream> => {
    const frontend = await startFrontend(url);
    starting.defer(frontend.stop);
    return { url, frontend };
  };
  const upstreams = {
    prometheus: await guarded(prometheus.url),
    thanos: await guarded(querier.httpUrl),
  };
  await poll(() => seesAlerts(upstreams.thanos), { what: 'alerts of both tenants' });
  const started = starting.move();
  return { upstreams, stop: () => started.disposeAsync() };
}

/** Rules of a tenant; the alert fires from the first evaluation on. */
function groupOf(tenant: TenantName): object {
  const { name } = MARKS[tenant];
  const labels = { namespace: tenant };
  return {
    name: `${name} rules`,
    rules: [
      { record: `${name}:orders`, expr: `${name}_only`, labels },
      { alert: `${name} sings`, expr: 'vector(1)', labels, annotations: { summary: name } },
    ],
  };
}

async function seesAlerts(upstream: AttackedUpstream): Promise<true | undefined> {
  const { text } = await sendRequest({ url: `${upstream.url}/api/v1/alerts` });
  return shows(text, 'team-a') && shows(text, 'team-b') ? true : undefined;
}

// A series that lost its tenancy label on the way belongs to nobody.
function withoutTenant(openMetrics: string): string {
  const lost = `# TYPE lost gauge\nlost{job="shop",shop="kingfisher"} 1 ${AT.time}\n`;
  return openMetrics.replace('# EOF\n', `${lost}# EOF\n`);
}

async function startFrontend(
  upstreamUrl: string,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const folder = await tempFolder('attacked-frontend');
  try {
    const file = join(folder.path, 'tokens.json');
    const attacker = { token: ATTACKER, username: 'mallory', namespaces: ['team-a', 'team-c'] };
    const platform = {
      token: PLATFORM,
      username: 'platform',
      namespaces: ['monitoring'],
      clusterWide: true,
    };
    const tokens = { apiVersion: API_VERSION, kind: 'StaticTokens', tokens: [attacker, platform] };
    await writeFile(file, JSON.stringify(tokens), { mode: 0o600 });
    const configFile = join(folder.path, 'config.json');
    const config = {
      apiVersion: API_VERSION,
      kind: 'QueryFrontend',
      listener: { address: '127.0.0.1', port: 0 },
      operations: { address: '127.0.0.1', port: 0 },
      upstream: { url: upstreamUrl },
      access: { kind: 'staticTokens', file },
    };
    await writeFile(configFile, JSON.stringify(config));
    const args = ['frontend/main.ts', 'query-frontend', '--config', configFile];
    const { url, stop } = await runFrontend(args, { folder: folder.path, ca: '' });
    return {
      url,
      stop: async () => {
        await stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
