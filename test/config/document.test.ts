import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { describeConfigProblem, parseDocument } from '../../frontend/config/document.ts';
import { described, httpUrl, integer, port, section, text } from '../../frontend/config/fields.ts';

const SCHEMA = v.strictObject({
  name: v.pipe(text(), v.maxLength(5)),
  listener: section({ port: described(port(), 1, 'x'), isOpen: described(v.boolean(), true, 'x') }),
  list: described(v.array(integer(0, 9)), [], 'x'),
  url: described(httpUrl(), 'http://h', 'x'),
  mode: described(v.picklist(['a', 'b']), 'a', 'x'),
  either: described(v.union([v.picklist(['a']), v.strictObject({ c: v.string() })]), 'a', 'x'),
  access: v.optional(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('x'), file: v.string() }),
      v.strictObject({ kind: v.literal('y') }),
    ]),
  ),
});

function problems(document: unknown): readonly string[] {
  const parsed = parseDocument(SCHEMA, document);
  return parsed.ok ? [] : parsed.rejection.map((problem) => describeConfigProblem(problem));
}

describe('parseDocument', () => {
  it('fills in what is left out', () => {
    expect(parseDocument(SCHEMA, { name: 'n' })).toEqual({
      ok: true,
      value: {
        name: 'n',
        listener: { port: 1, isOpen: true },
        list: [],
        url: 'http://h',
        mode: 'a',
        either: 'a',
      },
    });
  });

  it.each<[unknown, readonly string[]]>([
    [{}, ['name: missing']],
    [{ nmae: 'n' }, ['name: missing', 'nmae: unknown setting']],
    [{ name: 'n', listener: { prot: 1 } }, ['listener.prot: unknown setting']],
    [{ name: 'n', listener: { port: '1' } }, ['listener.port: must be a number']],
    [{ name: 'n', listener: { port: 1.5 } }, ['listener.port: must be a whole number']],
    [{ name: 'n', listener: { port: -1 } }, ['listener.port: must be at least 0']],
    [{ name: 'n', listener: { port: 65_536 } }, ['listener.port: must be at most 65535']],
    [{ name: 'n', listener: { port: Number.NaN } }, ['listener.port: must be a number']],
    [{ name: 'n', listener: { port: null } }, ['listener.port: must be a number']],
    [{ name: 'n', listener: { isOpen: 'yes' } }, ['listener.isOpen: must be true or false']],
    [{ name: 'n', listener: 'x' }, ['listener: must be a group of settings']],
    [{ name: 'n', listener: null }, ['listener: must be a group of settings']],
    [{ name: '' }, ['name: must not be empty']],
    [{ name: 1 }, ['name: must be a text']],
    [{ name: 'secret-value' }, ['name: must not be longer than 5']],
    [{ name: 'n', list: 1 }, ['list: must be a list']],
    [{ name: 'n', list: [1, 'x', 10] }, ['list.1: must be a number', 'list.2: must be at most 9']],
    [{ name: 'n', url: 'ftp://h' }, ['url: must be an http or https URL without credentials, query or fragment']], // prettier-ignore
    [{ name: 'n', mode: 'c' }, ['mode: must be "a" or "b"']],
    [{ name: 'n', either: 'c' }, ['either: must be "a" or a group of settings']],
    [{ name: 'n', either: { c: '', d: 1 } }, ['either.d: unknown setting']],
    [{ name: 'n', access: { kind: 'z' } }, ['access.kind: must be "x" or "y"']],
    [{ name: 'n', access: {} }, ['access.kind: must be "x" or "y"']],
    [{ name: 'n', access: { kind: 'x' } }, ['access.file: missing']],
    [{ name: 'n', access: { kind: 'y', file: '' } }, ['access.file: unknown setting']],
    [JSON.parse('{"name":"n","__proto__":{"x":1}}'), ['__proto__: unknown setting']],
    ['text', ['must be a group of settings']],
    [null, ['must be a group of settings']],
    [undefined, ['must be a group of settings']],
  ])('tells of %j where and what is wrong', (document, expected) => {
    expect(problems(document)).toEqual(expected);
  });

  it('never quotes a value', () => {
    const secrets = { name: 'hush-hush', url: 'hush', mode: 'hush', listener: { port: 'hush' } };
    expect(problems(secrets)).toHaveLength(4);
    expect(problems(secrets).join()).not.toContain('hush');
  });
});

describe('httpUrl', () => {
  it.each(['http://h', 'https://h:1/a/', 'http://[::1]:9090'])('takes %s', (url) => {
    expect(v.is(httpUrl(), url)).toBe(true);
  });

  it.each([
    'h:9090',
    'ftp://h',
    'http://',
    'http://a:b@h',
    'http://a@h',
    'http://h?x=1',
    'http://h#x',
    '//h',
    '',
  ])('refuses %j', (url) => {
    expect(v.is(httpUrl(), url)).toBe(false);
  });
});
