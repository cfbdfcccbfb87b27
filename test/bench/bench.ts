// What leaving clients, busy tenants and synthesis cost: `npm run bench`. It prints figures and asserts none;
// the same promises are tested by counts in the test suite.
import http from 'node:http';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBenchFrontend } from './bench-frontend.ts';
import { type LoadRequest, sendLoad } from './load.ts';
import { median, quantile } from './statistics.ts';
import { startStubUpstream } from './stub-upstream.ts';
import { type SynthCpu, synthCpu } from './synth.ts';

const STUB_DELAY_MS = 50;
const ROUNDS = 5;
const LEAVING_CLIENTS = 200;
const FLOOD_CLIENTS = 100;
const PROBES = 60;
const SYNTHESISED_TENANTS = 200;

await using upstream = await startStubUpstream(STUB_DELAY_MS);
await using frontend = await startBenchFrontend(upstream.url, ['team-a', 'team-b']);
let turn = 0;

function query(tenant: string, word: string, leavesAfterMs?: number): LoadRequest {
  turn += 1;
  const path = `/namespaces/${tenant}/api/v1/query?query=${word}%7Bturn%3D%22${turn}%22%7D`;
  const token = frontend.tokens[tenant] ?? '';
  return { path, token, ...(leavesAfterMs !== undefined && { leavesAfterMs }) };
}

/** Milliseconds from the last of 200 leaving clients until the upstream works for none of them. */
async function abortMs(): Promise<number> {
  const agent = new http.Agent({ keepAlive: true });
  const leaving = Array.from({ length: LEAVING_CLIENTS }, (_, i) =>
    sendLoad(frontend.url, query('team-a', i % 2 === 0 ? 'trickle' : 'slow', 40), agent),
  );
  await Promise.all(leaving);
  const leftMs = performance.now();
  while (upstream.inFlight() > 0 && performance.now() - leftMs < 10_000) await sleep(1);
  agent.destroy();
  return performance.now() - leftMs;
}

/** The 95th percentile of team-b's answers, one after the other. */
async function probeMs(): Promise<number> {
  const agent = new http.Agent({ keepAlive: true });
  const times: number[] = [];
  for (let i = 0; i < PROBES; i += 1) {
    times.push((await sendLoad(frontend.url, query('team-b', 'slow'), agent)).ms);
  }
  agent.destroy();
  return quantile(times, 0.95);
}

/** The same while team-a keeps a hundred requests waiting. */
async function probeUnderFloodMs(): Promise<number> {
  const agent = new http.Agent({ keepAlive: true });
  const flooding = new AbortController();
  const flood = Array.from({ length: FLOOD_CLIENTS }, async () => {
    while (!flooding.signal.aborted) await sendLoad(frontend.url, query('team-a', 'slow'), agent);
  });
  await sleep(500);
  const p95 = await probeMs();
  flooding.abort();
  await Promise.all(flood);
  agent.destroy();
  return p95;
}

async function rounds(measure: () => Promise<number>): Promise<readonly number[]> {
  const values: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) values.push(await measure());
  return values;
}

function row(what: string, values: readonly number[], digits = 1): string {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)];
  const text = (value: number): string => value.toFixed(digits);
  return `${what}: ${text(middle)} (${text(low)} to ${text(high)})`;
}

/** One row for the whole synthesis, and one for each part of it. */
function synthRows(): readonly string[] {
  const runs = Array.from({ length: ROUNDS }, () => synthCpu(SYNTHESISED_TENANTS));
  const part = (what: string, of: keyof SynthCpu): string =>
    row(
      what,
      runs.map((it) => it[of]),
      2,
    );
  return [
    part(`CPU s to synthesise ${SYNTHESISED_TENANTS} tenants`, 'total'),
    part('  of it loading the app', 'loading'),
    part('  of it bundling the runtime', 'bundling'),
    part('  of it esbuild', 'esbuild'),
    part('  of it constructs and manifests', 'synthesis'),
  ];
}

const aborts = await rounds(abortMs);
const ratios: number[] = [];
for (let i = 0; i < ROUNDS; i += 1) {
  const idle = await probeMs();
  ratios.push((await probeUnderFloodMs()) / idle);
}
const lines = [
  row(`ms from ${LEAVING_CLIENTS} clients leaving to 0 upstream requests`, aborts),
  row('p95 of a tenant while another floods, as a ratio to idle', ratios),
  ...synthRows(),
];
process.stdout.write(`${lines.join('\n')}\n`);
