import { describe, expect, it } from '@jest/globals';
import { type Expr, mapChildren } from '../../frontend/promql/ast.ts';
import { printExpr } from '../../frontend/promql/print.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { parsed } from './results.ts';

describe('mapChildren', () => {
  it.each([
    ['1', []],
    ['"x"', []],
    ['a offset 5m', []],
    ['a[5m]', ['a']],
    ['(a)[5m:]', ['(a)']],
    ['clamp(a, 1, 2)', ['a', '1', '2']],
    ['sum(a)', ['a']],
    ['topk(1, a)', ['1', 'a']],
    ['-a', ['a']],
    ['a + b - c', ['a', 'b', 'c']],
    ['(a)', ['a']],
    ['info(a, {b="c"})', ['a', '{b="c"}']],
    ['a + fill(0) b', ['a', 'b']],
    ['a[step() * 2] anchored', ['a']],
  ])('visits the children of %s in order, and no others', (text, children) => {
    const visited: string[] = [];
    mapChildren(parsed(text, {}, ALL_FEATURES), (child) => {
      visited.push(printExpr(child));
      return child;
    });
    expect(visited).toEqual(children);
  });

  it.each(['a[5m]', 'a[5m:]', 'abs(a)', 'sum(a)', '-a', 'a + b', '(a)', 'a'])(
    'returns %s itself when nothing changes',
    (text) => {
      const expr = parsed(text);
      expect(mapChildren(expr, (child) => child)).toBe(expr);
    },
  );

  it('puts what it is given in place of each child', () => {
    const renamed = (expr: Expr): Expr =>
      expr.kind === 'vectorSelector' ? { ...expr, name: 'z' } : mapChildren(expr, renamed);
    expect(printExpr(renamed(parsed('topk(scalar(a), b) + -(c) ^ max_over_time(d[5m:])')))).toBe(
      'topk(scalar(z), z) + -(z) ^ max_over_time(z[5m:])',
    );
  });

  it('keeps a selector under a range', () => {
    expect(() => mapChildren(parsed('a[5m]'), () => parsed('1'))).toThrow(TypeError);
  });
});
