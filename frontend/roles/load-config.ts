import { EXIT } from '../command-line.ts';
import { CONFIG_API_VERSION } from '../config/api-version.ts';
import { describeConfigProblem } from '../config/document.ts';
import { refuse, type Result } from '../result.ts';
import type { Role } from './role.ts';

/** Reads a configuration file into a document, or throws with the reason. */
export type DocumentReader = (file: string) => Promise<unknown>;

/** Why a configuration file was refused: every problem, with the file and the place. */
export interface ConfigRefusal {
  readonly problems: readonly string[];
  readonly exitCode: number;
}

/** Reads and checks the configuration of a role. */
export async function loadConfig<C>(
  role: Pick<Role<C>, 'kind' | 'parse'>,
  file: string,
  readDocument: DocumentReader,
): Promise<Result<C, ConfigRefusal>> {
  const document = await readDocument(file).catch((error: unknown) => asError(error));
  if (document instanceof Error) return refuse(unusable(document.message));
  const mismatch = headerMismatch(role.kind, document);
  if (mismatch !== undefined) return refuse(unusable(`${file}: ${mismatch}`));
  const config = role.parse(document);
  if (config.ok) return config;
  const problems = config.rejection.map((problem) => `${file}: ${describeConfigProblem(problem)}`);
  return refuse({ problems, exitCode: EXIT.refused });
}

function unusable(problem: string): ConfigRefusal {
  return { problems: [problem], exitCode: EXIT.usage };
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
