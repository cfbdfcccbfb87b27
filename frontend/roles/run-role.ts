import process from 'node:process';
import { createJsonLog } from '../adapters/json-log.ts';
import { EXIT, parseOptions, printHelp } from '../command-line.ts';
import { CONFIG_API_VERSION } from '../config/api-version.ts';
import { describeConfigProblem } from '../config/document.ts';
import type { Role } from './role.ts';

/** Reads a configuration file into a document, or throws with the reason. */
export type DocumentReader = (file: string) => Promise<unknown>;

const PROGRAM = 'prometheus-tenancy-kit';

/**
 * Runs a role until SIGTERM or SIGINT.
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
  const document = await readDocument(file).catch((error: unknown) => asError(error));
  if (document instanceof Error) return complain(document.message, EXIT.usage);
  const mismatch = headerMismatch(role.kind, document);
  if (mismatch !== undefined) return complain(`${file}: ${mismatch}`, EXIT.usage);
  const config = role.parse(document);
  if (!config.ok) {
    return complain(
      config.rejection.map((problem) => `${file}: ${describeConfigProblem(problem)}`).join('\n'),
      EXIT.refused,
    );
  }
  if (options.value.has('check-config')) return EXIT.done;
  return runUntilSignal(role, config.value, readDocument);
}

async function runUntilSignal<C>(
  role: Role<C>,
  config: C,
  readDocument: DocumentReader,
): Promise<number> {
  const log = createJsonLog(process.stdout);
  const stopped = nextSignal();
  try {
    const running = await role.start(config, { env: process.env, log, readDocument });
    log('info', 'started', { role: role.spec.name, ...running.addresses });
    log('info', 'stopping', { signal: await stopped });
    await running.stop();
    log('info', 'stopped');
    return EXIT.done;
  } catch (error) {
    log('error', 'start_failed', { error });
    return EXIT.refused;
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

// A document of another version is told apart from one with mistakes: the remedy differs.
function headerMismatch(kind: string, document: unknown): string | undefined {
  const header: { readonly apiVersion?: unknown; readonly kind?: unknown } =
    typeof document === 'object' && document !== null ? document : {};
  if (header.apiVersion !== CONFIG_API_VERSION) {
    return `apiVersion is ${JSON.stringify(header.apiVersion)}, and this program reads "${CONFIG_API_VERSION}"`;
  }
  if (header.kind !== kind) {
    return `kind is ${JSON.stringify(header.kind)}, and this role reads "${kind}"`;
  }
  return undefined;
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
