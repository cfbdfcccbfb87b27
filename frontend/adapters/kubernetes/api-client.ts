import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { BearerToken } from '../../access/bearer-token.ts';
import type { Clock } from '../../access/clock.ts';
import { Fault } from '../../fault.ts';
import { RereadFile } from '../files/reread-file.ts';
import { readBounded } from '../read-bounded.ts';
import { answerFault, transportFault } from './api-fault.ts';

/** How the API server is reached. */
export interface ApiClientOptions {
  /** The URL of the API server; `https` only. A path in it is put before every other path. */
  readonly url: string;
  /** Certificate authority of the API server, PEM. It is read again at least once a minute. */
  readonly caFile: string;
  /** Token of this process. It is read again at least once a minute. */
  readonly tokenFile: string;
  /** Longest time one call may take, the answer's body included, in milliseconds. */
  readonly timeoutMs: number;
  /** Connections at once. At least 1. */
  readonly maxSockets: number;
  readonly clock: Clock;
}

/** Longest answer that is read, in bytes. */
export const MAX_ANSWER_BYTES = 1_048_576;

// The key set has a media type of its own, and the API server answers 406 to who does not name it.
const ACCEPT = 'application/json, application/jwk-set+json';
// Below the time after which load balancers commonly drop a silent connection.
const IDLE_CONNECTION_MS = 50_000;

type TimedOptions = RequestOptions & { readonly signal: AbortSignal };

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | undefined;
  /** The media types that are understood. @defaultValue {@link ACCEPT} */
  readonly accept?: string | undefined;
  /** Who asks. @defaultValue this process, by its own token */
  readonly caller?: BearerToken | undefined;
}

/**
 * Talks to the API server as this process: JSON over kept connections.
 *
 * Redirects are never followed, since the token would go with them. Every method throws a Fault,
 * and only a Fault, when there is no answer of the kind 2xx.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #base: URL;
  readonly #ca: RereadFile;
  readonly #token: RereadFile;
  readonly #agent: Agent;

  /** @throws {Fault} `api_server_url_invalid` if the URL is not an `https` one. */
  constructor(options: ApiClientOptions) {
    this.#base = parseHttpsUrl(options.url);
    this.#options = options;
    this.#ca = new RereadFile(options.caFile, options.clock);
    this.#token = new RereadFile(options.tokenFile, options.clock);
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: options.maxSockets,
      timeout: IDLE_CONNECTION_MS,
    });
  }

  /** Reads a document, of a media type other than plain JSON where one is named. */
  get(path: string, accept?: string): Promise<unknown> {
    return this.#call({ method: 'GET', path, body: undefined, accept });
  }

  /**
   * Opens an answer that goes on until somebody ends it, over a connection of its own. Only its
   * beginning has to come within the time of a call.
   *
   * @param signal - Ends it, with an error on the stream.
   */
  async openStream(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const call = { method: 'GET', path, body: undefined, accept } as const;
    const [ca, token] = await Promise.all([this.#ca.read(), this.#token.read()]);
    const options = { ...this.#requestOptions(call, ca, token), agent: false };
    const response = await beginAnswer({ ...options, signal }, options.signal);
    if (response.statusCode === 200) return response;
    response.destroy();
    if (response.statusCode === 401) this.#token.expire();
    throw answerFault(call, { status: response.statusCode ?? 0, retryAfter: undefined });
  }

  /** Creates a review and returns the API server's answer. */
  post(path: string, body: unknown): Promise<unknown> {
    return this.#call({ method: 'POST', path, body: JSON.stringify(body) });
  }

  /**
   * Does the same as somebody else, by their token: the API server answers about them.
   *
   * @returns The answer, or `undefined` if the API server does not take the token.
   */
  postAs(caller: BearerToken, path: string, body: unknown): Promise<unknown> {
    return this.#call({ method: 'POST', path, body: JSON.stringify(body), caller });
  }

  /** Returns the token that this process shows to the API server now. */
  ownToken(): Promise<string> {
    return this.#token.read();
  }

  /** Closes every connection. Calls that are under way fail. */
  stop(): void {
    this.#agent.destroy();
  }

  async #call(call: Call): Promise<unknown> {
    const [ca, token] = await Promise.all([this.#ca.read(), call.caller ?? this.#token.read()]);
    const options = this.#requestOptions(call, ca, token);
    const answer = await exchangeWithRetry(options, call.body);
    // Our own token was refused: it may have been rotated under us.
    if (answer.status === 401 && call.caller !== undefined) return undefined;
    if (answer.status === 401) this.#token.expire();
    if (answer.status < 200 || answer.status > 299) throw answerFault(call, answer);
    return parseJson(answer.body);
  }

  #requestOptions(call: Call, ca: string, token: string): TimedOptions {
    const body = call.body;
    return {
      protocol: 'https:',
      hostname: this.#base.hostname.replaceAll(/[[\]]/g, ''),
      port: this.#base.port,
      path: this.#base.pathname.replace(/\/$/, '') + call.path,
      method: call.method,
      // The agent keeps connections apart by authority, so a new one never uses an old connection.
      ca,
      agent: this.#agent,
      signal: AbortSignal.timeout(this.#options.timeoutMs),
      headers: {
        accept: call.accept ?? ACCEPT,
        authorization: `Bearer ${token}`,
        'user-agent': 'prometheus-tenancy-kit',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    };
  }
}

/** A whole answer, of whatever status. */
export interface ApiAnswer {
  readonly status: number;
  /** The header Retry-After, if there was one. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

async function exchangeWithRetry(options: TimedOptions, body?: string): Promise<ApiAnswer> {
  try {
    return await exchange(options, body);
  } catch (error) {
    if (!(error instanceof StaleConnectionError)) throw error;
    // The server closed a kept connection just as we used it. Reviews and reads change nothing, so
    // asking again is safe.
    return exchange({ ...options, agent: false }, body);
  }
}

class StaleConnectionError extends Error {}

function beginAnswer(options: TimedOptions, deadline: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(options);
    const giveUp = (): void => {
      sent.destroy();
    };
    deadline.addEventListener('abort', giveUp);
    sent.on('error', (error) => {
      reject(transportFault(error, deadline.aborted));
    });
    sent.once('response', (response) => {
      deadline.removeEventListener('abort', giveUp);
      resolve(response);
    });
    sent.end();
  });
}

function exchange(options: TimedOptions, body: string | undefined): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(transportFault(error, options.signal.aborted));
    };
    const sent = request(options);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (isStale && !options.signal.aborted) reject(new StaleConnectionError());
      else fail(error);
    });
    sent.once('response', (response) => {
      readBody(response).then((answer) => {
        if (answer === undefined) {
          reject(new Fault('api_server_answer_too_large', 'the API server answered too much'));
        } else resolve(answer);
      }, fail);
    });
    sent.end(body);
  });
}

async function readBody(response: IncomingMessage): Promise<ApiAnswer | undefined> {
  const body = await readBounded(response, MAX_ANSWER_BYTES);
  if (body === undefined) return undefined;
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    body: body.toString('utf8'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and a review echoes the token.
    throw new Fault('api_server_answer_malformed', 'the API server did not answer in JSON');
  }
}

function parseHttpsUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') {
    throw new Fault('api_server_url_invalid', `${text} is not an https URL`);
  }
  return url;
}
