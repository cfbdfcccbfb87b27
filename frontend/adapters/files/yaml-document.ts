import { type Document, parseAllDocuments, stringify } from 'yaml';
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
  const [document, second] = parseAll(text);
  if (document === undefined) throw malformed(path, text, 0, 'the document is empty');
  if (second !== undefined) {
    throw malformed(path, text, second.range[0], 'expected a single document');
  }
  return toValue(path, text, document);
}

/**
 * Parses a YAML text, and so a JSON one, that may hold several documents, or none.
 *
 * @param path - What the text is called in messages.
 * @throws {Fault} `document_malformed`, as {@link readYamlDocument} does.
 */
export function parseYamlDocuments(path: string, text: string): readonly unknown[] {
  return parseAll(text).map((document) => toValue(path, text, document));
}

/** Prints a value as a YAML document. */
export function printYamlDocument(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

function parseAll(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { prettyErrors: false, stringKeys: true });
  return Array.isArray(documents) ? documents : [];
}

function toValue(path: string, text: string, document: Document.Parsed): unknown {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const code = problem.code.toLowerCase().replaceAll('_', ' ');
    throw malformed(path, text, problem.pos[0], `not YAML that can be read: ${code}`);
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw malformed(path, text, 0, 'its aliases repeat too much, or name nothing');
  }
}

function malformed(path: string, text: string, offset: number, message: string): Error {
  return malformedDocument(path, text, { offset, message });
}
