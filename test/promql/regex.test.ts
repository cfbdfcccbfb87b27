import { describe, expect, it } from '@jest/globals';
import { judgeRegex } from '../../frontend/promql/regex.ts';

describe('judgeRegex', () => {
  it.each([
    '',
    '.*',
    'a*',
    'a?',
    'a|',
    '|a',
    '(a|b)*',
    '()',
    '^$',
    '\\A\\z',
    '\\B',
    'a{0}',
    'a{0,5}',
    '(?i)',
    '(?i:a*)',
    '(?P<n>a*)(?<m>b?)',
    '\\Q\\E',
    '[a]*?',
    '(a*)+',
    '(a?){5}',
    'a*\\Q\\E*',
  ])('finds that %j matches the empty text', (pattern) => {
    expect(judgeRegex(pattern)).toEqual({ kind: 'valid', matchesEmpty: true });
  });

  it.each([
    'a',
    '.+',
    'a|b',
    '(a|b)',
    '[^a]',
    'a{1,2}',
    'a{2}',
    'a{,2}',
    'a{2',
    '{x}',
    '\\b',
    '^a$',
    '\\d\\D\\s\\S\\w\\W',
    '[[:alpha:][:^digit:]\\d\\pL\\p{^Greek}-]',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[-a]',
    '[\\x00-\\x{10ffff}]',
    '\\101\\07\\x41\\x{0041}\\n\\.\\_',
    '\\Qa*\\E',
    '\\Qa*',
    '(?s-im:a)',
    'é🙂',
    '\\pN\\P{Lu}',
    ']}',
  ])('finds that %j does not', (pattern) => {
    expect(judgeRegex(pattern)).toEqual({ kind: 'valid', matchesEmpty: false });
  });

  it.each([
    '(',
    ')',
    '(a',
    'a)',
    '*',
    '+a',
    'a|*',
    '(*)',
    'a**',
    'a+?+',
    'a{2}{3}',
    '{1}',
    'a{1001}',
    'a{2,1}',
    'a{99999999999}',
    '(a{100}){11}',
    '[',
    '[a',
    '[]',
    '[b-a]',
    '[[:nope:]]',
    '[a-\\d]',
    '\\',
    '\\8',
    '\\1',
    '\\C',
    '\\Z',
    '\\y',
    '\\é',
    '\\x4',
    '\\x{}',
    '\\x{110000}',
    '\\p',
    '\\p{Greek',
    '(?',
    '(?a)',
    '(?i-)',
    '(?P<>a)',
    '(?P<a-b>c)',
    '(?=a)',
    '(?!a)',
    '(?P=n)',
    '\\Qa\\E\\E',
  ])('refuses %j', (pattern) => {
    expect(judgeRegex(pattern)).toEqual({ kind: 'malformed' });
  });

  it('does not guess the names of character classes', () => {
    expect(judgeRegex('[a\\p{Runic}]')).toEqual({ kind: 'class_unknown', found: '\\p{Runic}' });
  });

  it.each([
    ['long', `(?:${'a'.repeat(200)}){1000}`],
    ['long in all', 'a{1000}'.repeat(100)],
    ['deep', `${'('.repeat(500)}a${')'.repeat(500)}`],
  ])('refuses what is too %s', (_how, pattern) => {
    expect(judgeRegex(pattern)).toEqual({ kind: 'too_large' });
  });

  it.each([
    ['groups', '('.repeat(30_000)],
    ['classes', '['.repeat(30_000)],
    ['counts', '{1'.repeat(15_000)],
    ['alternatives', 'a|'.repeat(15_000)],
  ])('ends on a flood of %s', (_what, pattern) => {
    expect(['malformed', 'too_large', 'valid']).toContain(judgeRegex(pattern).kind);
  });
});
