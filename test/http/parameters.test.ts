import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_PARAMETERS, readParameters } from '../../frontend/http/parameters.ts';

function read(...texts: string[]): unknown {
  const read = readParameters(texts);
  return read.ok ? [...read.value.entries()] : read.rejection;
}

describe('readParameters', () => {
  it.each<[string, string, unknown]>([
    ['nothing', '', []],
    ['a pair', 'a=1', [['a', ['1']]]],
    ['a name without a value', 'a', [['a', ['']]]],
    ['an empty name', '=1', [['', ['1']]]],
    ['empty pairs', '&&a=1&', [['a', ['1']]]],
    ['repeats, in order', 'a=2&b=0&a=1', [['a', ['2', '1']], ['b', ['0']]]], // prettier-ignore
    ['names by their case', 'namespace=a&Namespace=b', [['namespace', ['a']], ['Namespace', ['b']]]], // prettier-ignore
    ['a semicolon as data', 'a=1;namespace=victim', [['a', ['1;namespace=victim']]]],
    ['a second equals sign as data', 'a=b=c', [['a', ['b=c']]]],
    ['plus as a space', 'a=1+1%2B1', [['a', ['1 1+1']]]],
    ['an encoded name', 'match%5B%5D=up', [['match[]', ['up']]]],
    ['UTF-8', 'a=%c3%A9', [['a', ['\u00e9']]]],
    ['raw bytes of UTF-8, one character a byte', 'a=\u00c3\u00a9', [['a', ['\u00e9']]]],
    ['a byte order mark as data', 'a=%EF%BB%BFx', [['a', ['\ufeffx']]]],
    ['an encoded ampersand as data', 'a=1%26b%3D2', [['a', ['1&b=2']]]],
    ['a query of several lines', 'query=a%0Ab%0D%0A', [['query', ['a\nb\r\n']]]],
    ['a selector of several lines', 'match[]=%0Aa', [['match[]', ['\na']]]],
    ['__proto__', '__proto__=1&constructor=2', [['__proto__', ['1']], ['constructor', ['2']]]], // prettier-ignore
    ['a name with brackets apart from the plain one', 'namespace[]=a', [['namespace[]', ['a']]]],
  ])('reads %s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('merges the URL and the form into one list', () => {
    expect(read('namespace=a', 'namespace=b&query=up')).toEqual([
      ['namespace', ['a', 'b']],
      ['query', ['up']],
    ]);
  });

  it.each([
    ['a bad escape', 'a=%zz', 'a'],
    ['an escape cut short', 'a=%4', 'a'],
    ['a lonely percent sign', 'a=%', 'a'],
    ['an escape with a sign', 'a=%+1', 'a'],
    ['an escape with white space', 'a=% 1', 'a'],
    ['a bad escape in a name', '%zz=1', '%zz'],
    ['bytes that are not UTF-8', 'a=%ff', 'a'],
    ['an overlong form', 'a=%c0%af', 'a'],
    ['a surrogate', 'a=%ed%a0%80', 'a'],
    ['NUL', 'a=x%00', 'a'],
    ['NUL in a query', 'query=x%00', 'query'],
    ['NUL in a name', 'namespace%00=a', 'namespace%00'],
    ['a line feed', 'time=1%0a', 'time'],
    ['a carriage return', 'namespace=a%0d', 'namespace'],
    ['a raw line feed', 'namespace=a\n', 'namespace'],
    ['a line feed in a name', 'query%0a=up', 'query%0a'],
    ['a line feed in an unknown parameter', 'x=%0a', 'x'],
    ['a character beyond a byte', 'a=\u0100', 'a'],
  ])('refuses %s', (_what, text, parameter) => {
    expect(read(text)).toEqual({ code: 'parameter_malformed', parameter });
  });

  it('names a malformed parameter in printable characters, cut short', () => {
    expect(read(`${'\u00e9\u001b'.repeat(40)}%zz=secret`)).toEqual({
      code: 'parameter_malformed',
      parameter: '?'.repeat(40),
    });
  });

  it('refuses more parameters than any client sends', () => {
    expect(read('a&'.repeat(MAX_PARAMETERS))).toHaveLength(1);
    expect(read('a&'.repeat(MAX_PARAMETERS), 'b')).toEqual({
      code: 'limit_parameters',
      limit: MAX_PARAMETERS,
      value: MAX_PARAMETERS + 1,
    });
  });

  it('reads back what a form encoder wrote', () => {
    const text = fc.string({ unit: 'binary' }).filter((it) => !/[\0\r\n]/.test(it));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (pairs) => {
        const expected = new Map<string, string[]>();
        for (const [name, value] of pairs) {
          expected.set(name, [...(expected.get(name) ?? []), value]);
        }
        // The encoder writes an empty pair as "=", which is a pair too.
        const read = readParameters([new URLSearchParams(pairs).toString()]);
        expect(read).toEqual({ ok: true, value: expected });
      }),
    );
  });

  it('reads any bytes as lists or refuses them', () => {
    const bytes = fc
      .uint8Array({ maxLength: 60 })
      .map((array) => Buffer.from(array).toString('latin1'));
    fc.assert(
      fc.property(bytes, (text) => {
        const read = readParameters([text]);
        const values = read.ok ? [...read.value.values()].flat() : [];
        expect(values.every((value) => value.isWellFormed() && !value.includes('\0'))).toBe(true);
      }),
    );
  });
});
