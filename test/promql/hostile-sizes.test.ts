import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import { parseQuery, parseSeriesSelector } from '../../frontend/promql/parse.ts';
import { scopeQuery } from '../../frontend/promql/scope.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { scopeOf } from './scopes.ts';

const SHORT = 500;
const LONG = 16 * SHORT;
const SCOPE = scopeOf('team-a');
const UNBOUNDED = { maxBytes: 1e7, maxSelectors: 1e7, maxTerms: 1e7 };

const reads = (text: string): void => {
  const parsed = parseQuery(text, UNBOUNDED, ALL_FEATURES);
  // What scopes it also prints it, and verifies what was printed.
  if (parsed.ok) scopeQuery(parsed.value, SCOPE, UNBOUNDED);
};

const pattern = (text: string): string => `{a=~${JSON.stringify(text)},b="c"}`;

/** CPU time of the fastest of some runs, in microseconds. */
function cost(run: () => void): number {
  const runs = Array.from({ length: 3 }, () => {
    const { user, system } = process.cpuUsage();
    run();
    const spent = process.cpuUsage();
    return spent.user + spent.system - user - system;
  });
  return Math.min(...runs);
}

// Sixteen times the text costs sixteen times the work, or 256 times if each part reads the rest. What
// is cheap has no ratio to speak of.
function expectLinear(run: (units: number) => void): void {
  const short = Math.max(
    cost(() => run(SHORT)),
    500,
  );
  expect(cost(() => run(LONG)) / short).toBeLessThan(64);
}

describe('the work on a hostile text grows as its length does', () => {
  it.each([
    ['names of classes that do not end', (n: number) => `[${'[:'.repeat(n)}x]`],
    ['names of classes', (n: number) => `[${'[:alpha:]'.repeat(n)}]`],
    ['a class whose name ends far away', (n: number) => `[${'[:'.repeat(n)}:]]`],
    ['classes', (n: number) => '[^'.repeat(n)],
    ['whole classes', (n: number) => '[^a]'.repeat(n)],
    ['groups', (n: number) => '(?:'.repeat(n)],
    ['groups that end', (n: number) => '(?:a)|'.repeat(n)],
    ['nested groups', (n: number) => `${'('.repeat(n)}${')'.repeat(n)}`],
    ['flags', (n: number) => `(?${'i'.repeat(n)}`],
    ['names of groups', (n: number) => `(?P<${'a'.repeat(n)}`],
    ['Unicode classes', (n: number) => '\\p{'.repeat(n)],
    ['whole Unicode classes', (n: number) => '\\p{Lu}'.repeat(n)],
    ['counts', (n: number) => 'a{1,'.repeat(n)],
    ['digits of a count', (n: number) => `a{${'1'.repeat(n)},${'1'.repeat(n)}`],
    ['digits of an escape', (n: number) => `\\x{${'0'.repeat(n)}`],
    ['literals', (n: number) => '\\Qa\\E'.repeat(n)],
    ['literals that do not end', (n: number) => '\\Q'.repeat(n)],
    ['alternatives', (n: number) => 'a|'.repeat(n)],
  ])('in a pattern: %s', (_what, textOf) => {
    expectLinear((units) => {
      parseSeriesSelector(pattern(textOf(units)), UNBOUNDED);
    });
  });

  it.each([
    ['quotes', (n: number) => '"\\'.repeat(n)],
    ['escapes', (n: number) => `"${'\\n'.repeat(n)}"`],
    ['bytes that are no UTF-8', (n: number) => `"${'\\xffa'.repeat(n)}"`],
    ['parentheses', (n: number) => '(('.repeat(n)],
    ['operators', (n: number) => `${'a or '.repeat(n)}a`],
    ['operators of several kinds', (n: number) => `${'a or b and c + '.repeat(n)}a`],
    ['offsets', (n: number) => `a ${'offset 0s '.repeat(n)}`],
    ['comments', (n: number) => `${'#\n'.repeat(n)}a`],
    ['one comment', (n: number) => `#${'#'.repeat(n)}\na`],
    ['blanks behind a word', (n: number) => `${'fill    + '.repeat(n)}a`],
    ['a long name', (n: number) => 'a'.repeat(n)],
    ['a long number', (n: number) => '1'.repeat(n)],
    ['a long octal number', (n: number) => `0${'7'.repeat(n)}`],
    ['a long duration', (n: number) => `a[${'1h'.repeat(n)}]`],
    ['matchers', (n: number) => `{${'a="b",'.repeat(n)}}`],
    ['matchers of patterns', (n: number) => `{${'a=~".*",'.repeat(n)}}`],
    ['labels', (n: number) => `sum by (${'a,'.repeat(n)}) (a)`],
    [
      'labels of both sides',
      (n: number) => `a * on (${'b,'.repeat(n)}) group_left (${'a,'.repeat(n)}) a`,
    ],
    ['arguments', (n: number) => `label_join(a, ${'"b", '.repeat(n)}"c")`],
  ])('in a query: %s', (_what, textOf) => {
    expectLinear((units) => {
      reads(textOf(units));
    });
  });
});
