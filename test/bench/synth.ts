// What `cdk8s synth` costs with many tenants, in CPU time of a process of its own: run as a program it
// synthesises and prints what it took; `synthCpu` runs it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stop } from 'esbuild';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import { bundleRuntime } from '../../frontend/bundle.ts';

/** CPU seconds, user and system together. */
export interface SynthCpu {
  /** The whole process from its start, and esbuild. */
  readonly total: number;
  /** Loading the app and its libraries. */
  readonly loading: number;
  /** Bundling the runtime, without what esbuild does in a process of its own. */
  readonly bundling: number;
  /** What esbuild does in a process of its own; 0 where the system does not tell. */
  readonly esbuild: number;
  /** Making the constructs, and writing the manifests. */
  readonly synthesis: number;
}

/** Synthesises the app for so many tenants, in a process of its own. */
export function synthCpu(tenants: number): SynthCpu {
  const args = [import.meta.filename, String(tenants)];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
  return JSON.parse(output) as SynthCpu;
}

function cpuSeconds(): number {
  const { systemCPUTime, userCPUTime } = process.resourceUsage();
  return (systemCPUTime + userCPUTime) / 1e6;
}

// The ticks, of 10 ms each, of children that have ended: fields 16 and 17 of proc_pid_stat(5). The name of
// the program, in parentheses, may hold blanks.
function endedChildrenSeconds(): number {
  if (process.platform !== 'linux') return 0;
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(13, 15).map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

async function run(tenants: number): Promise<SynthCpu> {
  const loading = cpuSeconds();
  const runtime = await bundleRuntime('query-frontend');
  const bundled = cpuSeconds();
  const outdir = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    new TenancyApp({
      runtime,
      tenants: Array.from({ length: tenants }, (_, index) => ({
        namespace: `team-${index}`,
        readerGroups: [`team-${index}-developers`],
      })),
      outdir,
    }).synth();
  } finally {
    rmSync(outdir, { recursive: true });
  }
  const own = cpuSeconds();
  await stop();
  // The system counts a child once it has ended and was waited for.
  for (let i = 0; i < 100 && endedChildrenSeconds() === 0; i += 1) await sleep(10);
  const esbuild = endedChildrenSeconds();
  const bundling = bundled - loading;
  return { total: own + esbuild, loading, bundling, esbuild, synthesis: own - bundled };
}

if (import.meta.main) {
  process.stdout.write(JSON.stringify(await run(Number(process.argv[2]))));
}
