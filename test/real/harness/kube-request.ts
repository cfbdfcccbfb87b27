import { readFile } from 'node:fs/promises';
import { sendRequest } from './http-request.ts';
import { ADMIN_TOKEN } from './kube-apiserver.ts';

/** Who asks the API server, and in which form. */
export interface KubeRequestOptions {
  /** The bearer token. @defaultValue the administrator's */
  readonly token?: string;
  /** The media type of the body. @defaultValue 'application/json' */
  readonly contentType?: string;
}

/** What the API server answered. */
export interface KubeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed body, or its text where it is no JSON. */
  readonly body: unknown;
}

/** Sends a request to the API server. A refusal is an answer like any other. */
export type KubeRequest = (
  method: string,
  path: string,
  body?: unknown,
  options?: KubeRequestOptions,
) => Promise<KubeAnswer>;

/** Gives the function that sends requests to an API server. */
export function prepareKubeRequest(url: string, caFile: string): KubeRequest {
  return async (method, path, body, options = {}) => {
    const { token = ADMIN_TOKEN, contentType = 'application/json' } = options;
    const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
    const { text, ...answer } = await sendRequest({
      url: url + path,
      method,
      headers,
      ca: await readFile(caFile, 'utf8'),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ...answer, body: parseBody(text, String(answer.headers['content-type'])) };
  };
}

/** Sends a request and gives the body of the answer. @throws {Error} If it is refused. */
export async function mustRequest(
  request: KubeRequest,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await request(method, path, body);
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

function parseBody(text: string, contentType: string): unknown {
  return contentType.startsWith('application/json') ? JSON.parse(text) : text;
}
