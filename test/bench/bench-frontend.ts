import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_API_VERSION } from '../../frontend/config/api-version.ts';
import { startProgram } from '../roles/program.ts';

/** The query frontend as a process of its own, with static tokens for tenants. */
export interface BenchFrontend extends AsyncDisposable {
  readonly url: string;
  readonly operationsUrl: string;
  readonly tokens: Readonly<Record<string, string>>;
  /** What the process uses now. */
  readonly usage: () => Promise<ProcessUsage>;
}

/** What a process uses, from its own metrics. */
export interface ProcessUsage {
  readonly residentMegabytes: number;
  readonly openFiles: number;
  readonly cpuSeconds: number;
}

/** Starts the frontend from its sources, on loopback without TLS. */
export async function startBenchFrontend(
  upstreamUrl: string,
  tenants: readonly string[],
): Promise<BenchFrontend> {
  const folder = await mkdtemp(join(tmpdir(), 'tenancy-kit-bench-'));
  const tokens = Object.fromEntries(tenants.map((tenant) => [tenant, `bench-token-of-${tenant}`]));
  const tokensFile = join(folder, 'tokens.json');
  await writeFile(tokensFile, JSON.stringify(tokensDocument(tokens)), { mode: 0o600 });
  const configFile = join(folder, 'config.json');
  const config = {
    apiVersion: CONFIG_API_VERSION,
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port: 0 },
    operations: { address: '127.0.0.1', port: 0 },
    upstream: { url: upstreamUrl },
    access: { kind: 'staticTokens', file: tokensFile },
    // A load of one tenant alone would otherwise measure how fast requests are turned away.
    rates: { perTenant: 0, perUser: 0 },
  };
  await writeFile(configFile, JSON.stringify(config));
  const program = startProgram(['query-frontend', '--config', configFile]);
  const started = await program.event('started');
  const operationsUrl = String(started['operations']);
  return {
    url: String(started['listener']),
    operationsUrl,
    tokens,
    usage: () => readUsage(operationsUrl),
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

function tokensDocument(tokens: Readonly<Record<string, string>>): unknown {
  return {
    apiVersion: CONFIG_API_VERSION,
    kind: 'StaticTokens',
    tokens: Object.entries(tokens).map(([tenant, token]) => ({
      token,
      username: `${tenant}-reader`,
      namespaces: [tenant],
    })),
  };
}

async function readUsage(operationsUrl: string): Promise<ProcessUsage> {
  const text = await (await fetch(`${operationsUrl}/metrics`)).text();
  const value = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    residentMegabytes: value('process_resident_memory_bytes') / 1e6,
    openFiles: value('process_open_fds'),
    cpuSeconds: value('process_cpu_seconds_total'),
  };
}
