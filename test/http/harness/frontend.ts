import type { Access } from '../../../frontend/access/access.ts';
import {
  createHttpUpstream,
  type HttpUpstream,
} from '../../../frontend/adapters/upstream/http-upstream.ts';
import { SILENT_OBSERVER } from '../../../frontend/access/access-observer.ts';
import type {
  LimitsConfig,
  ListenerConfig,
  ResourceAttributesConfig,
} from '../../../frontend/config/query-frontend.ts';
import { DEFAULT_PROMQL_FEATURES, type PromqlFeatures } from '../../../frontend/promql/options.ts';
import { CurrentParts } from '../../../frontend/http/current-parts.ts';
import { FilterSlots } from '../../../frontend/http/filter-slots.ts';
import type { ActorVerifier } from '../../../frontend/access/actor-verifier.ts';
import type { ExchangeParts } from '../../../frontend/http/exchange.ts';
import { BASIC_OFFER } from '../../../frontend/http/routes.ts';
import type { CredentialRules } from '../../../frontend/http/read-credential.ts';
import type { Upstream, UpstreamFiles } from '../../../frontend/http/upstream.ts';
import type { LimitGroups } from '../../../frontend/config/limits.ts';
import { type Listener, startListener } from '../../../frontend/http/listener.ts';
import type { FinishedRequest, Telemetry } from '../../../frontend/http/telemetry.ts';
import { ask, type Answer, type Question } from './ask.ts';
import { accessOf } from './fake-access.ts';
import { DEFAULT_GROUPS, sharesOf } from './limit-groups.ts';
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
  /** How many connections were too many. */
  readonly drops: () => number;
  /** Asks with the token of {@link READER} unless the headers say otherwise. */
  ask(path: string, question?: Question): Promise<Answer>;
}

/** What a test changes. */
export interface FrontendOptions {
  readonly access?: Access;
  readonly credentials?: CredentialRules;
  readonly actors?: ActorVerifier;
  readonly deadlineMs?: number;
  readonly attributes?: ResourceAttributesConfig;
  readonly scopingMode?: 'intersect' | 'error';
  readonly features?: Partial<PromqlFeatures>;
  readonly certificateCheckMs?: number;
  /** What is told of requests, instead of {@link Frontend.finished}. */
  readonly telemetry?: Telemetry;
  readonly onCertificate?: (isInUse: boolean) => void;
  readonly limits?: Partial<LimitsConfig>;
  readonly groups?: Partial<LimitGroups>;
  readonly listener?: Partial<ListenerConfig>;
  /** Whether the whole cluster is offered. */
  readonly clusterWide?: boolean;
  /** What there is beside the queries. */
  readonly endpoints?: (queries: Upstream) => Pick<ExchangeParts, 'filtered' | 'offer'>;
  /** Opens the web UI, which is off without it. */
  readonly openWebUi?: (upstreamUrl: string) => UpstreamFiles;
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

const LISTENER: ListenerConfig = {
  address: '127.0.0.1',
  port: 0,
  unsafePlainHttp: false,
  maxConnections: 100,
  maxConnectionsPerCaller: 10_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 5_000,
  keepAliveTimeoutMs: 60_000,
};

/** Starts the frontend in front of a recording upstream. Dispose of it at the end. */
export async function startFrontend(options: FrontendOptions = {}): Promise<Frontend> {
  const upstream = await startUpstream();
  const adapter = createHttpUpstream({ url: upstream.url, maxSockets: 50 });
  const served = options.endpoints?.(adapter);
  const log: LogLine[] = [];
  const finished: FinishedRequest[] = [];
  let drops = 0;
  const listener = await startListener(
    { ...LISTENER, ...options.listener },
    new CurrentParts({
      access: options.access ?? ACCESS,
      credentials: options.credentials,
      actors: options.actors,
      upstream: adapter,
      filtered: {
        upstreams: { queries: adapter },
        hasTargetMetadata: false,
        maxBytes: DEFAULT_GROUPS.limits.filteredBytes,
        slots: new FilterSlots(),
      },
      ...served,
      offer: {
        ...(served?.offer ?? BASIC_OFFER),
        ...(options.clusterWide === true && { clusterWide: true }),
        ...(options.openWebUi !== undefined && { webUi: true }),
      },
      webUi: options.openWebUi?.(upstream.url),
      shares: sharesOf(options.groups),
      limits: { ...DEFAULT_GROUPS.limits, ...options.limits },
      scoping: {
        mode: options.scopingMode ?? 'intersect',
        features: { ...DEFAULT_PROMQL_FEATURES, ...options.features },
      },
      deadlineMs: options.deadlineMs ?? 10_000,
      attributes: options.attributes,
      clusterAttributes: options.attributes,
      telemetry: {
        ...(options.telemetry ?? recordingTelemetry(finished)),
        connectionDropped: () => {
          drops += 1;
        },
      },
      log: (level, event, fields = {}) => {
        log.push({ level, event, fields });
      },
    }),
    { checkMs: options.certificateCheckMs, onCheck: options.onCertificate },
  );
  return {
    url: listener.url,
    port: Number(new URL(listener.url).port),
    upstream,
    listener,
    log,
    finished,
    drops: () => drops,
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
    answerGiven: () => undefined,
    access: SILENT_OBSERVER,
    exposition: async () => ({ contentType: '', body: '' }),
  };
}
