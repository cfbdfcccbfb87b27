import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeString, quoteString } from '../../frontend/promql/quoted-string.ts';

describe('decodeString', () => {
  it.each([
    ['"plain"', 'plain'],
    [`"\\a\\b\\f\\n\\r\\t\\v\\\\"`, '\u0007\b\f\n\r\t\v\\'],
    [`"\\"'"`, `"'`],
    [`'\\'"'`, `'"`],
    ['"\\101\\x41\\u0041\\U00000041"', 'AAAA'],
    ['"\\377"'.replace('377', '303\\251'), 'é'],
    ['"\\xf0\\x9f\\x99\\x82é"', '🙂é'],
    ['"\\U0010ffff"', '\u{10ffff}'],
    ['`\\d\n"`', '\\d\n"'],
  ])('reads %j', (token, value) => {
    expect(decodeString(token)).toEqual({ ok: true, value });
  });

  it.each([
    ['"\\d"', 'escape_unknown', '\\d', 1],
    [`"a\\'"`, 'escape_unknown', "\\'", 2],
    [`'\\"'`, 'escape_unknown', '\\"', 1],
    ['"\\`"', 'escape_unknown', '\\`', 1],
    ['"\\8"', 'escape_unknown', '\\8', 1],
    ['"\\🙂"', 'escape_unknown', '\\🙂', 1],
    ['"\\\n"', 'escape_unknown', '\\\n', 1],
    ['"\\10"', 'escape_malformed', '\\10', 1],
    ['"\\400"', 'escape_malformed', '\\400', 1],
    ['"\\x4"', 'escape_malformed', '\\x4', 1],
    ['"\\u12g4"', 'escape_malformed', '\\u12g4', 1],
    ['"\\udfff"', 'escape_malformed', '\\udfff', 1],
    ['"\\U00110000"', 'escape_malformed', '\\U00110000', 1],
    ['"\\xff"', 'string_not_utf8', '"\\xff"', 0],
    ['"\\xc3é"', 'string_not_utf8', '"\\xc3é"', 0],
  ])('refuses %j', (token, problem, found, index) => {
    expect(decodeString(token)).toEqual({ ok: false, rejection: { problem, found, index } });
  });
});

describe('quoteString', () => {
  it.each([
    ['plain', '"plain"'],
    ['"\\', '"\\"\\\\"'],
    ["'`", `"'\`"`],
    ['\0\n\u007f\u0085', '"\\u0000\\u000a\\u007f\\u0085"'],
    ['\u2028\u2029\ufeff\ufffd', '"\\u2028\\u2029\\ufeff\\ufffd"'],
    ['é🙂', '"é🙂"'],
  ])('writes %j', (text, token) => {
    expect(quoteString(text)).toBe(token);
  });

  it('writes what decodeString reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeString(quoteString(text))).toEqual({ ok: true, value: text });
      }),
    );
  });
});
