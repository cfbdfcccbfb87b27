import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Expr, mapChildren } from '../../frontend/promql/ast.ts';
import { describeProblem } from '../../frontend/promql/describe-problem.ts';
import { parseQuery } from '../../frontend/promql/parse.ts';
import { printExpr } from '../../frontend/promql/print.ts';
import { scopeQuery } from '../../frontend/promql/scope.ts';
import { generateQueries } from './generate-queries.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { accepted, forwarded, parsed } from './results.ts';
import { scopeOf } from './scopes.ts';

const NOWHERE = { offset: 0, line: 1, column: 1 };
const SCOPE = scopeOf('team-a', 'team-b');
const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe('generated queries', () => {
  it('are printed as what they were parsed from', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const query of validQueries(seed)) {
          const printed = printExpr(query);
          const again = parsed(printed, {}, ALL_FEATURES);
          expect(withoutPlaces(again)).toEqual(withoutPlaces(query));
          expect(printExpr(again)).toBe(printed);
        }
      }),
    );
  });

  it('mean the same when they are scoped twice', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const query of validQueries(seed)) {
          const once = parsed(accepted(scopeQuery(query, SCOPE)), {}, ALL_FEATURES);
          const twice = parsed(accepted(scopeQuery(once, SCOPE)), {}, ALL_FEATURES);
          expect(withoutRepeats(twice)).toEqual(withoutRepeats(once));
        }
      }),
    );
  });

  it('are the same for the same seed', () => {
    expect([...generateQueries(7, 50)]).toEqual([...generateQueries(7, 50)]);
    expect([...generateQueries(8, 50)]).not.toEqual([...generateQueries(7, 50)]);
    expect([...generateQueries(7, 50, ALL_FEATURES)]).not.toEqual([...generateQueries(7, 50)]);
  });
});

describe('any text', () => {
  const tokens = fc.constantFrom(
    ...'up sum ( ) { } [ ] , : 5m 1 by and on bool offset @ start - + ^ == a="b" "x" = group_left'.split(
      ' ',
    ),
    ...'step() min_of( fill(1) fill_left anchored smoothed info( limitk'.split(' '),
    '`',
    '"',
    "'",
    '#',
    '\n',
    '\r',
    '\\',
    'é',
    '\ufffd',
    '\ud800',
    '0x',
    '.',
    '_',
    '!',
    '~',
  );

  it.each([
    ['characters', fc.string({ unit: 'binary', maxLength: 60 })],
    ['tokens', fc.array(tokens, { maxLength: 30 }).map((parts) => parts.join(' '))],
    ['tokens without blanks', fc.array(tokens, { maxLength: 30 }).map((parts) => parts.join(''))],
  ])('of %s is scoped or refused with a reason', (_what, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const features of [{}, ALL_FEATURES]) {
          const query = parseQuery(text, {}, features);
          if (query.ok) expect(forwarded(text, SCOPE, features)).toEqual(expect.any(String));
          else
            expect(describeProblem(query.rejection)).toMatch(/^(line \d+, column \d+: |the query)/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function* validQueries(seed: number): Generator<Expr> {
  for (const text of [...generateQueries(seed, 4), ...generateQueries(seed, 4, ALL_FEATURES)]) {
    const query = parseQuery(text, {}, ALL_FEATURES);
    if (query.ok) yield query.value;
  }
}

function withoutPlaces(expr: Expr): Expr {
  if (expr.kind === 'vectorSelector') return { ...expr, position: NOWHERE };
  return mapChildren(expr, withoutPlaces);
}

/** Drops matchers that are there twice, and places. */
function withoutRepeats(expr: Expr): Expr {
  if (expr.kind !== 'vectorSelector') return mapChildren(expr, withoutRepeats);
  const unique = new Map(expr.matchers.map((matcher) => [JSON.stringify(matcher), matcher]));
  return { ...expr, position: NOWHERE, matchers: [...unique.values()] };
}
