import http, { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { createProxyServer, type ServerOptions } from 'http-proxy';
import type { UpstreamConnectionConfig } from '../../config/upstream-connection.ts';
import { Fault } from '../../fault.ts';
import type { UpstreamAnswer, UpstreamFiles } from '../../http/upstream.ts';
import { FollowedCredentials } from '../upstream/upstream-credentials.ts';

/** Connections for files at once. A browser opens at most six to one server. */
const MAX_SOCKETS = 16;

// Without idle connections none can be closed by the other side just as it is taken.
const HEADERS = { Accept: '*/*', 'Accept-Encoding': 'identity', Connection: 'close' } as const;

/** The files of an upstream's web UI, through the proxy library. */
export interface ProxiedFiles extends UpstreamFiles {
  /** Closes every connection; call it when no request is under way. */
  close(): void;
}

/** Where the files come from. */
export interface ProxiedFilesOptions {
  /** The upstream; the path of its URL is put before that of a file. */
  readonly upstream: UpstreamConnectionConfig & { readonly url: string };
  /** The variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Creates the proxy for the files of a web UI. The library is given a request of ours that has a
 * path and nothing else, so there is nothing of the caller that it could pass on, and it answers
 * nobody: what it gets is handed back.
 *
 * @throws {Fault} `web_ui_unusable` where the environment makes the library follow redirects.
 */
export function createProxiedFiles({ upstream, env }: ProxiedFilesOptions): ProxiedFiles {
  // The library then sends by `fetch`, which knows neither our agent nor our rule on redirects.
  if (env['FORCE_FETCH_PATH'] !== undefined) {
    throw new Fault('web_ui_unusable', 'show the web UI while FORCE_FETCH_PATH is set');
  }
  const target = new URL(upstream.url);
  const basePath = target.pathname.replace(/\/$/, '');
  const transport = target.protocol === 'https:' ? https : http;
  const agent = new transport.Agent({ keepAlive: false, maxSockets: MAX_SOCKETS });
  const credentials = new FollowedCredentials(upstream);
  return {
    fetch: async (path, signal) => {
      const { tls, headers } = await credentials.read();
      const options: ServerOptions = {
        target: target.origin,
        agent,
        // The library fills this object in, so each request needs one of its own.
        ssl: { ...tls },
        secure: true,
        headers: { ...HEADERS, ...headers },
        selfHandleResponse: true,
        followRedirects: false,
        ws: false,
        xfwd: false,
      };
      const answer = await fetchFile(options, basePath + path, signal);
      if (answer.status === 401) credentials.tokenRefused();
      return answer;
    },
    close: () => {
      agent.destroy();
    },
  };
}

function fetchFile(
  options: ServerOptions,
  path: string,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  signal.throwIfAborted();
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = path;
  request.push(null);
  const caller = new ServerResponse(request);
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void => {
      reject(new Fault('upstream_unavailable', 'get a file of the web UI', { cause }));
    };
    const leave = (): void => {
      // To the library this is a caller that went away, and it asks no more.
      caller.emit('close');
      // A request that still waits for a connection does not say that it was given up.
      fail(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    // What it is created with it prints where DEBUG asks for that, our token included.
    const proxy = createProxyServer({});
    // A request may end without an answer and without an error.
    proxy.once('proxyReq', (outgoing) =>
      outgoing.once('close', () => {
        fail();
      }),
    );
    proxy.once('proxyRes', (answer) => {
      try {
        resolve(readAnswer(answer));
      } catch (error) {
        answer.destroy();
        reject(error);
      }
    });
    proxy.web(request, caller, options, fail);
  });
}

function readAnswer(answer: IncomingMessage): UpstreamAnswer {
  const { headers } = answer;
  const encoding = headers['content-encoding'] ?? 'identity';
  const length = headers['content-length'];
  const isChunked = headers['transfer-encoding']?.toLowerCase() === 'chunked';
  const hasEnd = isChunked || length !== undefined;
  if (answer.statusCode === 200 && (encoding !== 'identity' || !hasEnd)) {
    throw new Fault('upstream_unexpected', 'read a file that is compressed or has no length');
  }
  return {
    status: answer.statusCode ?? 0,
    contentType: headers['content-type'] ?? '',
    contentLength: length === undefined ? undefined : Number(length),
    body: answer,
  };
}
