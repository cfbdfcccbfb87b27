import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { Fault } from '../../fault.ts';
import { readBounded } from '../read-bounded.ts';

/** How {@link readHttpsDocument} asks. */
export interface HttpsDocumentOptions {
  /** Certificate authority of the server, PEM. @defaultValue those that Node trusts */
  readonly ca?: string | undefined;
  /** Longest time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** Longest document that is read, in bytes. */
export const MAX_DOCUMENT_BYTES = 1_048_576;

/**
 * Reads a JSON document over a TLS connection of its own. Redirects are not followed.
 *
 * @throws {Fault} `issuer_url_invalid` if the URL is not an `https` one, `issuer_unreachable`,
 *   `issuer_answer_malformed`. The message names the URL.
 */
export async function readHttpsDocument(
  url: string,
  options: HttpsDocumentOptions,
): Promise<unknown> {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') {
    throw new Fault('issuer_url_invalid', `${url} is not an https URL`);
  }
  const answer = await ask(url, options);
  if (answer.status !== 200) {
    throw new Fault('issuer_answer_malformed', `${url} answered with ${answer.status}`);
  }
  try {
    return JSON.parse(answer.text);
  } catch (cause) {
    throw new Fault('issuer_answer_malformed', `${url} is no JSON document`, { cause });
  }
}

interface TextAnswer {
  readonly status: number;
  readonly text: string;
}

async function ask(url: string, { ca, timeoutMs }: HttpsDocumentOptions): Promise<TextAnswer> {
  try {
    return await new Promise<TextAnswer>((resolve, reject) => {
      const sent = get(url, {
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { accept: 'application/json' },
        ...(ca !== undefined && { ca }),
      });
      sent.on('error', reject);
      sent.once('response', (response) => {
        readText(response).then((text) => {
          resolve({ status: response.statusCode ?? 0, text });
        }, reject);
      });
    });
  } catch (cause) {
    throw new Fault('issuer_unreachable', `${url} cannot be read`, { cause, retryable: true });
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const bytes = await readBounded(response, MAX_DOCUMENT_BYTES);
  if (bytes === undefined) throw new RangeError('the document is too long');
  return bytes.toString('utf8');
}
