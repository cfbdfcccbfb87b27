import { setImmediate as nextTurn } from 'node:timers/promises';
import { PassThrough, Readable } from 'node:stream';
import type { AnswerFilter, AnswerProblem } from '../answers/answer-filter.ts';
import type { JsonValue } from '../answers/json-value.ts';
import { printJson } from '../answers/print-json.ts';
import { readJson } from '../answers/read-json.ts';
import type { Shape } from '../answers/shape.ts';
import { Fault } from '../fault.ts';
import { accept, type Result } from '../result.ts';
import type { ConfinedAnswer } from './confine.ts';

/** Longest time that the work on an answer keeps others waiting, in milliseconds. */
export const TURN_MS = 8;

/** What bounds the work on an answer that is filtered. */
export interface FilterBounds {
  /** Bytes of an upstream's answer. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Reads an answer as a whole, and builds another from what its filter lets through.
 *
 * @throws {Fault} `upstream_unexpected` when the answer is longer than allowed or no JSON,
 *   `upstream_unavailable` when it breaks off.
 */
export async function filterAnswer(
  body: Readable,
  filter: AnswerFilter,
  bounds: FilterBounds,
): Promise<Result<ConfinedAnswer, AnswerProblem>> {
  const finished = filter.finish(await readAnswerJson(body, bounds, filter.shape));
  if (!finished.ok) return finished;
  return accept({ body: Readable.from(printed(finished.value)), scrubber: new PassThrough() });
}

/** Reads a JSON answer as a whole, in turns. Throws as {@link filterAnswer} does. */
export async function readAnswerJson(
  body: Readable,
  { maxBytes, signal }: FilterBounds,
  shape?: Shape,
): Promise<JsonValue> {
  const bytes = await readBytes(body, maxBytes);
  const value = await inTurns(readJson(bytes, shape), signal);
  if (value === undefined) {
    throw new Fault('upstream_unexpected', 'read an answer that is not the JSON it should be');
  }
  return value;
}

async function readBytes(body: Readable, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the body.
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Fault('upstream_unavailable', 'read an answer of the upstream', { cause });
  }
  if (bytes > maxBytes) {
    throw new Fault('upstream_unexpected', 'filter an answer longer than limits.filteredBytes');
  }
  return Buffer.concat(chunks);
}

async function inTurns<T>(steps: Generator<unknown, T>, signal: AbortSignal): Promise<T> {
  let turnBegan = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - turnBegan < TURN_MS) continue;
    await nextTurn();
    signal.throwIfAborted();
    turnBegan = performance.now();
  }
}

// Whoever reads the answer asks for the next piece when it has room; each comes in a turn of its own.
async function* printed(value: JsonValue): AsyncGenerator<Buffer> {
  for (const piece of printJson(value)) {
    yield Buffer.from(piece);
    await nextTurn();
  }
  yield Buffer.from('\n');
}
