import { describe, expect, it } from '@jest/globals';
import {
  isBearerToken,
  MAX_TOKEN_BYTES,
  readBearerToken,
} from '../../frontend/access/bearer-token.ts';

describe('readBearerToken', () => {
  it.each([
    ['in the usual form', 'Bearer abc'],
    ['with a scheme in lower case', 'bearer abc'],
    ['with more spaces', 'BEARER   abc  '],
  ])('reads a token %s', (_case, header) => {
    expect(readBearerToken([header])).toEqual({ ok: true, value: 'abc' });
  });

  it.each<[string, readonly string[]]>([
    ['no header', []],
    ['an empty header', ['']],
    ['a scheme alone', ['Bearer']],
    ['a scheme and a space', ['Bearer ']],
  ])('misses a token in %s', (_case, headers) => {
    expect(readBearerToken(headers)).toEqual({ ok: false, rejection: { code: 'token_missing' } });
  });

  it.each<[string, readonly string[], string]>([
    ['another scheme', ['Basic YTpi'], 'not_bearer'],
    ['no scheme', ['abc'], 'not_bearer'],
    ['two headers', ['Bearer a', 'Bearer a'], 'repeated_header'],
    ['two tokens', ['Bearer a b'], 'not_visible_ascii'],
    ['a letter beyond ASCII', ['Bearer ä'], 'not_visible_ascii'],
    ['a control character', ['Bearer a\u0001'], 'not_visible_ascii'],
    ['too long a token', [`Bearer ${'a'.repeat(MAX_TOKEN_BYTES + 1)}`], 'too_long'],
  ])('refuses %s', (_case, headers, problem) => {
    expect(readBearerToken(headers)).toEqual({
      ok: false,
      rejection: { code: 'token_malformed', problem },
    });
  });
});

describe('isBearerToken', () => {
  it.each([
    ['abc', true],
    ['a'.repeat(MAX_TOKEN_BYTES), true],
    ['a'.repeat(MAX_TOKEN_BYTES + 1), false],
    ['', false],
    ['a b', false],
    ['a\n', false],
  ])('judges a text by length and letters', (text, expected) => {
    expect(isBearerToken(text)).toBe(expected);
  });
});
