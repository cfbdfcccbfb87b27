import { Readable } from 'node:stream';
import type { Clock } from '../limits/clock.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** How long answers are remembered, and how many. */
export interface AnswerCacheSettings {
  /** 0 remembers none. */
  readonly ttlMs: number;
  readonly maxBytes: number;
}

interface Remembered {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly size: number;
  readonly endsAtMs: number;
}

const SUCCESS = Buffer.from('{"status":"success"');
// A quote inside a JSON string is always escaped, so these bytes are a key wherever they occur.
const NOTICES = [Buffer.from('"warnings":['), Buffer.from('"infos":[')];
/** A single answer may have this part of the whole cache. */
const LARGEST_SHARE = 10;
/** What an entry costs beside its texts, about. */
const ENTRY_BYTES = 512;

/**
 * Remembers whole answers for a short time.
 *
 * Only complete successes without any notice are remembered: an answer with warnings may be a
 * partial one, and an error may be over by now. The answer is that of the upstream, before it is
 * confined, so each reader's goes the same way as a fresh one.
 */
export class AnswerCache {
  readonly #clock: Clock;
  readonly #settings: AnswerCacheSettings;
  // The least recently used first.
  readonly #entries = new Map<string, Remembered>();
  #bytes = 0;

  constructor(clock: Clock, settings: AnswerCacheSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Whether anything is ever remembered. */
  get isOn(): boolean {
    return this.#settings.ttlMs > 0;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the answer under a key while its time lasts. */
  get(key: string): UpstreamAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#forget(key, entry);
    if (this.#clock.monotonicMs() >= entry.endsAtMs) return undefined;
    this.#remember(key, entry);
    return {
      status: 200,
      contentType: entry.contentType,
      contentLength: entry.bytes.length,
      body: Readable.from([entry.bytes], { objectMode: false }),
    };
  }

  /** Listens to an answer while others read it, and remembers it if it deserves that. */
  listen(key: string, answer: UpstreamAnswer): void {
    const maxBytes = this.#settings.maxBytes / LARGEST_SHARE;
    const { body, contentType, contentLength = 0 } = answer;
    if (!this.isOn || answer.status !== 200 || contentLength > maxBytes) return;
    let chunks: Buffer[] = [];
    let length = 0;
    const collect = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      body.off('data', collect);
    };
    body.on('data', collect);
    body.once('end', () => {
      if (length > maxBytes) return;
      const bytes = Buffer.concat(chunks);
      if (!isWholeSuccess(bytes)) return;
      const size = bytes.length + 2 * key.length + ENTRY_BYTES;
      const endsAtMs = this.#clock.monotonicMs() + this.#settings.ttlMs;
      const previous = this.#entries.get(key);
      if (previous !== undefined) this.#forget(key, previous);
      this.#remember(key, { contentType, bytes, size, endsAtMs });
    });
  }

  #remember(key: string, entry: Remembered): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.size;
    for (const [oldest, other] of this.#entries) {
      if (this.#bytes <= this.#settings.maxBytes) return;
      this.#forget(oldest, other);
    }
  }

  #forget(key: string, entry: Remembered): void {
    this.#entries.delete(key);
    this.#bytes -= entry.size;
  }
}

function isWholeSuccess(bytes: Buffer): boolean {
  return (
    bytes.subarray(0, SUCCESS.length).equals(SUCCESS) &&
    NOTICES.every((notices) => !bytes.includes(notices))
  );
}
