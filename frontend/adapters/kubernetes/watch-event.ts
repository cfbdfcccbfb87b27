import { Fault } from '../../fault.ts';
import { asObject, type JsonObject } from './json-fields.ts';

/** What is read of an object that is followed. */
export interface ObjectMetadata {
  readonly name: string;
  /** Empty for objects that are in no namespace. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One page of a list of objects. */
export interface ObjectList {
  readonly objects: readonly ObjectMetadata[];
  /** The version of the whole list, from which a watch begins. */
  readonly version: string;
  /** Asks for the next page; empty after the last one. */
  readonly continuation: string;
}

/** One event of a watch. A bookmark has no object: it only brings the version forward. */
export interface WatchEvent {
  readonly version: string;
  readonly object: ObjectMetadata | undefined;
  readonly isGone: boolean;
}

/**
 * Reads one page of a list.
 *
 * @throws {Fault} `api_server_answer_malformed` if it is none.
 */
export function readList(answer: unknown): ObjectList {
  const list = asObject(answer);
  const metadata = asObject(list?.['metadata']);
  const items = list?.['items'] ?? [];
  const version = metadata?.['resourceVersion'];
  if (typeof version !== 'string' || version === '' || !Array.isArray(items)) throw malformed();
  const continuation = metadata?.['continue'];
  return {
    objects: items.map((item: unknown) => readObject(asObject(asObject(item)?.['metadata']))),
    version,
    continuation: typeof continuation === 'string' ? continuation : '',
  };
}

/**
 * Reads one line of a watch.
 *
 * @throws {Fault} `watch_expired` if the API server cannot go on from where we were,
 *   `api_server_answer_malformed` if it is no event.
 */
export function readWatchEvent(line: string): WatchEvent {
  const event = asObject(parse(line));
  const object = asObject(event?.['object']);
  const type = event?.['type'];
  if (type === 'ERROR') {
    throw new Fault('watch_expired', `the watch ended with ${String(object?.['code'])}`, {
      retryable: true,
    });
  }
  const metadata = asObject(object?.['metadata']);
  const version = metadata?.['resourceVersion'];
  if (typeof version !== 'string' || version === '') throw malformed();
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { version, object: readObject(metadata), isGone: type === 'DELETED' };
    case 'BOOKMARK':
      return { version, object: undefined, isGone: false };
    default:
      throw malformed();
  }
}

function readObject(metadata: JsonObject | undefined): ObjectMetadata {
  const { name, namespace = '' } = metadata ?? {};
  if (typeof name !== 'string' || typeof namespace !== 'string') throw malformed();
  const labels: [string, string][] = [];
  for (const [key, value] of Object.entries(asObject(metadata?.['labels']) ?? {})) {
    if (typeof value === 'string') labels.push([key, value]);
  }
  return { name, namespace, labels: Object.fromEntries(labels) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed();
  }
}

function malformed(): Fault {
  return new Fault('api_server_answer_malformed', 'not a list or watch of objects');
}
