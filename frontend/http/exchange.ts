import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ActorVerifier } from '../access/actor-verifier.ts';
import type { LimitsConfig } from '../config/query-frontend.ts';
import { accept, type Result } from '../result.ts';
import { admitHead, admitRequest } from './admit.ts';
import { answerHeaders } from './answer-headers.ts';
import { AuditTrail } from './audit-trail.ts';
import { Cancellation } from './cancellation.ts';
import type { ConfinedAnswer } from './confine.ts';
import { limitBytes } from './limit-answer.ts';
import { endUnread } from './linger.ts';
import { answerRequest, type PipelineParts, type PipelineRequest } from './query-pipeline.ts';
import type { PeerCertificate } from './peer-certificates.ts';
import { prepareActor } from './read-actor.ts';
import { readBody } from './read-body.ts';
import { type CredentialRules, readCredential, TOKENS_ONLY } from './read-credential.ts';
import type { Rejection } from './rejection.ts';
import type { Reply } from './reply.ts';
import { renderRejection } from './render-rejection.ts';
import type { Offer } from './routes.ts';
import type { Telemetry } from './telemetry.ts';

/** What an exchange needs beside the stages of the pipeline. */
export interface ExchangeParts extends PipelineParts {
  readonly limits: LimitsConfig;
  readonly telemetry: Telemetry;
  /** What callers identify themselves by. @defaultValue {@link TOKENS_ONLY} */
  readonly credentials?: CredentialRules | undefined;
  /** Verifies for whom Grafana asks. @defaultValue nobody looks at that */
  readonly actors?: ActorVerifier | undefined;
  /** What is offered beside the queries. @defaultValue nothing */
  readonly offer?: Offer;
}

/** One request and what its answer is written to. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether the client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** Hears who the caller is, and says whether they may have this connection beside their others. */
  readonly onIdentified: PipelineRequest['onIdentified'];
  /** Whether the connection may stay open after an error: a caller was identified on it. */
  readonly mayStay: () => boolean;
  /** What the client shows of itself in its handshake, as of now. */
  readonly peer: () => PeerCertificate;
}

/** What the log and the metrics say of a request whose client left before an answer was sent. */
const CLIENT_CLOSED_REQUEST = 499;

/** Serves one request from its first line to the last byte of its answer. It never rejects. */
export async function serveExchange(parts: ExchangeParts, exchange: Exchange): Promise<void> {
  const { response } = exchange;
  const startedMs = performance.now();
  const trail = new AuditTrail(randomUUID());
  const cancellation = new Cancellation();
  response.once('close', () => {
    if (!response.writableFinished) cancellation.cancel('client_gone');
  });
  let decision = 'answered';
  try {
    const reply = await readAndAnswer(parts, exchange, trail, cancellation);
    if (!reply.ok) decision = reply.rejection.code;
    if (reply.ok && reply.value.kind === 'stream') {
      const { body, maxBytes = Infinity } = reply.value.answer;
      limitBytes(body, Math.min(maxBytes, parts.limits.responseBytes));
    }
    await sendReply(exchange, reply, trail.requestId, cancellation);
  } catch (error) {
    decision = breakOff(parts, exchange, { error, trail, cancellation });
    // Whatever still comes from the upstream, nobody wants it.
    cancellation.cancel('upstream_failed');
  } finally {
    cancellation.close();
  }
  const status = response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST;
  const durationMs = Math.round(performance.now() - startedMs);
  const { route, isClusterWide } = trail;
  parts.telemetry.requestFinished({
    route,
    status,
    decision,
    seconds: durationMs / 1_000,
    ...(isClusterWide && { isClusterWide }),
  });
  trail.close(parts.log, { decision, status, durationMs });
}

// Cheap checks first: an anonymous caller cannot make us read a body.
async function readAndAnswer(
  parts: ExchangeParts,
  { request, response, expectsContinue, onIdentified, peer }: Exchange,
  trail: AuditTrail,
  cancellation: Cancellation,
): Promise<Result<Reply, Rejection>> {
  const head = admitHead(
    {
      httpVersion: request.httpVersion,
      method: request.method ?? '',
      target: request.url ?? '',
      rawHeaders: request.rawHeaders,
    },
    parts.offer,
  );
  if (!head.ok) return head;
  trail.routed(head.value.route.name, head.value.isClusterWide);
  const rules = parts.credentials ?? TOKENS_ONLY;
  const credential = readCredential(rules, request.rawHeaders, peer());
  if (!credential.ok) return credential;
  const askForBody = (): void => {
    if (expectsContinue) response.writeContinue();
  };
  const body = head.value.takesBody
    ? await readBody(request, parts.limits.bodyBytes, askForBody)
    : accept('');
  if (!body.ok) return body;
  const admitted = admitRequest(head.value, body.value, parts.limits);
  if (!admitted.ok) return admitted;
  parts.telemetry.parametersDropped(admitted.value.droppedParameters);
  return answerRequest(parts, {
    admitted: admitted.value,
    credential: credential.value,
    readActor: prepareActor(parts.actors, request.rawHeaders),
    cancellation,
    trail,
    onIdentified,
  });
}

async function sendReply(
  exchange: Exchange,
  reply: Result<Reply, Rejection>,
  requestId: string,
  cancellation: Cancellation,
): Promise<void> {
  if (!reply.ok) {
    sendText(exchange, renderRejection(reply.rejection, requestId), requestId);
  } else if (reply.value.kind === 'text') {
    const { body, headers = {} } = reply.value;
    sendText(exchange, { status: 200, headers, body }, requestId);
  } else {
    await sendStream(exchange, reply.value.answer, requestId, cancellation);
  }
}

// A failure on the way destroys the socket: a cut-off answer must never look complete.
async function sendStream(
  { response }: Exchange,
  { body, scrubber, contentType, headers }: ConfinedAnswer,
  requestId: string,
  cancellation: Cancellation,
): Promise<void> {
  for (const stream of [body, scrubber]) {
    stream.once('error', () => {
      cancellation.cancel('upstream_failed');
    });
  }
  response.writeHead(200, {
    ...answerHeaders(requestId),
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...headers,
  });
  await pipeline(body, scrubber, response, { signal: cancellation.signal });
}

interface TextAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function sendText(exchange: Exchange, answer: TextAnswer, requestId: string): void {
  const { request, response } = exchange;
  response.writeHead(answer.status, {
    ...answerHeaders(requestId),
    'Content-Length': String(Buffer.byteLength(answer.body)),
    ...answer.headers,
    // What is left of an unread body must not be taken for the next request.
    ...(!(request.complete && exchange.mayStay()) && { Connection: 'close' }),
  });
  endUnread(request, response, answer.body);
}

interface Failure {
  readonly error: unknown;
  readonly trail: AuditTrail;
  readonly cancellation: Cancellation;
}

// Ends an exchange that failed on the way, and says how it ended.
function breakOff(parts: ExchangeParts, exchange: Exchange, failure: Failure): string {
  const { response } = exchange;
  const { error, trail, cancellation } = failure;
  const { requestId } = trail;
  if (cancellation.reason === 'client_gone') {
    response.destroy();
    return 'client_gone';
  }
  if (response.headersSent) {
    parts.log('warn', 'broken_off', { requestId, error, reason: cancellation.reason });
    response.destroy();
    return 'broken_off';
  }
  parts.log('error', 'defect', { requestId, error });
  sendText(exchange, renderRejection({ code: 'internal' }, requestId), requestId);
  return 'internal';
}
