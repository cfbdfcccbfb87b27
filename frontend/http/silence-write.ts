import type { JsonValue } from '../answers/json-value.ts';
import { readJson } from '../answers/read-json.ts';
import { readSilenceRequest, type SilenceRequest } from '../answers/silence-request.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { RequestRejection } from './request-rejection.ts';
import type { Method } from './routes.ts';

/** What a request changes, checked in its form. */
export type SilenceWrite =
  | { readonly verb: 'create'; readonly silence: SilenceRequest }
  | { readonly verb: 'update'; readonly silence: SilenceRequest; readonly id: string }
  | { readonly verb: 'delete'; readonly id: string };

/** What of an admitted head says which change is meant. */
interface WriteHead {
  readonly write?: Method;
  readonly upstreamPath: string;
}

/**
 * Reads which silence is to be made, changed or expired, and how.
 *
 * @param body - The JSON body, one character a byte.
 */
export function readSilenceWrite(
  head: WriteHead,
  body: string,
): Result<SilenceWrite, RequestRejection> {
  if (head.write === 'DELETE') {
    const id = head.upstreamPath.slice(head.upstreamPath.lastIndexOf('/') + 1);
    return accept({ verb: 'delete', id });
  }
  const json = parseBody(Buffer.from(body, 'latin1'));
  if (json === undefined) return refuse({ code: 'body_malformed' });
  const silence = readSilenceRequest(json);
  if (!silence.ok) return silence;
  const { id } = silence.value;
  return accept(
    id === undefined
      ? { verb: 'create', silence: silence.value }
      : { verb: 'update', silence: silence.value, id },
  );
}

// A body is a few kilobytes, so all steps are taken at once; the reader bounds the nesting.
function parseBody(bytes: Uint8Array): JsonValue | undefined {
  const steps = readJson(bytes);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
