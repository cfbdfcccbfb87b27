import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 60_000;

/** A request to a server of these tests. */
export interface HttpRequest {
  readonly url: string;
  /** @defaultValue 'GET' */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The certificates, as PEM, that vouch for the server. @defaultValue the ones Node trusts */
  readonly ca?: string;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/**
 * Sends a request over a connection of its own, so that nothing of it outlives the answer and a
 * restarted server is never reached over a connection to its predecessor.
 */
export function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method = 'GET', headers = {}, body, ca } = request;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, timeout: TIMEOUT_MS };
    const outgoing = send(url, ca === undefined ? options : { ...options, ca }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.on('timeout', () => {
      outgoing.destroy(new Error(`${method} ${url}: silence for ${TIMEOUT_MS} ms`));
    });
    outgoing.end(body);
  });
}

/** Says whether a GET of this address is answered with status 200. */
export async function answersOk(url: string): Promise<boolean> {
  return (await sendRequest({ url })).status === 200;
}
