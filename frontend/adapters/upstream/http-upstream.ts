import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from '../../access/clock.ts';
import type { UpstreamConfig } from '../../config/query-frontend.ts';
import type { UpstreamConnectionConfig } from '../../config/upstream-connection.ts';
import { Fault } from '../../fault.ts';
import type { UpstreamRequest } from '../../http/forward.ts';
import type { Upstream, UpstreamAnswer } from '../../http/upstream.ts';
import { UpstreamAgents } from './upstream-agents.ts';
import { FollowedCredentials } from './upstream-credentials.ts';

/** Longest URL that is sent as GET, in bytes; longer requests travel as POST forms. */
export const MAX_GET_URL_BYTES = 4_096;

/** An upstream over HTTP or HTTPS, with connections kept alive. */
export interface HttpUpstream extends Upstream {
  /** Closes idle connections; call it when no request is under way. */
  close(): void;
}

interface Message {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Creates the upstream adapter. Redirects are never followed; the caller sees their status. */
export function createHttpUpstream(
  config: Pick<UpstreamConfig, 'url' | 'maxSockets'> & UpstreamConnectionConfig,
  clock?: Clock,
): HttpUpstream {
  const url = new URL(config.url);
  const transport = url.protocol === 'https:' ? https : http;
  const credentials = new FollowedCredentials(config, clock);
  const agents = new UpstreamAgents(transport, config.maxSockets);
  const basePath = url.pathname.replace(/\/$/, '');

  const attempt = async (
    message: Message,
    signal: AbortSignal,
    isKept: boolean,
  ): Promise<UpstreamAnswer> => {
    const { tls, headers } = await credentials.read();
    const request = transport.request(url, {
      ...tls,
      agent: isKept && agents.agentFor(tls),
      method: message.method,
      path: message.path,
      headers: { ...message.headers, ...headers },
      signal,
      insecureHTTPParser: false,
    });
    const answer = await awaitAnswer(request, message.body, signal);
    if (answer.status === 401) credentials.tokenRefused();
    return answer;
  };

  return {
    send: async (request, signal) => {
      const message = toMessage(request, basePath);
      // What changes something is sent once, over a connection that cannot be stale.
      if (request.write !== undefined) return attempt(message, signal, false);
      try {
        return await attempt(message, signal, true);
      } catch (error) {
        // The other side may close an idle connection just as we take it; the queries we send only
        // read, so asking once more is safe, on a connection of its own that cannot be stale.
        if (error instanceof StaleConnection) return await attempt(message, signal, false);
        throw error;
      }
    },
    close: () => {
      agents.close();
    },
  };
}

function awaitAnswer(
  request: ClientRequest,
  body: string,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    request.once('response', (response) => {
      try {
        resolve(readAnswer(response));
      } catch (error) {
        response.destroy();
        reject(asFault(error));
      }
    });
    // Stays on: a second error, after the answer began, must not go unheard.
    request.on('error', (cause: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && isClosedConnection(cause) && !signal.aborted;
      reject(isStale ? new StaleConnection() : asFault(cause));
    });
    // A request may end without an answer and without an error.
    request.once('close', () => {
      reject(new Fault('upstream_unavailable', 'get an answer of the upstream'));
    });
    request.end(body);
  });
}

class StaleConnection extends Fault {
  constructor() {
    super('upstream_unavailable', 'use an idle connection to the upstream');
  }
}

function isClosedConnection(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function asFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault('upstream_unavailable', 'send a query upstream', { cause });
}

function readAnswer(response: IncomingMessage): UpstreamAnswer {
  const { headers } = response;
  const status = response.statusCode ?? 0;
  if (status === 200) {
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw new Fault('upstream_unexpected', 'read an answer of the upstream that is compressed');
    }
    // Any other transfer coding would be a compression too.
    const isChunked = headers['transfer-encoding']?.toLowerCase() === 'chunked';
    if (!isChunked && headers['content-length'] === undefined) {
      throw new Fault('upstream_unexpected', 'read an answer of the upstream that has no length');
    }
  }
  const length = headers['content-length'];
  return {
    status,
    contentType: headers['content-type'] ?? '',
    contentLength: length === undefined ? undefined : Number(length),
    body: response,
  };
}

function toMessage(request: UpstreamRequest, basePath: string): Message {
  const path = basePath + request.path;
  const headers: Record<string, string> = {
    Accept: request.path === '/federate' ? 'text/plain;version=0.0.4' : 'application/json',
    'Accept-Encoding': 'identity',
    ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
  };
  if (request.write !== undefined) {
    const { method, json } = request.write;
    if (json !== '') headers['Content-Type'] = 'application/json';
    headers['Content-Length'] = String(Buffer.byteLength(json));
    return { method, path, headers, body: json };
  }
  const target = request.form === '' ? path : `${path}?${request.form}`;
  if (request.isGetOnly || target.length <= MAX_GET_URL_BYTES) {
    return { method: 'GET', path: target, headers, body: '' };
  }
  headers['Content-Type'] = 'application/x-www-form-urlencoded';
  headers['Content-Length'] = String(request.form.length);
  return { method: 'POST', path, headers, body: request.form };
}
