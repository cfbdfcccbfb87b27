import { createHash } from 'node:crypto';
import { access, constants, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { runsInCi } from './ci.ts';
import { guardFolder } from './clean-up.ts';
import { installedProgram } from './installed-part.ts';
import { PartUnavailable } from './part-unavailable.ts';
import { AT_FLOOR, type OperatorPart, type Part, type PartName, PARTS } from './parts.ts';
import { OPERATOR_CRD_FOLDER } from './platform-versions.ts';
import { type ProgramResult, runProgram } from './processes.ts';
import { releasedModule } from './released-module.ts';
import { thanosPart, type ThanosComponent } from './thanos-versions.ts';

const BUILD_TIMEOUT_MS = 60 * 60_000;
const LDFLAGS = '-s -w';
const GO_HINT = 'install Go 1.26 or newer (https://go.dev/doc/install) and let it fetch modules';

const binaries = new Map<Part, Promise<string>>();

/**
 * Gives the path of a part's program, which is built when there is none yet.
 *
 * Outside CI a program on PATH will do if it is not older than the pinned version. CI always uses
 * the pinned one, and so do tests on the oldest platform.
 *
 * @throws {@link PartUnavailable} If the program can be neither found nor built.
 */
export function partBinary(name: PartName): Promise<string> {
  return binaryOf(name === 'thanos' ? thanosPart() : PARTS[name]);
}

/**
 * Gives the path of a Thanos in the version that a component is run in.
 *
 * @throws {@link PartUnavailable} If the program can be neither found nor built.
 */
export function thanosBinary(role: ThanosComponent): Promise<string> {
  return binaryOf(thanosPart(role));
}

function binaryOf(part: Part): Promise<string> {
  const known = binaries.get(part) ?? findOrBuild(part);
  binaries.set(part, known);
  return known;
}

/**
 * Gives the folder with the custom resource definitions of the Prometheus operator, one YAML file
 * each. It belongs to Go's module cache and cannot be written to.
 *
 * @throws {@link PartUnavailable} If the module cannot be fetched.
 */
export async function operatorCrdFolder(
  operator: OperatorPart = 'prometheus-operator',
): Promise<string> {
  const { folder, module } = PARTS[operator];
  return join(await moduleFolder('operator-crds', folder, module), OPERATOR_CRD_FOLDER);
}

/**
 * Gives the folder of a Go module's sources, in the version that a part is built with. It belongs to
 * Go's module cache and cannot be written to.
 *
 * @throws {@link PartUnavailable} If the module cannot be fetched.
 */
export async function moduleFolder(
  part: PartUnavailable['part'],
  folder: string,
  module: string,
): Promise<string> {
  const list = ['mod', 'download', '-json', module];
  const { stdout } = await go(part, toolFolder(folder), list);
  const answer: unknown = JSON.parse(stdout);
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer) return String(answer.Dir);
  throw new TypeError(`go ${list.join(' ')} names no folder: ${stdout}`);
}

/** Gives the folder of the Go module that pins a part. */
export function toolFolder(folder: string): string {
  return join(import.meta.dirname, '..', 'tools', folder);
}

async function findOrBuild(part: Part): Promise<string> {
  const installed = runsInCi() || AT_FLOOR ? undefined : await installedProgram(part);
  if (installed !== undefined) {
    return installed;
  }
  const folder = join(cacheFolder(), `${part.name}-${part.version}-${await fingerprint(part)}`);
  const binary = join(folder, part.name);
  if (await isExecutable(binary)) {
    return binary;
  }
  await mkdir(folder, { recursive: true });
  await withBuildLock(folder, async () => {
    // Whoever held the lock before may have built it.
    if (!(await isExecutable(binary))) {
      await build(part, binary);
    }
  });
  return binary;
}

async function build(part: Part, binary: string): Promise<void> {
  const start = Date.now();
  await requireGo(part);
  progress(`building ${part.name} ${part.version} (${part.buildTime}) ...`);
  // Everything unfinished lies in one folder that goes whatever ends this process.
  const unfinished = `${binary}.${process.pid}`;
  const release = guardFolder(unfinished);
  const scratch = join(unfinished, 'scratch');
  await mkdir(scratch, { recursive: true });
  const program = join(unfinished, part.name);
  const flags = [
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=${linkerFlags(part)}`,
    `-tags=${part.tags.join()}`,
  ];
  try {
    const { folder, moduleFlags } = await moduleOf(part, unfinished);
    const args = ['build', ...moduleFlags, ...flags, '-o', program, part.package];
    await go(part.name, folder, args, { GOTMPDIR: scratch });
    await rename(program, binary);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
    release();
  }
  progress(`built ${part.name} in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** The module that a part is built in, and what Go is to be told of it. */
async function moduleOf(
  part: Part,
  unfinished: string,
): Promise<{ readonly folder: string; readonly moduleFlags: readonly string[] }> {
  if (part.release === undefined) {
    return { folder: toolFolder(part.folder), moduleFlags: ['-mod=readonly'] };
  }
  const { folder, goMod } = await releasedModule(part, part.release, unfinished);
  return { folder, moduleFlags: ['-mod=mod', `-modfile=${goMod}`] };
}

/** Complains before anything is said to be built, and names the other way to have the part. */
async function requireGo(part: Part): Promise<void> {
  try {
    await runProgram('go', ['version']);
  } catch (cause) {
    const other =
      part.installed === undefined
        ? ''
        : `, or put ${part.name} ${part.installed.atLeast} or newer on PATH`;
    const reason = 'there is no `go` on PATH to build it';
    throw new PartUnavailable({ part: part.name, reason, hint: GO_HINT + other }, { cause });
  }
}

async function go(
  part: PartUnavailable['part'],
  folder: string,
  args: readonly string[],
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const env = { CGO_ENABLED: '0', GOWORK: 'off', ...extraEnv };
  let result: ProgramResult;
  try {
    result = await runProgram('go', args, { folder, env, timeoutMs: BUILD_TIMEOUT_MS });
  } catch (cause) {
    const reason = 'there is no `go` on PATH to build it';
    throw new PartUnavailable({ part, reason, hint: GO_HINT }, { cause });
  }
  if (result.exitCode !== 0) {
    const reason = `\`go ${args[0]}\` in ${folder} says: ${result.stderr.trim().slice(-2_000)}`;
    throw new PartUnavailable({ part, reason, hint: GO_HINT });
  }
  return result;
}

function linkerFlags({ linked }: Part): string {
  return linked === undefined ? LDFLAGS : `${LDFLAGS} -X ${linked}`;
}

/** Changes with everything that the program is made from. */
async function fingerprint(part: Part): Promise<string> {
  const hash = createHash('sha256');
  const { platform, arch } = process;
  const made = [part.package, part.tags, linkerFlags(part), platform, arch];
  if (part.release !== undefined) {
    // A published module never changes.
    hash.update(JSON.stringify([...made, part.module, part.version, part.release]));
    return hash.digest('hex').slice(0, 12);
  }
  hash.update(JSON.stringify(made));
  const folder = toolFolder(part.folder);
  const sources = (await readdir(folder)).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file));
  for (const file of sources.sort()) {
    hash.update(`\n${file}\n`).update(await readFile(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'prometheus-tenancy-kit', 'parts');
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
