import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tempFolder } from '../real/harness/places.ts';
import { runProgram, spawned, stopChild } from '../real/harness/processes.ts';
import { startPrometheus } from '../real/harness/prometheus.ts';
import { findManifest, materialiseWorkload, readManifests } from '../support/manifest-workload.ts';
import { PROJECT } from '../support/source-files.ts';
import { type ConfigDocument, differences, overrideConfig } from './differences.ts';
import { startTenantTarget } from './tenant-target.ts';

/** A tenant of the demo. */
export interface DemoTenant {
  readonly namespace: string;
  readonly token: string;
}

/** Everything that runs in the demo. */
export interface DemoInstallation {
  readonly frontendUrl: string;
  readonly operationsUrl: string;
  readonly prometheusUrl: string;
  readonly tenants: readonly [DemoTenant, DemoTenant];
  /** The settings in which the running frontend differs from the synthesised manifests. */
  readonly differences: readonly string[];
  /** What those settings are in the manifests, and here. */
  readonly configs: { readonly synthesised: ConfigDocument; readonly running: ConfigDocument };
  readonly stop: () => Promise<void>;
}

const NAMESPACES = ['team-a', 'team-b'] as const;
const START_DEADLINE_MS = 30_000;

/** Starts targets, Prometheus, and the query frontend out of freshly synthesised manifests. */
export async function startInstallation(say: (line: string) => void): Promise<DemoInstallation> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopPart of stops.splice(0).toReversed()) await stopPart();
  };
  try {
    const folder = await tempFolder('demo');
    stops.push(folder.remove);

    say('synthesising the manifests');
    const manifests = await synthesise(join(folder.path, 'dist'));

    const targets = await Promise.all([startTenantTarget(100), startTenantTarget(7_000)]);
    stops.push(async () => void (await Promise.all(targets.map((target) => target.stop()))));

    say('starting Prometheus');
    const prometheus = await startPrometheus({
      config: scrapeConfig(targets.map((target) => target.address)),
    });
    stops.push(prometheus.stop);

    say('starting the query frontend that the manifests carry');
    const tenants = NAMESPACES.map((namespace) => ({
      namespace,
      token: randomBytes(24).toString('base64url'),
    })) as unknown as readonly [DemoTenant, DemoTenant];
    const tokensFile = join(folder.path, 'tokens.json');
    await writeFile(tokensFile, staticTokens(tenants), { mode: 0o600 });
    const workload = await materialiseWorkload(
      manifests,
      findManifest(manifests, 'Deployment', 'tenant-query-frontend'),
      join(folder.path, 'pod'),
    );
    const configFile = workload.command.find((word) => word.endsWith('.json')) ?? '';
    const synthesised = JSON.parse(await readFile(configFile, 'utf8')) as ConfigDocument;
    const running = overrideConfig(synthesised, { tokensFile, upstreamUrl: prometheus.url });
    await writeFile(configFile, JSON.stringify(running));
    const frontend = await startFrontend(workload.command);
    stops.push(frontend.stop);

    return {
      frontendUrl: frontend.listener,
      operationsUrl: frontend.operations,
      prometheusUrl: prometheus.url,
      tenants,
      differences: differences(synthesised, running),
      configs: { synthesised, running },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function synthesise(outdir: string): Promise<Awaited<ReturnType<typeof readManifests>>> {
  const { exitCode, stderr } = await runProgram(process.execPath, ['charts/main.ts'], {
    folder: PROJECT,
    env: { CDK8S_OUTDIR: outdir },
  });
  if (exitCode !== 0) throw new Error(`synthesising the manifests: ${stderr}`);
  return readManifests(outdir);
}

function scrapeConfig(addresses: readonly string[]): string {
  const jobs = addresses.map((address, index) => ({
    targets: [address],
    labels: { namespace: NAMESPACES[index] ?? '' },
  }));
  return JSON.stringify({
    global: { scrape_interval: '1s' },
    scrape_configs: [{ job_name: 'shop', static_configs: jobs }],
  });
}

function staticTokens(tenants: readonly DemoTenant[]): string {
  return JSON.stringify({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'StaticTokens',
    tokens: tenants.map(({ namespace, token }) => ({
      token,
      username: `${namespace}-reader`,
      namespaces: [namespace],
    })),
  });
}

interface RunningFrontend {
  readonly listener: string;
  readonly operations: string;
  readonly stop: () => Promise<void>;
}

// The command line is the one of the pod; only `node` is the Node that runs the demo.
async function startFrontend(command: readonly string[]): Promise<RunningFrontend> {
  const [program, ...args] = command;
  if (program !== 'node') throw new Error(`the pod runs ${program ?? 'nothing'}, not node`);
  // In a pod of a cluster static tokens are refused, and a development container may be one.
  const { KUBERNETES_SERVICE_HOST: _host, ...env } = process.env;
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  await spawned(child);
  const stop = (): Promise<void> => stopChild(child, 5_000);
  const deadline = setTimeout(() => child.kill(), START_DEADLINE_MS);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const event = JSON.parse(line) as Readonly<Record<string, string>>;
    if (event['event'] !== 'started') continue;
    clearTimeout(deadline);
    child.stdout.resume();
    return { listener: event['listener'] ?? '', operations: event['operations'] ?? '', stop };
  }
  clearTimeout(deadline);
  await stop();
  throw new Error(`the query frontend ended before it listened; it said:\n${lines.join('\n')}`);
}
