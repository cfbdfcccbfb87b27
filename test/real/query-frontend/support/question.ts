import { type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpAnswer } from '../../harness/http-request.ts';

const TIMEOUT_MS = 60_000;

/** Parameters: each name with its value, or with several in order. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A request to a query API, byte by byte: nothing in it is normalised on the way. */
export interface Question {
  /** @defaultValue 'GET' */
  readonly method?: string;
  /** The request target, query string included. */
  readonly path: string;
  /** A header with several values is sent as several lines. */
  readonly headers?: Fields;
  readonly body?: string;
}

/** Where a question goes. */
export interface Server {
  readonly url: string;
  /** The certificates, as PEM, that vouch for it; `undefined` for plain HTTP. */
  readonly ca?: string | undefined;
}

/** Encodes parameters as a form. */
export function formOf(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) form.append(name, value);
  }
  return form.toString();
}

/** A GET with its parameters in the URL. */
export function get(path: string, fields: Fields = {}): Question {
  const form = formOf(fields);
  return { path: form === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${form}` };
}

/** A POST with its parameters in a form body. */
export function post(path: string, fields: Fields): Question {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', path, headers, body: formOf(fields) };
}

/** A question with further headers. */
export function withHeaders(question: Question, headers: Fields): Question {
  return { ...question, headers: { ...question.headers, ...headers } };
}

/** A question with a bearer token. */
export function withToken(question: Question, token: string): Question {
  return withHeaders(question, { Authorization: `Bearer ${token}` });
}

/** Sends a question over a connection of its own. The length of a body is always declared. */
export function send(server: Server, question: Question): Promise<HttpAnswer> {
  const { method = 'GET', path, body } = question;
  const { protocol, hostname, port } = new URL(server.url);
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(question.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  if (body !== undefined) headers['Content-Length'] = Buffer.byteLength(body);
  const request = protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      path,
      method,
      headers,
      agent: false,
      timeout: TIMEOUT_MS,
      ...(server.ca !== undefined && { ca: server.ca }),
    });
    outgoing.on('response', (answer) => {
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
      outgoing.destroy(new Error(`${method} ${path}: silence for ${TIMEOUT_MS} ms`));
    });
    outgoing.end(body);
  });
}
