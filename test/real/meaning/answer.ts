import { sendRequest } from '../harness/http-request.ts';
import { readPath } from '../harness/read-path.ts';
import type { Answerer } from './comparison.ts';

/** A question to the HTTP API. */
export interface Question {
  readonly path: string;
  readonly parameters: readonly (readonly [string, string])[];
  /**
   * Where the parameters stand: in the URL of a GET, in the form of a POST, or in the URL of a POST
   * without a body. @defaultValue 'get'
   */
  readonly method?: 'get' | 'form' | 'emptyPost';
}

/** What of an answer is compared, and how. */
export interface Reading {
  /** Whether the order of the results is part of the answer. */
  readonly isOrdered: boolean;
  /** A label of the results that is not compared. */
  readonly ignoredLabel?: string;
}

/** What a server said, in a form that can be compared. */
export interface Answer {
  /** `data` as canonical JSON, or status and kind of a refusal. */
  readonly said: string;
  readonly isRefused: boolean;
  /** Whether there is no result in it. */
  readonly isEmpty: boolean;
  /** What the engine remarked, without positions, sorted. */
  readonly notices: readonly string[];
}

/** Asks a server, and reads its answer. */
export async function ask(
  { url, headers }: Answerer,
  { path, parameters, method = 'get' }: Question,
  reading: Reading,
): Promise<Answer> {
  const form = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
  const { status, text } = await sendRequest(
    method === 'form'
      ? {
          url: `${url}${path}`,
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
          body: form,
        }
      : { url: `${url}${path}?${form}`, headers, method: method === 'get' ? 'GET' : 'POST' },
  );
  const answer: unknown = JSON.parse(text);
  if (readPath(answer, 'status') !== 'success') {
    // The words may differ: the frontend refuses with its own.
    const kind = String(readPath(answer, 'errorType'));
    return { said: `refused: ${status} ${kind}`, isRefused: true, isEmpty: true, notices: [] };
  }
  const data = readPath(answer, 'data');
  const results = readPath(data, 'resultType') === undefined ? data : readPath(data, 'result');
  return {
    said: canonical(data, reading),
    isRefused: false,
    isEmpty: Array.isArray(results) && results.length === 0,
    notices: [...noticesOf(answer, 'warnings'), ...noticesOf(answer, 'infos')].toSorted(),
  };
}

// Scoping a query moves what stands behind a selector, so positions differ and nothing else may.
function noticesOf(answer: unknown, name: string): readonly string[] {
  const notices = readPath(answer, name);
  if (!Array.isArray(notices)) return [];
  return notices.map((notice) => String(notice).replaceAll(/ \(\d+:\d+\)/g, ''));
}

function canonical(data: unknown, { isOrdered, ignoredLabel }: Reading): string {
  const type = readPath(data, 'resultType');
  // A list of series has no order; a matrix and a list of names have.
  const isSet = (type === 'vector' && !isOrdered) || (type === undefined && isListOfObjects(data));
  const results = type === undefined ? data : readPath(data, 'result');
  if (!Array.isArray(results)) return JSON.stringify(data);
  const texts = results.map((result: unknown) => canonicalResult(result, ignoredLabel));
  return `${String(type)} [${(isSet ? texts.toSorted() : texts).join('\n')}]`;
}

function canonicalResult(result: unknown, ignoredLabel: string | undefined): string {
  if (!isObject(result)) return JSON.stringify(result);
  const { metric = result, ...rest } = result;
  const labels = Object.entries(isObject(metric) ? metric : {})
    .filter(([name]) => name !== ignoredLabel)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([labels, metric === result ? null : rest]);
}

function isListOfObjects(data: unknown): boolean {
  return Array.isArray(data) && data.every(isObject);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
