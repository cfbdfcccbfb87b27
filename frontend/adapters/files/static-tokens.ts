import type { StaticToken } from '../../access/static-access.ts';
import { describeConfigProblem } from '../../config/document.ts';
import { parseStaticTokens } from '../../config/static-tokens.ts';
import { Fault } from '../../fault.ts';
import { type ReadDocument, readJsonDocument } from './document.ts';

/**
 * Reads a file of static tokens. Its mode is not checked: keep it readable by its owner alone.
 *
 * @param readDocument - How the file is read. @defaultValue {@link readJsonDocument}
 * @throws {Fault} `static_tokens_malformed` naming every problem by its place, and the faults of
 *   `readDocument`. No message quotes a token.
 */
export async function readStaticTokens(
  path: string,
  readDocument: ReadDocument = readJsonDocument,
): Promise<readonly StaticToken[]> {
  const parsed = parseStaticTokens(await readDocument(path));
  if (parsed.ok) return parsed.value.tokens;
  const problems = parsed.rejection.map((problem) => describeConfigProblem(problem));
  throw new Fault('static_tokens_malformed', `${path}: ${problems.join('; ')}`);
}
