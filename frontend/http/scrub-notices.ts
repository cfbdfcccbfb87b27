import { Transform, type TransformCallback } from 'node:stream';
import { Fault } from '../fault.ts';

/** Bytes of warnings and infos that are held back at the most; a longer tail breaks the answer off. */
export const MAX_NOTICES_BYTES = 1_048_576;

/** What stands in an answer for every notice that is not one of the PromQL engine. */
export const HIDDEN_NOTICE =
  'the answer may be incomplete: the upstream gave a notice that is not shown';

const NEEDLES = [Buffer.from(',"warnings":['), Buffer.from(',"infos":[')];
const OVERLAP = Math.max(...NEEDLES.map((needle) => needle.length)) - 1;
const ENGINE_NOTICE = /^PromQL (?:warning|info): /;

/**
 * Rewrites the `warnings` and `infos` of an answer while it streams through.
 *
 * Both stand after `data`, and a quote inside a JSON string is always escaped, so their keys cannot
 * occur inside one: from the first such key on, the rest is held back, parsed and printed anew, and
 * all before it passes as it is. Notices of the PromQL engine speak of the scoped query and stay;
 * all others may name stores and other tenants' labels and become one fixed sentence.
 */
export class NoticeScrubber extends Transform {
  // The possible beginning of a key, or all the notices so far.
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isInNotices = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#isInNotices) {
      this.#hold(chunk, done);
      return;
    }
    const bytes = this.#heldBytes === 0 ? chunk : Buffer.concat([...this.#held, chunk]);
    this.#held = [];
    this.#heldBytes = 0;
    const start = firstNeedle(bytes);
    if (start !== -1) {
      this.#isInNotices = true;
      if (start > 0) this.push(bytes.subarray(0, start));
      this.#hold(bytes.subarray(start), done);
      return;
    }
    // The last bytes may be the beginning of a key that the next chunk ends.
    const keep = possibleStart(bytes);
    if (keep > 0) this.push(keep === bytes.length ? bytes : bytes.subarray(0, keep));
    this.#hold(bytes.subarray(keep), done);
  }

  override _flush(done: TransformCallback): void {
    const held = Buffer.concat(this.#held);
    const rewritten = this.#isInNotices ? rewriteTail(held.toString('utf8')) : held;
    if (rewritten === undefined) done(unreadableNotices());
    else done(null, rewritten);
  }

  #hold(bytes: Buffer, done: TransformCallback): void {
    if (bytes.length > 0) this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_NOTICES_BYTES) done(unreadableNotices());
    else done();
  }
}

function unreadableNotices(): Fault {
  return new Fault('upstream_unexpected', 'read the notices of an answer');
}

function firstNeedle(bytes: Buffer): number {
  let first = -1;
  for (const needle of NEEDLES) {
    const at = bytes.indexOf(needle);
    if (at !== -1 && (first === -1 || at < first)) first = at;
  }
  return first;
}

// Where the earliest proper beginning of a key at the end of `bytes` starts.
function possibleStart(bytes: Buffer): number {
  for (let at = Math.max(0, bytes.length - OVERLAP); at < bytes.length; at += 1) {
    const tail = bytes.subarray(at);
    if (NEEDLES.some((needle) => needle.subarray(0, tail.length).equals(tail))) return at;
  }
  return bytes.length;
}

// The tail is `,"warnings":[...],"infos":[...]}`: one member put before it makes it an object.
function rewriteTail(tail: string): string | undefined {
  let members: unknown;
  try {
    members = JSON.parse(`{"tail":0${tail}`);
  } catch {
    return undefined;
  }
  if (typeof members !== 'object' || members === null) return undefined;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(members);
  const lists = entries.flatMap(([name, value]) =>
    name === 'warnings' || name === 'infos' ? [[name, shownNotices(value)] as const] : [],
  );
  const text = lists.map(
    ([name, notices]) => `,${JSON.stringify(name)}:${JSON.stringify(notices)}`,
  );
  return `${text.join('')}}\n`;
}

function shownNotices(value: unknown): readonly string[] {
  const notices = Array.isArray(value) ? value : [value];
  const shown = notices.map((notice: unknown) =>
    typeof notice === 'string' ? shownNotice(notice) : HIDDEN_NOTICE,
  );
  return [...new Set(shown)];
}

/** Gives a warning or info as it may be shown: those of the PromQL engine as they are. */
export function shownNotice(notice: string): string {
  return ENGINE_NOTICE.test(notice) ? notice : HIDDEN_NOTICE;
}
