import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { UpstreamConnectionConfig } from '../../config/upstream-connection.ts';
import { Fault } from '../../fault.ts';
import type { UpstreamInspector } from '../../http/upstream.ts';
import { readBounded } from '../read-bounded.ts';
import { FollowedCredentials, type UpstreamCredentials } from './upstream-credentials.ts';

/** What an inspection asks for: neither answer holds a series. */
export const INSPECTED_PATHS = {
  version: '/api/v1/status/buildinfo',
  stores: '/api/v1/stores',
} as const;

/** Longest time that one request of an inspection may take, in milliseconds. */
const INSPECTION_TIMEOUT_MS = 5_000;

// A querier lists every label set of every block of its stores.
const MAX_BYTES = 16_777_216;

// How servers other than a Thanos querier answer to a path they do not know.
const NO_SUCH_ENDPOINT: readonly number[] = [400, 404, 405, 501];

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Inspects an upstream over HTTP or HTTPS, each time on a connection of its own: one that is kept
 * alive says nothing of those that queries will need.
 */
export function createHttpInspector(
  config: UpstreamConnectionConfig & { readonly url: string },
  timeoutMs: number = INSPECTION_TIMEOUT_MS,
): UpstreamInspector {
  const credentials = new FollowedCredentials(config);
  const ask = async (path: string): Promise<Answer> => {
    const answer = await get(config.url, path, await credentials.read(), timeoutMs);
    if (answer.status === 401) credentials.tokenRefused();
    return answer;
  };
  return {
    inspect: async () => {
      const version = await ask(INSPECTED_PATHS.version);
      if (version.status >= 500) throw unavailable('wait until the upstream has started');
      if (version.status !== 200 && !NO_SUCH_ENDPOINT.includes(version.status)) {
        throw unexpected('ask the upstream for its version');
      }
      const stores = await ask(INSPECTED_PATHS.stores);
      if (NO_SUCH_ENDPOINT.includes(stores.status)) return {};
      if (stores.status >= 500) throw unavailable('ask the upstream for its stores');
      if (stores.status !== 200) throw unexpected('ask the upstream for its stores');
      return { stores: { document: readJson(stores.text) } };
    },
  };
}

async function get(
  base: string,
  path: string,
  credentials: UpstreamCredentials,
  timeoutMs: number,
): Promise<Answer> {
  try {
    return await readWhole(await respond(base, path, credentials, AbortSignal.timeout(timeoutMs)));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unavailable('inspect the upstream', cause);
  }
}

function respond(
  base: string,
  path: string,
  { tls, headers }: UpstreamCredentials,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(base);
  const transport = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = transport.get(url, {
      ...tls,
      agent: false,
      path: url.pathname.replace(/\/$/, '') + path,
      headers: { Accept: 'application/json', 'Accept-Encoding': 'identity', ...headers },
      signal,
    });
    request.on('response', resolve);
    request.on('error', reject);
  });
}

async function readWhole(response: IncomingMessage): Promise<Answer> {
  const bytes = await readBounded(response, MAX_BYTES);
  if (bytes === undefined) throw unexpected('read the list of stores, which is too long');
  return { status: response.statusCode ?? 0, text: bytes.toString('utf8') };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unexpected('read the list of stores, which is not JSON');
  }
}

function unavailable(attempt: string, cause?: unknown): Fault {
  return new Fault('upstream_unavailable', attempt, { cause, retryable: true });
}

function unexpected(attempt: string): Fault {
  return new Fault('upstream_unexpected', attempt);
}
