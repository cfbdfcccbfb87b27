import type { SeriesScope } from '../../tenant/cluster-scope.ts';
import type { TenantScope } from '../../tenant/tenant-scope.ts';
import { type JsonValue, memberOf } from '../answers/json-value.ts';
import {
  isSilenceId,
  type OwnedSilenceId,
  ownSilence,
  visibleSilence,
} from '../answers/silence-owner.ts';
import { scopeSilence } from '../answers/silence-request.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import { refusalOf } from './confine.ts';
import { readAnswerJson } from './filter-answer.ts';
import type { FilteredParts } from './filtered-pipeline.ts';
import { UpstreamRequest } from './forward.ts';
import type { Rejection } from './rejection.ts';
import type { Reply } from './reply.ts';
import type { SilenceWrite } from './silence-write.ts';
import type { UpstreamAnswer } from './upstream.ts';
import { upstreamOf } from './upstreams.ts';

/** A request about one silence, after it was authorized. */
export interface SilenceRequestParts<S extends SeriesScope = TenantScope> {
  readonly admitted: AdmittedRequest;
  readonly scope: S;
  readonly signal: AbortSignal;
}

type AnyRequest = SilenceRequestParts<SeriesScope>;

interface FoundSilence {
  readonly id: OwnedSilenceId;
  readonly silence: JsonValue;
}

const ID_IN_PATH = /[^/]*$/;

/** Shows one silence, where it acts on the scope alone. */
export async function showSilence(
  parts: FilteredParts,
  request: AnyRequest,
): Promise<Result<Reply, Rejection>> {
  const id = ID_IN_PATH.exec(request.admitted.upstreamPath)?.[0] ?? '';
  const found = await find(parts, request, id, (it) => visibleSilence(it, id, request.scope));
  return found.ok ? accept(textReply(found.value)) : found;
}

/**
 * Makes, changes or expires a silence. What exists already is read first: whose it is, is known from
 * what is stored, never from what the caller says.
 */
export async function writeSilence(
  parts: FilteredParts,
  request: SilenceRequestParts,
  write: SilenceWrite,
): Promise<Result<Reply, Rejection>> {
  const { admitted } = request;
  if (write.verb === 'create') return store(parts, request, write);
  const found = await findOwn(parts, request, write.id);
  if (!found.ok) return found;
  if (write.verb === 'update') return store(parts, request, write);
  const answer = await send(
    parts,
    request,
    UpstreamRequest.toExpireSilence(admitted, found.value.id),
  );
  answer.body.destroy();
  if (answer.status === 200) return accept({ kind: 'text', body: '' });
  return refuse(answer.status === 404 ? { code: 'silence_unknown' } : unexpected(answer.status));
}

async function store(
  parts: FilteredParts,
  request: SilenceRequestParts,
  write: Exclude<SilenceWrite, { readonly verb: 'delete' }>,
): Promise<Result<Reply, Rejection>> {
  const scoped = scopeSilence(write.silence, request.scope);
  if (!scoped.ok) return scoped;
  const message = UpstreamRequest.toWriteSilence(request.admitted, scoped.value);
  const stored = await ask(parts, request, message);
  if (!stored.ok) return stored;
  const silenceID = memberOf(stored.value, 'silenceID');
  if (typeof silenceID !== 'string' || !isSilenceId(silenceID)) {
    return refuse({ code: 'upstream_unexpected' });
  }
  return accept(textReply({ silenceID }));
}

function findOwn(
  parts: FilteredParts,
  request: SilenceRequestParts,
  id: string,
): Promise<Result<FoundSilence, Rejection>> {
  return find(parts, request, id, (it) => ownSilence(it, id, request.scope));
}

async function find<T>(
  parts: FilteredParts,
  request: AnyRequest,
  id: string,
  check: (silence: JsonValue) => T | undefined,
): Promise<Result<T, Rejection>> {
  const silence = await ask(parts, request, UpstreamRequest.toReadSilence(request.admitted, id));
  if (!silence.ok) return silence;
  const found = check(silence.value);
  // A foreign silence is one that does not exist: the same code, the same words.
  return found === undefined ? refuse({ code: 'silence_unknown' }) : accept(found);
}

async function ask(
  parts: FilteredParts,
  request: AnyRequest,
  message: UpstreamRequest,
): Promise<Result<JsonValue, Rejection>> {
  const answer = await send(parts, request, message);
  if (answer.status === 404) {
    answer.body.destroy();
    return refuse({ code: 'silence_unknown' });
  }
  const refusal = await refusalOf(answer);
  if (refusal !== undefined) return refuse(refusal);
  return accept(await readAnswerJson(answer.body, { ...parts, signal: request.signal }));
}

function send(
  parts: FilteredParts,
  { signal }: AnyRequest,
  message: UpstreamRequest,
): Promise<UpstreamAnswer> {
  return upstreamOf(parts.upstreams, 'alertmanager').send(message, signal);
}

function unexpected(status: number): Rejection {
  return { code: status >= 500 ? 'upstream_unavailable' : 'upstream_unexpected' };
}

function textReply(value: JsonValue): Reply {
  return { kind: 'text', body: `${JSON.stringify(value)}\n` };
}
