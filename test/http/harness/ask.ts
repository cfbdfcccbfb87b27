import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';

/** What a test asks for. */
export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly agent?: http.Agent;
  /** Trusted certificate, for TLS. */
  readonly ca?: string;
  /** What the client shows of itself, for TLS. */
  readonly certificate?: { readonly certPem: string; readonly keyPem: string } | undefined;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Whether the body was whole, by its own framing. */
  readonly isWhole: boolean;
  /** Port of our end of the connection: equal ports are one connection. */
  readonly localPort: number | undefined;
}

/** Sends one request and reads its answer, broken off or not. Rejects when there is none at all. */
export function ask(url: string, question: Question = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, agent, ca, certificate } = question;
  const chunked = 'Transfer-Encoding' in headers;
  const transport = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const request = transport.request(url, {
      method,
      agent: agent ?? false,
      headers: {
        // Without it a body on GET would have no framing at all.
        ...(body !== undefined && !chunked && { 'Content-Length': String(body.length) }),
        ...Object.fromEntries(Object.entries(headers).map(([name, it]) => [name, [it].flat()])),
      },
      ...(ca !== undefined && { ca }),
      ...(certificate !== undefined && { cert: certificate.certPem, key: certificate.keyPem }),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      const localPort = response.socket.localPort;
      const finish = (isWhole: boolean): void => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text, isWhole, localPort });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        finish(true);
      });
      response.on('error', () => {
        finish(false);
      });
    });
    request.end(body);
  });
}
