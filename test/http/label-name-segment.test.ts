import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readLabelNameSegment } from '../../frontend/http/label-name-segment.ts';

// Reads the escaped form back, by its definition in Prometheus' model package.
function unescaped(name: string): string {
  expect(name.startsWith('U__')).toBe(true);
  return name
    .slice(3)
    .replaceAll(/__|_([0-9a-f]{1,6})_/g, (_all, digits: string | undefined) =>
      digits === undefined ? '_' : String.fromCodePoint(Number.parseInt(digits, 16)),
    );
}

describe('readLabelNameSegment', () => {
  it.each([
    ['job', 'job'],
    ['__name__', '__name__'],
    ['_', '_'],
    ['U__http_2e_status', 'U__http_2e_status'],
    ['http.status_code', 'U__http_2e_status__code'],
    ['1st', 'U___31_st'],
    ['a1', 'a1'],
    ['a-b', 'U__a_2d_b'],
    ['a%20b', 'U__a_20_b'],
    ['a%2Fb', 'U__a_2f_b'],
    ['a%2fb', 'U__a_2f_b'],
    ['%C3%A9', 'U___e9_'],
    ['%F0%9F%98%80', 'U___1f600_'],
    ['%25', 'U___25_'],
  ])('writes %s as %s', (segment, expected) => {
    expect(readLabelNameSegment(segment)).toBe(expected);
  });

  it.each([
    ['nothing', ''],
    ['an encoded letter', '%6aob'],
    ['an encoded unreserved character', 'a%2Eb'],
    ['a slash', 'a/b'],
    ['dot segments', '..'],
    ['a dot segment', '.'],
    ['encoded dot segments', '%2e%2e'],
    ['a double slash', '/'],
    ['path parameters', 'job;x=y'],
    ['a bad escape', 'a%zz'],
    ['an escape cut short', 'a%2'],
    ['bytes that are not UTF-8', '%ff'],
    ['an overlong form', '%c0%af'],
    ['NUL', 'a%00'],
    ['a line feed', 'a%0A'],
    ['a raw space', 'a b'],
    ['a second layer of encoding for a plain letter', '%256aob/..'],
    ['a name beyond all measure', 'a'.repeat(1_025)],
  ])('refuses %s', (_what, segment) => {
    expect(readLabelNameSegment(segment)).toBeUndefined();
  });

  it('writes every name so that it reads back, and never more than one path segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        const written = readLabelNameSegment(encodeURIComponent(name));
        if (written === undefined) return;
        expect(written).toMatch(/^[a-zA-Z0-9_]+$/);
        expect(written === name || unescaped(written) === name).toBe(true);
      }),
    );
  });

  it('has one spelling for each name', () => {
    const spelled = fc.array(
      fc.constantFrom('a', '.', '%2e', '%2E', '%61', '%C3%A9', '%c3%a9', '/'),
    );
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(spelled, (parts) => {
        const segment = parts.join('');
        const written = readLabelNameSegment(segment);
        if (written === undefined) return;
        const spelling = segment.toLowerCase();
        expect(seen.get(written) ?? spelling).toBe(spelling);
        seen.set(written, spelling);
      }),
    );
  });
});
