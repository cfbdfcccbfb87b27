import { describe, expect, it } from '@jest/globals';
import { Lexer } from '../../frontend/promql/lexer.ts';

describe('Lexer', () => {
  it.each([
    ['outside brackets', 'Sum(a:b,5m)', 'sum ( metricIdentifier , duration )'],
    [
      'inside braces',
      '{by="x",a=~\'y\',b!~`z`,c!=""}',
      '{ identifier = string , identifier =~ string , identifier !~ string , identifier != string }',
    ],
    ['inside square brackets', 'a[5m:.5]', 'identifier [ duration : number ]'],
    ['a colon outside them', ':a :b', 'metricIdentifier metricIdentifier'],
    ['comparisons', '< <= </ > >= >/ == != =', '< <= </ > >= >/ == != ='],
    ['glued comparisons', 'a</b>=c', 'identifier </ identifier >= identifier'],
    ['keywords in any case', 'BY oFFset Unless', 'by offset unless'],
    ['numbers that are words', 'Inf nAn', 'number number'],
    ['fill in front of a parenthesis', 'fill (', 'fill ('],
    ['fill elsewhere', 'fill + fill_left', 'identifier + identifier'],
    ['comments', '1 # a\n2 # b\r3 # c', 'number number number'],
    ['comments in braces', '{#}\na="b"}', '{ identifier = string }'],
    ['comments behind a range', '[5m#]\n]', '[ duration ]'],
    ['a point at the end of a number', '1.+.2', 'number + number'],
    ['duration words', '[1 + STEP]', '[ number + step ]'],
    ['calls in a range', '[min_of(Step(),5m)]', '[ min_of ( step ( ) , duration ) ]'],
    [
      'a colon behind a word, a range before it',
      '[1][step():1]',
      '[ number ] [ step ( ) : number ]',
    ],
  ])('knows %s', (_what, text, kinds) => {
    expect(kindsOf(text)).toBe(kinds);
  });

  it.each([
    ['a comment at the start of a range', '[#\n5m]', '#', 1],
    ['a word in a range', '[a]', 'a', 1],
    ['a colon behind a word, no range before it', '5 [step():1m]', ':', 9],
    ['a string behind a bracket', '["x"]', '"', 1],
    ['a second colon', '[5m::1m]', ':', 4],
    ['a bracket in brackets', '[5m[', '[', 3],
    ['a lone exclamation mark', '!', '!', 0],
    ['a brace in braces', '{{', '{', 1],
    ['a number in braces', '{1}', '1', 1],
    ['a colon in braces', '{a:b}', ':', 2],
    ['a tilde outside braces', 'a =~ b', '~', 3],
  ])('stops at %s', (_what, text, found, start) => {
    const lexer = new Lexer(text);
    lexer.next();
    while (lexer.kind !== 'nothing') lexer.next();
    expect(lexer.problem).toEqual({ problem: 'character_unexpected', found });
    expect(lexer.start).toBe(start);
  });
});

function kindsOf(text: string): string {
  const lexer = new Lexer(text);
  const kinds: string[] = [];
  for (lexer.next(); lexer.kind !== 'nothing'; lexer.next()) kinds.push(lexer.kind);
  if (lexer.problem !== undefined) kinds.push(lexer.problem.problem);
  return kinds.join(' ');
}
