import { Fault } from '../../fault.ts';
import { findJsonProblem } from './json-problem.ts';
import { readTextFile } from './text-file.ts';

/** Reads a file as one document, whose content is not checked yet. */
export type ReadDocument = (path: string) => Promise<unknown>;

/** Longest document that is read, in bytes. */
export const MAX_DOCUMENT_BYTES = 4_194_304;

/**
 * Reads a JSON file.
 *
 * @throws {Fault} `document_malformed` with path, line and column if it is not JSON or names a
 *   member of an object twice, and the faults of a file that cannot be read. No message quotes the
 *   content, which may be secret.
 */
export async function readJsonDocument(path: string): Promise<unknown> {
  const text = (await readTextFile(path, MAX_DOCUMENT_BYTES)).replace(/^\uFEFF/, '');
  const problem = findJsonProblem(text);
  if (problem !== undefined) throw malformedDocument(path, text, problem);
  return JSON.parse(text);
}

/** What is wrong with the text of a document, and where. */
export interface DocumentProblem {
  /** Index of the first character that cannot stand there. */
  readonly offset: number;
  /** What is wrong, as one clause that does not quote the text. */
  readonly message: string;
}

/** Says a problem with path, line and column; both count from 1. */
export function malformedDocument(path: string, text: string, problem: DocumentProblem): Fault {
  const before = text.slice(0, problem.offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const place = `${path}:${before.length}:${column}`;
  return new Fault('document_malformed', `${place}: ${problem.message}`);
}
