// Mixed load with aborts and faults for a long time: `npm run soak`, 10 minutes unless
// SOAK_SECONDS says otherwise. Ends with 1 when memory grows, a socket leaks, or the upstream still
// works for clients that have gone.
import http from 'node:http';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBenchFrontend, type ProcessUsage } from './bench-frontend.ts';
import { type LoadRequest, sendLoad } from './load.ts';
import { median } from './statistics.ts';
import { startStubUpstream } from './stub-upstream.ts';

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 600);
const CLIENTS = 16;
const PAUSE_MS = 5;
/** How much the memory of the last third may exceed that of the middle third. */
const GROWTH_BOUND = 1.15;
const SETTLE_MS = 10_000;

await using upstream = await startStubUpstream(50);
await using frontend = await startBenchFrontend(upstream.url, ['team-a', 'team-b']);
const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
const tokenA = frontend.tokens['team-a'] ?? '';
const query = '/namespaces/team-a/api/v1/query';
const outcomes = new Map<string, number>();

/** The mix, in turn. Each text is another one, so that no cache makes the way shorter. */
function nextRequest(turn: number): LoadRequest {
  const own = (word: string): string => `${query}?query=${word}%7Bturn%3D%22${turn}%22%7D`;
  const mix: readonly LoadRequest[] = [
    { path: own('up'), token: tokenA },
    { path: query, token: tokenA, form: `query=sum(rate(up{turn="${turn}"}[5m]))` },
    { path: own('large'), token: tokenA },
    { path: own('slow'), token: tokenA },
    { path: own('slow'), token: tokenA, leavesAfterMs: 10 },
    { path: own('trickle'), token: tokenA, leavesAfterMs: 80 },
    { path: own('error'), token: tokenA },
    { path: own('reset'), token: tokenA },
    { path: own('truncated'), token: tokenA },
    { path: `${query}?query=up%7B`, token: tokenA },
    { path: own('up'), token: `unknown-${turn}` },
    { path: own('up'), token: frontend.tokens['team-b'] ?? '' },
    { path: '/api/v1/status/config', token: tokenA },
  ];
  return mix[turn % mix.length] ?? { path: query, token: tokenA };
}

let turn = 0;
const endMs = performance.now() + SECONDS * 1_000;
async function client(): Promise<void> {
  while (performance.now() < endMs) {
    turn += 1;
    const { status } = await sendLoad(frontend.url, nextRequest(turn), agent);
    outcomes.set(String(status), (outcomes.get(String(status)) ?? 0) + 1);
    await sleep(PAUSE_MS);
  }
}

async function sample(samples: ProcessUsage[]): Promise<void> {
  const everyMs = Math.max(1_000, (SECONDS * 1_000) / 60);
  while (performance.now() < endMs) {
    await sleep(everyMs);
    samples.push(await frontend.usage());
  }
}

const before = await frontend.usage();
const samples: ProcessUsage[] = [];
await Promise.all([sample(samples), ...Array.from({ length: CLIENTS }, client)]);
agent.destroy();

const settledBy = performance.now() + SETTLE_MS;
let after = await frontend.usage();
while (performance.now() < settledBy && (upstream.inFlight() > 0 || leaked() > 0)) {
  await sleep(100);
  after = await frontend.usage();
}

/** Files open now beyond those at the start and the connections kept alive to the upstream. */
function leaked(): number {
  return after.openFiles - before.openFiles - CLIENTS;
}

const third = Math.floor(samples.length / 3);
const resident = (part: readonly ProcessUsage[]): number =>
  median(part.map((usage) => usage.residentMegabytes));
const middle = resident(samples.slice(third, 2 * third));
const last = resident(samples.slice(2 * third));
const cpu = after.cpuSeconds - before.cpuSeconds;
const rows = [
  `${turn} requests in ${SECONDS} s; ${((cpu / turn) * 1e6).toFixed(0)} us CPU a request`,
  `outcomes: ${JSON.stringify(Object.fromEntries([...outcomes].toSorted(([a], [b]) => a.localeCompare(b))))}`,
  `resident memory, median: middle third ${middle.toFixed(0)} MB, last third ${last.toFixed(0)} MB`,
  `open files: ${before.openFiles} at the start, ${after.openFiles} after the load`,
  `upstream requests still in flight: ${upstream.inFlight()}`,
];
process.stdout.write(`${rows.join('\n')}\n`);
const isFlat = last <= middle * GROWTH_BOUND;
process.exitCode = isFlat && leaked() <= 0 && upstream.inFlight() === 0 ? 0 : 1;
