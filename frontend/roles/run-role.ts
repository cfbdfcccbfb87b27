import process from 'node:process';
import { createJsonLog } from '../adapters/json-log.ts';
import { EXIT, parseOptions, printHelp } from '../command-line.ts';
import { refuse } from '../result.ts';
import { followConfig } from './follow-config.ts';
import { type DocumentReader, loadConfig } from './load-config.ts';
import type { Role } from './role.ts';

const PROGRAM = 'prometheus-tenancy-kit';

/**
 * Runs a role until SIGTERM or SIGINT. Its configuration file is followed meanwhile; SIGHUP takes it
 * anew at once.
 *
 * @returns The exit code: 0 after an orderly stop, 1 for a refused configuration, 2 for wrong usage
 *   or a document of another version or kind.
 */
export async function runRole<C>(
  role: Role<C>,
  args: readonly string[],
  readDocument: DocumentReader,
): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(printHelp(PROGRAM, role.spec));
    return EXIT.done;
  }
  const options = parseOptions(role.spec, args);
  if (!options.ok) return complain(`${role.spec.name}: ${options.rejection}`, EXIT.usage);
  const file = options.value.get('config')?.[0] ?? '';
  const config = await loadConfig(role, file, readDocument);
  if (!config.ok) return complain(config.rejection.problems.join('\n'), config.rejection.exitCode);
  if (options.value.has('check-config')) return EXIT.done;
  return runUntilSignal(role, { file, running: config.value, readDocument });
}

interface Run<C> {
  readonly file: string;
  readonly running: C;
  readonly readDocument: DocumentReader;
}

async function runUntilSignal<C>(
  role: Role<C>,
  { file, running: config, readDocument }: Run<C>,
): Promise<number> {
  const log = createJsonLog(process.stdout);
  const stopped = nextSignal();
  let reload = (): void => undefined;
  // Also before there is anything to reload: by default the signal ends the process.
  const onHangUp = (): void => {
    reload();
  };
  process.on('SIGHUP', onHangUp);
  try {
    const running = await role.start(config, { env: process.env, log, readDocument });
    log('info', 'started', { role: role.spec.name, ...running.addresses });
    const followed = followConfig({
      file,
      running: config,
      role: running,
      load: async () => {
        const loaded = await loadConfig(role, file, readDocument);
        return loaded.ok ? loaded : refuse(loaded.rejection.problems);
      },
      log,
    });
    reload = () => void followed.reload();
    log('info', 'stopping', { signal: await stopped });
    // A reload that is under way must not hold up the drain.
    await Promise.all([running.stop(), followed.stop()]);
    log('info', 'stopped');
    return EXIT.done;
  } catch (error) {
    log('error', 'start_failed', { error });
    return EXIT.refused;
  } finally {
    process.off('SIGHUP', onHangUp);
  }
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
  });
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
