/** Longest message of the upstream that is shown, in characters. */
export const MAX_SHOWN_MESSAGE = 1_000;

// What the PromQL engine says of the scoped query itself (source: Prometheus, promql/engine.go,
// promql/functions.go, web/api/v1/api.go). Everything in such a text comes from the query we sent or
// from series inside its scope.
const SHOWN: readonly RegExp[] = [
  /^invalid parameter "[a-z_[\]]{1,32}": /,
  /^query processing would load too many samples into memory in [a-z ]+$/,
  /^query timed out in [a-z ]+$/,
  /^exceeded maximum resolution of [\d,]+ points per timeseries/,
  /^vector cannot contain metrics with the same labelset$/,
  /^found duplicate series for the match group /,
  /^multiple matches for labels: /,
  /^many-to-many matching not allowed: /,
  /^invalid (?:regular expression|(?:source|destination) label name) in label_(?:replace|join)\(\)/,
  /^invalid (?:quantile value|label name) /,
  /^invalid (?:smoothing|trend) factor\. /,
  /^Scalar value \S+ (?:under|over)flows int64$/,
  /^(?:Parameter|Ratio) value is NaN$/,
  /^invalid expression type "[a-z ]+" for range query, must be Scalar or instant Vector$/,
];

// Marks of a text that names stores, their addresses or their label sets.
const STORE_MARKS = ['proxy Series()', 'Addr:', 'rpc error'];

/** What may become of an error message of the upstream. */
export type MessageVerdict = 'shown' | 'hidden' | 'unavailable';

/**
 * Judges an error message of the upstream.
 *
 * @returns `shown` for a message of the PromQL engine, `unavailable` for one that tells of a store
 *   that did not answer, `hidden` for everything else.
 */
export function judgeMessage(message: string): MessageVerdict {
  if (STORE_MARKS.some((mark) => message.includes(mark))) return 'unavailable';
  if (message.length > MAX_SHOWN_MESSAGE) return 'hidden';
  return SHOWN.some((shown) => shown.test(message)) ? 'shown' : 'hidden';
}
