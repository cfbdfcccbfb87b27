import { PartUnavailable } from './part-unavailable.ts';
import type { PartName } from './parts.ts';
import { runProgram } from './processes.ts';

const HINT = 'install Go 1.26 or newer (https://go.dev/doc/install) and let it fetch modules';

/** A Go module at one version. */
export interface ModuleVersion {
  /** The part that the module gives, for messages. */
  readonly part: PartName;
  readonly module: string;
  readonly version: string;
}

/**
 * Gives the folder with the sources of a Go module. It belongs to Go's module cache and cannot be
 * written to.
 *
 * @throws {@link PartUnavailable} If the module cannot be fetched.
 */
export async function moduleSource({ module, part, version }: ModuleVersion): Promise<string> {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  const result = await runProgram('go', args, { env: { GOWORK: 'off' }, timeoutMs: 600_000 }).catch(
    (cause: unknown) => {
      const reason = 'there is no `go` on PATH to fetch it';
      throw new PartUnavailable({ part, reason, hint: HINT }, { cause });
    },
  );
  const answer: unknown = result.exitCode === 0 ? JSON.parse(result.stdout) : undefined;
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer) return String(answer.Dir);
  const reason = `\`go mod download ${module}@${version}\` says: ${result.stdout}${result.stderr}`;
  throw new PartUnavailable({ part, reason, hint: HINT });
}
