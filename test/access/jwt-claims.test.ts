import { describe, expect, it } from '@jest/globals';
import { readUnverifiedClaims } from '../../frontend/access/jwt-claims.ts';
import { bearer, unsignedJwt } from './fakes.ts';

const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');

describe('readUnverifiedClaims', () => {
  it('reads issuer and end', () => {
    expect(readUnverifiedClaims(unsignedJwt({ iss: 'https://üssuer', exp: 1.5 }))).toEqual({
      issuer: 'https://üssuer',
      expiresAtMs: 1_500,
    });
  });

  it('reads the claims whatever the header says', () => {
    const claims = readUnverifiedClaims(bearer(`e.${encode('{"iss":"x"}')}.`));
    expect(claims?.issuer).toBe('x');
  });

  it.each<[string, unknown]>([
    ['of another type', { iss: ['x'], exp: '5' }],
    ['absent', {}],
    ['null', { iss: null, exp: null }],
    ['members of a prototype', JSON.parse('{"__proto__":{"iss":"x","exp":5}}')],
  ])('takes no claims that are %s', (_case, claims) => {
    expect(readUnverifiedClaims(unsignedJwt(claims))).toEqual({
      issuer: undefined,
      expiresAtMs: undefined,
    });
  });

  it.each([
    ['opaque', 'sha256~abc'],
    ['of two segments', `e.${encode('{}')}`],
    ['of five segments', 'a.b.c.d.e'],
    ['not base64url', 'e.+/+/.s'],
    ['of an impossible length', 'e.abcde.s'],
    ['not UTF-8', `e.${encode(Uint8Array.of(0x22, 0xff, 0x22))}.s`],
    ['not JSON', `e.${encode('{iss}')}.s`],
    ['a JSON text', `e.${encode('"x"')}.s`],
    ['null', `e.${encode('null')}.s`],
    ['nested six thousand deep and cut off', `e.${encode('['.repeat(6_000))}.s`],
  ])('sees an opaque token in one that is %s', (_case, text) => {
    expect(readUnverifiedClaims(bearer(text))).toBeUndefined();
  });
});
