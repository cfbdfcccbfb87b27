import { accept, refuse, type Result } from '../result.ts';
import type { RequestRejection } from './request-rejection.ts';

/** Parameters of the URL and the form body, merged: each name with its values in order. */
export type ParameterLists = ReadonlyMap<string, readonly string[]>;

/** Most parameters in one request; the requests of Grafana and Prometheus have a few dozen. */
export const MAX_PARAMETERS = 1_000;

const PROMQL_PARAMETERS: ReadonlySet<string> = new Set(['query', 'match[]']);
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * Reads `application/x-www-form-urlencoded` texts into one set of lists.
 *
 * Stricter than the URL standard, because what a lenient reader repairs two readers may repair
 * differently: bad percent escapes, bytes that are not UTF-8, NUL, CR and LF are refused. A
 * semicolon is data. Only PromQL texts may hold line breaks: Grafana's editor writes queries of
 * several lines, and such a text is parsed and printed anew, so no line break travels on.
 */
export function readParameters(texts: readonly string[]): Result<ParameterLists, RequestRejection> {
  const pairs = texts.flatMap((text) => text.split('&')).filter((pair) => pair !== '');
  if (pairs.length > MAX_PARAMETERS) {
    return refuse({ code: 'limit_parameters', limit: MAX_PARAMETERS, value: pairs.length });
  }
  const lists = new Map<string, string[]>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined || hasLineBreak(name, value)) {
      return refuse({ code: 'parameter_malformed', parameter: printableName(pair) });
    }
    const values = lists.get(name);
    if (values === undefined) lists.set(name, [value]);
    else values.push(value);
  }
  return accept(lists);
}

function hasLineBreak(name: string, value: string): boolean {
  return /[\r\n]/.test(PROMQL_PARAMETERS.has(name) ? name : name + value);
}

function decode(text: string): string | undefined {
  if (!/[%+\u0000-\u001f\u0080-\uffff]/.test(text)) return text;
  const bytes = percentDecoded(text);
  if (bytes === undefined) return undefined;
  try {
    const decoded = UTF8.decode(bytes);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}

// The text is Latin-1: one character a byte, as node:http gives targets and as bodies are read.
function percentDecoded(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    let byte = text.charCodeAt(i);
    if (byte > 0xff) return undefined;
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT) {
      const digits = text.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
      byte = Number.parseInt(digits, 16);
      i += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}

// Names the offending pair without its value, which may be anything.
function printableName(pair: string): string {
  return (pair.split('=', 1)[0] ?? '').slice(0, 40).replaceAll(/[^\x20-\x7e]/g, '?');
}
