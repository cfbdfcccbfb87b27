import { createLocalJWKSet } from 'jose';
import type { Clock } from '../../access/clock.ts';
import { Fault } from '../../fault.ts';
import type { Log } from '../../http/log.ts';
import { RereadFile } from '../files/reread-file.ts';
import { FollowedKeys, isKeySet } from './followed-keys.ts';
import { readHttpsDocument } from './https-document.ts';
import { logKeys } from './log-keys.ts';

/** Reads a JSON document from an `https` URL. */
export type ReadDocument = (url: string) => Promise<unknown>;

/** Who publishes keys, and where. */
export interface PublishedKeysOptions {
  /** What the issuer calls itself in its tokens. */
  readonly issuer: string;
  /** Certificate authority of its server, PEM. @defaultValue those that Node trusts */
  readonly caFile: string | undefined;
  /** Finds the URL of the keys; whatever it throws counts as a failed attempt. */
  readonly findKeysUrl: (read: ReadDocument) => Promise<string>;
}

/** What following keys needs from outside. */
export interface PublishedKeysDeps {
  readonly clock: Clock;
  /** Hears when the keys cannot be read, and when they can be again. */
  readonly log: Log;
}

/** Shortest time between two attempts to read keys after one that failed, in milliseconds. */
export const KEYS_RETRY_MS = 5_000;

const TIMEOUT_MS = 5_000;

/** Follows the keys that an issuer publishes over HTTPS. */
export function followPublishedKeys(
  { caFile, findKeysUrl, issuer }: PublishedKeysOptions,
  { clock, log }: PublishedKeysDeps,
): FollowedKeys {
  const authority = caFile === undefined ? undefined : new RereadFile(caFile, clock);
  return new FollowedKeys({
    clock,
    read: async () => {
      const options = { ca: await authority?.read(), timeoutMs: TIMEOUT_MS };
      const read: ReadDocument = (url) => readHttpsDocument(url, options);
      const keysUrl = await findKeysUrl(read);
      const keys = await read(keysUrl);
      if (!isKeySet(keys)) throw new Fault('issuer_answer_malformed', `${keysUrl} holds no keys`);
      return { issuer, keys: createLocalJWKSet(keys) };
    },
    finished: logKeys(issuer, log),
    retryMs: KEYS_RETRY_MS,
  });
}
