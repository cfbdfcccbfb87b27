import { parseAllDocuments } from 'yaml';
import { malformedDocument, MAX_DOCUMENT_BYTES } from './document.ts';
import { readTextFile } from './text-file.ts';

// An alias may repeat what it names, which may hold aliases too: without a cap, a few lines grow
// to gigabytes.
const MAX_ALIASES = 100;

/**
 * Reads a YAML file, and so a JSON one, as a single document. It stands apart from the JSON reader
 * so that a bundle which needs no YAML holds none.
 *
 * @throws {Fault} `document_malformed` with path, line and column if it is not YAML, holds several
 *   documents or names a key twice, and the faults of a file that cannot be read. No message
 *   quotes the content, which may be secret.
 */
export async function readYamlDocument(path: string): Promise<unknown> {
  const text = await readTextFile(path, MAX_DOCUMENT_BYTES);
  const malformed = (offset: number, message: string): Error =>
    malformedDocument(path, text, { offset, message });
  const documents = parseAllDocuments(text, { prettyErrors: false, stringKeys: true });
  if (!Array.isArray(documents)) throw malformed(0, 'the document is empty');
  const [document, second] = documents;
  if (document === undefined) throw malformed(0, 'the document is empty');
  if (second !== undefined) throw malformed(second.range[0], 'expected a single document');
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const code = problem.code.toLowerCase().replaceAll('_', ' ');
    throw malformed(problem.pos[0], `not YAML that can be read: ${code}`);
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw malformed(0, 'its aliases repeat too much, or name nothing');
  }
}
