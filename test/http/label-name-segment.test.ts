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
    ['U__http_2e_status', 'http.status'],
    ['U__http_2e_status__code', 'http.status_code'],
    ['U__gr_f6__df_e', 'gr%C3%B6%C3%9Fe'],
    ['U__job', 'job'],
    ['U__a_2f_b', 'U__a_2f_b'],
    ['http.status_code', 'http.status_code'],
    ['1st', '1st'],
    ['a1', 'a1'],
    ['a-b', 'a-b'],
    ['a%20b', 'a%20b'],
    ['a%2Fb', 'U__a_2f_b'],
    ['a%2fb', 'U__a_2f_b'],
    ['%C3%A9', '%C3%A9'],
    ['%c3%a9', '%C3%A9'],
    ['%F0%9F%98%80', '%F0%9F%98%80'],
    ['%25', '%25'],
    // Not well formed, or not to be written otherwise: such a name stands for itself.
    ['U__', 'U__'],
    ['U__a_b', 'U__a_b'],
    ['U___d800_', 'U___d800_'],
    ['U___110000_', 'U___110000_'],
    ['U___2e_', 'U___2e_'],
    ['U___2e__2e_', 'U___2e__2e_'],
    ['U__a_a_b', 'U__a_a_b'],
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
    ['dot segments in a second layer of encoding', '%252e%252e'],
    ['another path in a second layer of encoding', '..%252F..%252fstatus%252fconfig%253f'],
    ['a backslash in a second layer of encoding', '..%255c..'],
    ['dot segments in a third layer of encoding', '%25252e%25252e'],
    ['a name beyond all measure', 'a'.repeat(1_025)],
  ])('refuses %s', (_what, segment) => {
    expect(readLabelNameSegment(segment)).toBeUndefined();
  });

  it('writes every name so that it reads back, and never more than one path segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        const written = readLabelNameSegment(encodeURIComponent(name));
        if (written === undefined) return;
        expect(written).toMatch(/^[\w.!~*'()%-]+$/);
        expect(['.', '..']).not.toContain(written);
        const read = name.includes('/') ? unescaped(written) : decodeURIComponent(written);
        expect(read).toBe(name);
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
