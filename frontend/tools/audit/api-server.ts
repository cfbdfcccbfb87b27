import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { Caller } from '../explain/caller.ts';

const TIMEOUT_MS = 30_000;

/** Where the API server is, and who asks it. */
export interface ApiServer {
  /** An `https` address; a path in it is put before every other path. */
  readonly url: URL;
  readonly caller: Caller;
  /** Certificate authority, PEM. @defaultValue those of Node */
  readonly ca: string | undefined;
}

/** What the API server answered, whatever it was. */
export interface ServerAnswer {
  readonly status: number;
  /** The texts of the `Warning` headers, joined. */
  readonly warning: string;
  /** The parsed body, or `undefined` where it is no JSON. */
  readonly body: unknown;
}

/**
 * Asks the API server over a connection of its own. Redirects are not followed.
 *
 * @throws {Error} If there is no answer.
 */
export function askServer(
  { url, caller, ca }: ApiServer,
  { path, body }: { readonly path: string; readonly body?: unknown },
): Promise<ServerAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = https.request({
      hostname: url.hostname.replaceAll(/[[\]]/g, ''),
      port: url.port,
      path: url.pathname.replace(/\/$/, '') + path,
      method: payload === undefined ? 'GET' : 'PUT',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...('token' in caller && { authorization: `Bearer ${caller.token}` }),
        ...(payload !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(payload)),
        }),
      },
      ...(ca !== undefined && { ca }),
      ...('certificate' in caller && caller.certificate),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const { headers, statusCode: status = 0 } = response;
      text(response).then((answer) => {
        resolve({ status, warning: headers['warning'] ?? '', body: parse(answer) });
      }, reject);
    });
    request.end(payload);
  });
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
