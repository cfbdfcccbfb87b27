import { verifyScoped } from '../../frontend/promql/verify-scoped.ts';
import type { Recorded } from '../http/harness/recording-upstream.ts';

/** Headers that may go upstream; the last two only with a form. */
const HEADERS = ['accept', 'accept-encoding', 'connection', 'host', 'traceparent'];
const FORM_HEADERS = [...HEADERS, 'content-length', 'content-type'];

/** The paths that carry PromQL upstream. */
const READS =
  /^\/api\/v1\/(?:query|query_range|query_exemplars|series|labels|rules|label\/[^/]+\/values)$/;

const TEXTS = new Set(['query', 'match[]', 'match_target']);
const PARAMETERS = new Set([
  ...TEXTS,
  'time',
  'start',
  'end',
  'step',
  'timeout',
  'limit',
  'lookback_delta',
  'stats',
  'dedup',
  'max_source_resolution',
  'partial_response',
  'metric',
  'type',
  'rule_name[]',
  'rule_group[]',
  'exclude_alerts',
]);

/** The paths that read no series: their text needs no matcher. */
const SYNTAX = /^\/api\/v1\/(?:format|parse)_query$/;

/**
 * Says what is wrong with a request upstream: a header or a parameter that is not on the list, or a
 * selector without the matcher of the scope. Nothing of it comes from the product but `verifyScoped`,
 * which shares no code with parser and printer.
 *
 * @param matcher - The matcher of the scope.
 */
export function faultsOf(sent: Recorded, matcher: string): readonly string[] {
  const faults: string[] = [];
  const allowed = sent.method === 'POST' ? FORM_HEADERS : HEADERS;
  for (const name of Object.keys(sent.headers)) {
    if (!allowed.includes(name)) faults.push(`header ${name}`);
  }
  const { accept, connection, 'accept-encoding': encoding } = sent.headers;
  if (accept !== 'application/json' || encoding !== 'identity' || connection !== 'keep-alive') {
    faults.push('a header of the client');
  }
  for (const [name, value] of sent.parameters) {
    if (!PARAMETERS.has(name)) faults.push(`parameter ${name}`);
    if (name === 'partial_response' && !/^(?:false|0)$/.test(value)) faults.push('partial answers');
  }
  const texts = sent.parameters.filter(([name]) => TEXTS.has(name)).map(([, text]) => text);
  if (READS.test(sent.path) && texts.length === 0) faults.push('no selector');
  for (const text of SYNTAX.test(sent.path) ? [] : texts) {
    const isRead = text.includes('{');
    const fault = unscoped(text, matcher);
    if (fault !== undefined) faults.push(fault);
    try {
      verifyScoped(text, isRead ? matcher : undefined);
    } catch (error) {
      faults.push(String(error));
    }
  }
  return faults;
}

/** Looks at a text as simply as can be: strings away, then every brace must end with the matcher. */
function unscoped(text: string, matcher: string): string | undefined {
  const [name = ''] = matcher.split('=');
  const strings = new RegExp(
    `(?<=[{,])${name}=~?"(?:[^"\\\\]|\\\\.)*"(?=\\})|"(?:[^"\\\\]|\\\\.)*"`,
    'g',
  );
  const plain = text.replaceAll(strings, (it) => (it === matcher ? '!' : '""'));
  const braces = plain.match(/\{[^{}]*\}/g) ?? [];
  if (braces.length !== plain.split('{').length - 1) return `braces of ${text}`;
  if (!braces.every((it) => /^\{(?:.*,)?!\}$/.test(it))) return `a selector of ${text}`;
  const rest = plain
    .replaceAll(/[A-Za-z_:][\w:]*\{[^{}]*\}|\{[^{}]*\}/g, '1')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right) \([^)]*\)/g, '')
    .replaceAll(/\b(?:and|or|unless|atan2|offset|bool|start|end|inf|nan)\b/gi, '')
    .replaceAll(/[A-Za-z_:][\w:]*(?=\s*\()/g, '');
  return /(?<![\w.])[A-Za-z_:]\w*/.test(rest) ? `a word of ${text}` : undefined;
}
