import type { Access } from '../../../frontend/access/access.ts';
import {
  createHttpUpstream,
  type HttpUpstream,
} from '../../../frontend/adapters/upstream/http-upstream.ts';
import { SILENT_OBSERVER } from '../../../frontend/access/access-observer.ts';
import type { LimitsConfig, ListenerConfig } from '../../../frontend/config/query-frontend.ts';
import { type Listener, startListener } from '../../../frontend/http/listener.ts';
import type { FinishedRequest, Telemetry } from '../../../frontend/http/telemetry.ts';
import { ask, type Answer, type Question } from './ask.ts';
import { accessOf } from './fake-access.ts';
import { type RecordingUpstream, startUpstream } from './recording-upstream.ts';

/** One line of the log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The whole frontend over real sockets, and the upstream behind it. */
export interface Frontend extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly upstream: RecordingUpstream;
  readonly listener: Listener;
  readonly log: readonly LogLine[];
  readonly finished: readonly FinishedRequest[];
  /** Asks with the token of {@link READER} unless the headers say otherwise. */
  ask(path: string, question?: Question): Promise<Answer>;
}

/** What a test changes. */
export interface FrontendOptions {
  readonly access?: Access;
  readonly deadlineMs?: number;
  readonly certificateCheckMs?: number;
  readonly limits?: Partial<LimitsConfig>;
  readonly listener?: Partial<ListenerConfig>;
}

/** The token of a user who may read `team-a` and `team-b`. */
export const READER = 'reader-token';

/** The token of a ServiceAccount of `team-a` that may read it. */
export const ROBOT = 'robot-token';

/** Access that knows {@link READER} and {@link ROBOT}. */
export const ACCESS: Access = accessOf({
  [READER]: { username: 'jane', namespaces: ['team-a', 'team-b'] },
  [ROBOT]: { username: 'system:serviceaccount:team-a:grafana', namespaces: ['team-a'] },
});

const LIMITS: LimitsConfig = {
  tenants: 200,
  bodyBytes: 65_536,
  queryBytes: 32_768,
  queryDepth: 200,
  querySelectors: 500,
};

const LISTENER: ListenerConfig = {
  address: '127.0.0.1',
  port: 0,
  unsafePlainHttp: false,
  maxConnections: 100,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 5_000,
  keepAliveTimeoutMs: 60_000,
};

/** Starts the frontend in front of a recording upstream. Dispose of it at the end. */
export async function startFrontend(options: FrontendOptions = {}): Promise<Frontend> {
  const upstream = await startUpstream();
  const adapter = createHttpUpstream({ url: upstream.url, maxSockets: 50 });
  const log: LogLine[] = [];
  const finished: FinishedRequest[] = [];
  const listener = await startListener(
    { ...LISTENER, ...options.listener },
    {
      access: options.access ?? ACCESS,
      upstream: adapter,
      limits: { ...LIMITS, ...options.limits },
      deadlineMs: options.deadlineMs ?? 10_000,
      telemetry: recordingTelemetry(finished),
      log: (level, event, fields = {}) => {
        log.push({ level, event, fields });
      },
    },
    options.certificateCheckMs,
  );
  return {
    url: listener.url,
    port: Number(new URL(listener.url).port),
    upstream,
    listener,
    log,
    finished,
    ask: (path, question = {}) =>
      ask(`${listener.url}${path}`, {
        ...question,
        headers: { Authorization: `Bearer ${READER}`, ...question.headers },
      }),
    [Symbol.asyncDispose]: () => stop(listener, adapter, upstream),
  };
}

async function stop(
  listener: Listener,
  adapter: HttpUpstream,
  upstream: RecordingUpstream,
): Promise<void> {
  await listener.drain(0);
  adapter.close();
  await upstream[Symbol.asyncDispose]();
}

function recordingTelemetry(finished: FinishedRequest[]): Telemetry {
  return {
    requestFinished: (request) => {
      finished.push(request);
    },
    parametersDropped: () => undefined,
    access: SILENT_OBSERVER,
    exposition: async () => ({ contentType: '', body: '' }),
  };
}
