import type { Identity } from '../../access/identity.ts';
import type { TokenReviewer, TokenVerdict } from '../../access/token-reviewer.ts';
import { Fault } from '../../fault.ts';
import type { ApiClient } from './api-client.ts';
import { asObject, asTexts, type JsonObject } from './json-fields.ts';

const PATH = '/apis/authentication.k8s.io/v1/tokenreviews';

/** Reviews tokens by creating a TokenReview at the API server. */
export function createTokenReviewer(client: ApiClient): TokenReviewer {
  return {
    reviewToken: async (token, audiences) => {
      const answer = await client.post(PATH, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: audiences.length === 0 ? { token } : { token, audiences },
      });
      return readVerdict(answer);
    },
  };
}

/**
 * Reads the answer to a TokenReview.
 *
 * @throws {Fault} `api_server_answer_malformed` if it is none, or names nobody.
 */
export function readVerdict(answer: unknown): TokenVerdict {
  const status = asObject(asObject(answer)?.['status']);
  if (status === undefined) throw malformed('it has no status');
  // The API server fills `error` for every token that it does not know: that is a verdict.
  if (status['authenticated'] !== true || hasError(status)) return { kind: 'rejected' };
  const audiences = asTexts(status['audiences']);
  if (audiences === undefined) throw malformed('its audiences are no list of texts');
  return { kind: 'authenticated', identity: readIdentity(asObject(status['user'])), audiences };
}

function hasError(status: JsonObject): boolean {
  const { error } = status;
  return error !== undefined && error !== null && error !== '';
}

/**
 * Reads who a review is about.
 *
 * @throws {Fault} `api_server_answer_malformed` if it names nobody.
 */
export function readIdentity(user: JsonObject | undefined): Identity {
  const username = user?.['username'];
  const uid = user?.['uid'] ?? '';
  const groups = asTexts(user?.['groups']);
  if (typeof username !== 'string' || username === '') throw malformed('it names no user');
  if (typeof uid !== 'string' || groups === undefined) throw malformed('its user is no user');
  return { username, uid, groups, extra: readExtra(user?.['extra']) };
}

function readExtra(value: unknown): Identity['extra'] {
  const extra = asObject(value ?? {});
  if (extra === undefined) throw malformed('its extra is no object');
  return Object.fromEntries(
    Object.entries(extra).map(([name, values]): [string, readonly string[]] => {
      const texts = asTexts(values);
      if (texts === undefined) throw malformed('its extra holds something else than texts');
      return [name, texts];
    }),
  );
}

function malformed(what: string): Fault {
  return new Fault('api_server_answer_malformed', `not a TokenReview: ${what}`);
}
