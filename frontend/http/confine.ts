import { PassThrough, type Readable, type Transform } from 'node:stream';
import { Fault } from '../fault.ts';
import { accept, refuse, type Result } from '../result.ts';
import { judgeMessage } from './engine-messages.ts';
import { NoticeScrubber } from './scrub-notices.ts';
import type { UpstreamAnswer } from './upstream.ts';
import type { UpstreamRejection } from './upstream-rejection.ts';

/** An answer that holds nothing but the caller's own data, ready to stream. */
export interface ConfinedAnswer {
  /** The upstream's body. It and `scrubber` are joined by whoever sends the reply. */
  readonly body: Readable;
  readonly scrubber: Transform;
  /** @defaultValue JSON */
  readonly contentType?: string;
  /** Headers beside, or instead of, those of every answer. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of `body`, at most, where that is less than any answer may have. */
  readonly maxBytes?: number;
}

/** What an upstream answers with when all is well. */
export type AnswerFormat = 'json' | 'exposition';

const MAX_ERROR_BYTES = 65_536;
const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const FORMATS: Readonly<Record<AnswerFormat, RegExp>> = {
  json: /^application\/json(?:;|$)/i,
  exposition: /^text\/plain(?:;|$)/i,
};
const ERROR_TYPES: ReadonlySet<string> = new Set(['bad_data', 'execution', 'timeout', 'canceled']);

/**
 * Turns an answer of the upstream into one for the caller: a success streams through the scrubber,
 * everything else becomes a rejection of ours, with the upstream's own words only where they speak
 * of the query.
 */
export async function confineAnswer(
  answer: UpstreamAnswer,
  format: AnswerFormat = 'json',
): Promise<Result<ConfinedAnswer, UpstreamRejection>> {
  const refusal = await refusalOf(answer, format);
  if (refusal !== undefined) return refuse(refusal);
  const { body } = answer;
  return accept(
    format === 'json'
      ? { body, scrubber: new NoticeScrubber() }
      : { body, scrubber: new PassThrough(), contentType: EXPOSITION_TYPE },
  );
}

/**
 * Judges an answer by its status and type.
 *
 * @returns `undefined` for a success, whose body is still to be read. Otherwise why there is none,
 *   and the body was dealt with.
 */
export async function refusalOf(
  answer: UpstreamAnswer,
  format: AnswerFormat = 'json',
): Promise<UpstreamRejection | undefined> {
  if (answer.status === 200 && FORMATS[format].test(answer.contentType)) return undefined;
  if (answer.status === 400 || answer.status === 422) {
    return readRefusal(answer.status, await readText(answer.body));
  }
  answer.body.destroy();
  if (answer.status === 429) return { code: 'upstream_throttled', retryAfterSeconds: 1 };
  if (answer.status >= 500) return { code: 'upstream_unavailable' };
  return { code: 'upstream_unexpected' };
}

function readRefusal(status: 400 | 422, text: string | undefined): UpstreamRejection {
  const envelope = text === undefined ? undefined : readEnvelope(text);
  if (envelope === undefined) {
    return { code: 'query_refused_upstream', status, errorType: 'execution', message: undefined };
  }
  const verdict = judgeMessage(envelope.error);
  if (verdict === 'unavailable') return { code: 'upstream_unavailable' };
  return {
    code: 'query_refused_upstream',
    status,
    errorType: ERROR_TYPES.has(envelope.errorType) ? envelope.errorType : 'execution',
    message: verdict === 'shown' ? envelope.error : undefined,
  };
}

function readEnvelope(
  text: string,
): { readonly errorType: string; readonly error: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    if (!('error' in parsed) || typeof parsed.error !== 'string') return undefined;
    const errorType = 'errorType' in parsed ? parsed.errorType : undefined;
    return { error: parsed.error, errorType: typeof errorType === 'string' ? errorType : '' };
  } catch {
    return undefined;
  }
}

async function readText(body: Readable): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the body.
      if (bytes > MAX_ERROR_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Fault('upstream_unavailable', 'read an error answer of the upstream', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}
