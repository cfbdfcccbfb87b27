import { accept, refuse, type Result } from '../result.ts';
import { isDigit } from './character.ts';
import { excerpt } from './excerpt.ts';
import type { LexicalFacts } from './problem.ts';

/** Longest span Prometheus can hold, in seconds: 2^63 nanoseconds, about 292 years. */
export const MAX_DURATION_SECONDS: number = 2 ** 63 / 1e9;

const MAX_DURATION_MS = 9_223_372_036_854;
const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;

/** Milliseconds of each unit, from the longest to the shortest: the order they are written in. */
const UNITS: readonly (readonly [string, number])[] = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

const HEXADECIMAL = /^0[xX](?:_?[0-9a-fA-F])+$/;
const OCTAL = /^0(?:_?[0-7])*$/;
const DECIMAL =
  /^(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;

/**
 * Reads a number token: decimal, hexadecimal, octal by a leading zero, `Inf` or `NaN` in any case.
 *
 * The rules are those of Go's `strconv.ParseInt` with base 0, then of `ParseFloat`.
 */
export function readNumber(token: string): Result<number, LexicalFacts> {
  const word = token.toLowerCase();
  if (word === 'inf') return accept(Infinity);
  if (word === 'nan') return accept(NaN);
  const digits = token.replaceAll('_', '');
  if (HEXADECIMAL.test(token)) {
    if (BigInt(digits) > MAX_INT64)
      return refuse({ problem: 'number_out_of_range', found: excerpt(token) });
    return accept(Number(digits));
  }
  if (!DECIMAL.test(token)) return refuse({ problem: 'number_malformed', found: excerpt(token) });
  if (OCTAL.test(token) && BigInt(`0o0${digits}`) <= MAX_INT64) {
    return accept(Number(`0o0${digits}`));
  }
  const value = Number(digits);
  if (value === Infinity) return refuse({ problem: 'number_out_of_range', found: excerpt(token) });
  return accept(value);
}

/** Reads a duration token such as `1h30m` and gives its seconds. Each unit occurs at most once. */
export function readDuration(token: string): Result<number, LexicalFacts> {
  let milliseconds = 0;
  let nextUnit = 0;
  for (let at = 0; at < token.length;) {
    const digits = spanOf(token, at, true);
    const letters = spanOf(token, digits, false);
    const unit = token.slice(digits, letters);
    const index = UNITS.findIndex(([name]) => name === unit);
    if (digits === at || index < nextUnit) {
      return refuse({ problem: 'duration_malformed', found: excerpt(token) });
    }
    milliseconds += Number(token.slice(at, digits)) * (UNITS[index]?.[1] ?? NaN);
    nextUnit = index + 1;
    at = letters;
  }
  if (!(milliseconds <= MAX_DURATION_MS)) {
    return refuse({ problem: 'duration_out_of_range', found: excerpt(token) });
  }
  return accept(milliseconds / 1000);
}

/**
 * Tells whether Prometheus reads this token as a number in one place and not in another: an `e`
 * right after the first digit of a hexadecimal number is an exponent if the query ends there.
 */
export function isAmbiguous(token: string): boolean {
  return HEXADECIMAL.test(token) && /^0[xX]_?[0-9a-fA-F][eE]$/.test(token);
}

function spanOf(token: string, from: number, ofDigits: boolean): number {
  let at = from;
  while (at < token.length && isDigit(token.charCodeAt(at)) === ofDigits) at++;
  return at;
}
