import { describe, expect, it } from '@jest/globals';
import { describeProblem } from '../../frontend/promql/describe-problem.ts';
import { parseSeriesSelector } from '../../frontend/promql/parse.ts';
import { scopeQuery } from '../../frontend/promql/scope.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { parsed, problemOf, refused } from './results.ts';
import { scopeOf } from './scopes.ts';

describe('describeProblem', () => {
  it.each([
    ['up $', 'line 1, column 4: the character "$" has no meaning here'],
    ['"x', 'line 1, column 1: the string has no closing "'],
    [
      '"\ufffd"',
      'line 1, column 2: the string has a character that is not valid text; write U+FFFD as "\\ufffd"',
    ],
    [
      '"\\d"',
      'line 1, column 2: \\d is no escape; a regular expression needs \\\\d or backquotes around the string',
    ],
    ['"\\ "', 'line 1, column 2: \\  is no escape; a backslash is written as \\\\'],
    ['"\\x4"', 'line 1, column 2: the escape \\x4 has wrong digits or stands for no character'],
    ['5min', 'line 1, column 1: "5min" is neither a number nor a duration'],
    ['1e999', 'line 1, column 1: the number 1e999 is too large'],
    ['1h1y', 'line 1, column 1: "1h1y" is neither a number nor a duration'],
    ['up offset 300y', 'line 1, column 11: the duration 300y is longer than 292 years'],
    ['up{a=~"("}', 'line 1, column 7: "(" is no regular expression of RE2 syntax'],
    ['', 'line 1, column 1: the query is empty'],
    ['up +', 'line 1, column 5: expected an expression, found the end'],
    ['up)', 'line 1, column 3: expected an operator or the end, found ")"'],
    ['(up', 'line 1, column 4: expected ")", found the end'],
    ['abs(up', 'line 1, column 7: expected "," or ")" after an argument, found the end'],
    ['sum by a (up)', 'line 1, column 8: expected "(", found "a"'],
    ['sum by (1) (up)', 'line 1, column 9: expected a label name, found "1"'],
    ['sum by (a b) (up)', 'line 1, column 11: expected "," or ")" after a label name, found "b"'],
    ['{,}', 'line 1, column 2: expected a label name or "}", found ","'],
    [
      '5m1h',
      'line 1, column 1: "5m1h" is no duration; units are y, w, d, h, m, s and ms, in this order',
    ],
    ['{1}', 'line 1, column 2: the character "1" has no meaning here'],
    ['{a}', 'line 1, column 3: expected one of =, !=, =~, !~, found "}"'],
    ['{a=b}', 'line 1, column 4: expected a string, found "b"'],
    ['{a="b" c}', 'line 1, column 8: expected "," or "}" after a matcher, found "c"'],
    ['up[x]', 'line 1, column 4: the character "x" has no meaning here'],
    ['up[]', 'line 1, column 4: expected a duration, found "]"'],
    ['up[5m', 'line 1, column 6: expected "]" or ":", found the end'],
    ['up[5m:1m', 'line 1, column 9: expected "]", found the end'],
    ['up @ x', 'line 1, column 6: expected a time in seconds, start() or end(), found "x"'],
    ['rat(up)', 'line 1, column 1: there is no function "rat"'],
    ['abs(up,)', 'line 1, column 8: expected an argument after the comma'],
    ['sum by ("") (up)', 'line 1, column 9: a label needs a name'],
    ['up[0s]', 'line 1, column 4: the duration 0s must be greater than 0'],
    ['up @ Inf', 'line 1, column 6: the time Inf is out of range'],
    [
      'up{__name__="x"}',
      'line 1, column 1: the metric has the name "up" and a matcher on __name__; use one of them',
    ],
    [
      '{}',
      'line 1, column 1: the selector needs a metric name or a matcher that does not match the empty string',
    ],
    [
      'sum(up)[5m]',
      'line 1, column 8: a range needs a selector in front of it; a subquery has a colon, as in [5m:]',
    ],
    ['up offset 1m[5m]', 'line 1, column 13: the range must stand before offset'],
    [
      'abs(up) offset 1m',
      'line 1, column 9: offset needs a selector, a range or a subquery in front of it',
    ],
    ['up @ 1 @ 2', 'line 1, column 8: @ may be given once'],
    ['abs("x")', 'line 1, column 1: the argument of abs must be an instant vector, not a string'],
    [
      '-"x"',
      'line 1, column 1: the operand of - must be a scalar or an instant vector, not a string',
    ],
    [
      'sum(1)',
      'line 1, column 1: what is aggregated by sum must be an instant vector, not a scalar',
    ],
    ['topk("x", up)', 'line 1, column 1: the parameter of topk must be a scalar, not a string'],
    [
      '1[5m:]',
      'line 1, column 2: the expression before [:] must be an instant vector, not a scalar',
    ],
    ['abs()', 'line 1, column 1: abs takes 1 argument, found 0'],
    ['clamp(up)', 'line 1, column 1: clamp takes 3 arguments, found 1'],
    ['round(up, 1, 2)', 'line 1, column 1: round takes 1 to 2 arguments, found 3'],
    ['label_join(up)', 'line 1, column 1: label_join takes at least 3 arguments, found 1'],
    ['1 + bool 1', 'line 1, column 3: bool goes with comparisons, not with +'],
    ['1 > 1', 'line 1, column 3: comparing two scalars needs bool, as in > bool'],
    [
      '1 + on (a) up',
      'line 1, column 3: labels can be matched between two instant vectors only, at +',
    ],
    ['1 or up', 'line 1, column 3: or needs an instant vector on both sides'],
    [
      'a and on () group_left b',
      'line 1, column 3: and cannot be grouped by group_left or group_right',
    ],
    [
      'a * on (b) group_left (b) c',
      'line 1, column 3: the label "b" is matched by on already and cannot be taken over',
    ],
    [
      'info(up)',
      'line 1, column 1: "info" needs the feature promql-experimental-functions, which is off',
    ],
    ['"\\xff"', 'line 1, column 1: the bytes of "\\xff" are not UTF-8'],
    ['{""="x"}', 'line 1, column 2: a matcher needs a label name that is not empty'],
    [
      'up offset 0s offset 1m',
      'line 1, column 14: offset may be given once, an offset of 0 included',
    ],
    ['up offset NaN', 'line 1, column 11: the offset NaN has no meaning'],
    [
      '0x1e + 1',
      'line 1, column 1: 0x1e can be read as a number with an exponent; write a 0 after the 0x',
    ],
    [
      'up{a=~"\\\\p{Runic}"}',
      'line 1, column 7: the character class \\p{Runic} is not known here; list its characters instead',
    ],
    [
      'up{a=~"(?:a{100}){10}(?:(?:b{10}){10}){10}(?:' + 'c'.repeat(100) + '){1000}"}',
      'line 1, column 7: the regular expression is too large',
    ],
  ])('says what is wrong with %j', (text, message) => {
    expect(describeProblem(problemOf(text))).toBe(message);
  });

  it.each([
    ['rate(up[5m % 0])', 'line 1, column 12: the duration is divided by zero, at %'],
    ['up offset min_of(1m)', 'line 1, column 20: expected "," after a duration, found ")"'],
    ['abs(up) anchored', 'line 1, column 9: anchored needs a selector or a range in front of it'],
    ['up anchored smoothed', 'line 1, column 13: anchored and smoothed exclude each other'],
    ['a + fill(b) c', 'line 1, column 10: expected a number, found "b"'],
    [
      'a + fill(0) 1',
      'line 1, column 3: series can be filled in between two instant vectors only, at +',
    ],
    ['a and fill(0) b', 'line 1, column 3: nothing can be filled in for and'],
    [
      'info(up)',
      'line 1, column 1: info with one argument reads target_info of every tenant; name the labels to copy, as in info(up, {version=~".+"})',
    ],
    [
      'info(up, target_info)',
      'line 1, column 10: the second argument of info must be matchers in braces without a name, as in {job="x"}',
    ],
    [
      'info(up, {} offset 5m)',
      'line 1, column 13: "offset" has no effect on the second argument of info; leave it out',
    ],
  ])('says what is wrong with %j where all features are on', (text, message) => {
    expect(describeProblem(problemOf(text, {}, ALL_FEATURES))).toBe(message);
  });

  it.each([
    ['up[5m]', 'line 1, column 3: expected the end of the selector, found "["'],
    ['1', 'line 1, column 1: expected a series selector, found "1"'],
  ])('says what is wrong with the selector %j', (text, message) => {
    expect(describeProblem(refused(parseSeriesSelector(text)))).toBe(message);
  });

  it.each([
    [{ maxBytes: 3 }, 'the query has 6 bytes, and at most 3 are allowed'],
    [{ maxDepth: 1 }, 'line 1, column 6: the query is nested more than 1 levels deep'],
    [{ maxSelectors: 0 }, 'line 1, column 1: the query has more than 0 selectors'],
    [{ maxTerms: 1 }, 'line 1, column 6: the query has more than 1 terms'],
  ])('names the limit of %j', (limits, message) => {
    expect(describeProblem(problemOf('up + 1', limits))).toBe(message);
  });

  it('names the limit of the scoped text', () => {
    const scoped = scopeQuery(parsed('up'), scopeOf('team-a'), { maxBytes: 10 });
    expect(describeProblem(refused(scoped))).toBe(
      'the query would have at least 19 bytes with the matchers of its scope, and at most 10 are allowed',
    );
  });

  it('names both matchers of a conflict', () => {
    const query = parsed('up{namespace=~".+"}');
    expect(describeProblem(refused(scopeQuery(query, scopeOf('team-a'), { mode: 'error' })))).toBe(
      'line 1, column 1: the matcher namespace=~".+" asks for more than namespace="team-a" allows',
    );
  });
});
