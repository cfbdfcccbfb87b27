import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '../../fault.ts';
import type { ApiClient } from './api-client.ts';
import { type ObjectMetadata, readList, readWatchEvent } from './watch-event.ts';

/** What {@link ResourceWatch} follows, and who hears of it. Its functions must not throw. */
export interface ResourceWatchOptions {
  readonly client: Pick<ApiClient, 'get' | 'openStream'>;
  /** Path of the collection, such as `/api/v1/namespaces`. */
  readonly path: string;
  /** Follows only objects with such labels. @defaultValue all */
  readonly labelSelector?: string;
  /** Whether the objects that exist are of interest, or only that one of them changes. */
  readonly needsObjects: boolean;
  /**
   * The watch begins, or begins anew after it was broken: what was known before may be out of date.
   * `objects` is empty where they are of no interest.
   */
  started(objects: readonly ObjectMetadata[]): void;
  /** An object was added or changed, or, with `isGone`, deleted or has lost its labels. */
  changed(object: ObjectMetadata, isGone: boolean): void;
  /** The watch is broken; it is tried again until it is stopped. */
  broke(fault: Fault): void;
}

/** How long the API server is asked to keep one watch open, in seconds. */
const WATCH_SECONDS = 60;

// A connection that died without a word is noticed when the API server should have ended it.
const SILENCE_MS = (WATCH_SECONDS + 15) * 1_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const OBJECTS_AT_ONCE = 250;
// Nothing but names and labels is needed, and other parts of an object may be secret.
const ONE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const MANY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Follows the objects of one kind by a watch of the API server, until it is stopped.
 *
 * It reads where to begin, follows from there, and goes on where it left off each time the API
 * server ends the watch in good order. After anything else it begins anew.
 */
export class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #stopping = new AbortController();

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
    void this.#run();
  }

  /** Stops following. Nobody hears anything afterwards. */
  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        let version = await this.#begin();
        pauseMs = FIRST_PAUSE_MS;
        while (!signal.aborted) {
          const [next] = await Promise.all([
            this.#follow(version),
            // A watch that ends at once is not asked for in a tight loop.
            wait(FIRST_PAUSE_MS, undefined, { signal }),
          ]);
          version = next;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#options.broke(asFault(error));
      }
      await wait(pauseMs * (1 + Math.random()), undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Reads where to begin: the objects, or only the version of the collection. */
  async #begin(): Promise<string> {
    const { client, needsObjects } = this.#options;
    const objects: ObjectMetadata[] = [];
    let continuation = '';
    for (;;) {
      const query = this.#query({
        limit: String(needsObjects ? OBJECTS_AT_ONCE : 1),
        ...(continuation !== '' && { continue: continuation }),
      });
      const list = readList(await client.get(query, MANY));
      if (needsObjects) objects.push(...list.objects);
      continuation = needsObjects ? list.continuation : '';
      if (continuation !== '') continue;
      if (!this.#stopping.signal.aborted) this.#options.started(objects);
      return list.version;
    }
  }

  /** Follows from a version on, and returns the one to go on from when the watch has ended. */
  async #follow(from: string): Promise<string> {
    const path = this.#query({
      watch: '1',
      resourceVersion: from,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
    });
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(SILENCE_MS)]);
    const stream = await this.#options.client.openStream(path, ONE, signal);
    let version = from;
    try {
      for await (const line of linesOf(stream)) {
        const event = readWatchEvent(line);
        version = event.version;
        if (event.object === undefined || this.#stopping.signal.aborted) continue;
        this.#options.changed(event.object, event.isGone);
      }
    } finally {
      stream.destroy();
    }
    if (!stream.complete) throw new Fault('watch_broken', 'the watch ended in the middle');
    return version;
  }

  #query(parameters: Readonly<Record<string, string>>): string {
    const { path, labelSelector } = this.#options;
    const query = new URLSearchParams(parameters);
    if (labelSelector !== undefined) query.set('labelSelector', labelSelector);
    return `${path}?${query.toString()}`;
  }
}

async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault('watch_broken', 'the watch was interrupted', { cause: error, retryable: true });
}
