import { type HttpAnswer, sendRequest } from '../harness/http-request.ts';
import type { Answerer } from '../meaning/comparison.ts';
import { bodyOf } from '../query-frontend/support/envelope.ts';
import { AT, shows } from '../query-frontend/support/tenant-series.ts';
import { readPath } from '../harness/read-path.ts';

/** What a caller saw: status and code, or that the answer broke off. */
export type Seen = { readonly status: number; readonly code: unknown } | 'broken off';

/** Asks for a query's value at the moment of the last sample. */
export function askQuery({ url, headers }: Answerer, query = 'shop_orders'): Promise<HttpAnswer> {
  const form = new URLSearchParams({ query, ...AT });
  return sendRequest({ url: `${url}/api/v1/query?${form.toString()}`, headers });
}

/** Waits for an answer, and says what was seen of it. */
export async function seenOf(answer: Promise<HttpAnswer>): Promise<Seen> {
  let arrived: HttpAnswer;
  try {
    arrived = await answer;
  } catch {
    return 'broken off';
  }
  return { status: arrived.status, code: readPath(bodyOf(arrived), 'code') };
}

/** What an answer tells that its caller must not learn, for a test's report. */
export function leaksOf({ text, headers }: HttpAnswer): readonly string[] {
  const all = `${JSON.stringify(headers)}${text}`;
  const marks = /127\.0\.0\.1|:\d{5}\b|rpc error|ECONN|prometheus_replica|Addr:|kingfisher|team-b/i;
  const found = marks.exec(all)?.[0];
  return [...(found === undefined ? [] : [found]), ...(shows(text, 'team-b') ? ['team-b'] : [])];
}
