import { describe, expect, it } from '@jest/globals';
import { DOCUMENTED_FILES, withoutDocTexts } from '../../frontend/doc-texts.ts';

describe('withoutDocTexts', () => {
  it.each([
    ['described(integer(1, 2), 1, "text")', 'described(integer(1, 2), 1, "")'],
    [
      'described(\n  a(),\n  [],\n  "text, (with) `marks`"\n)',
      'described(\n  a(),\n  [],\n  ""\n)',
    ],
    [`described(x, "kept", 'a "text"')`, 'described(x, "kept", "")'],
    ['described(x, ")", `a text`)', 'described(x, ")", "")'],
    ['v.pipe(text(), v.description("text"))', 'v.pipe(text(), v.description(""))'],
    [
      'described(section({ a: described(x, 1, "inner") }), {}, "outer")',
      'described(section({ a: described(x, 1, "") }), {}, "")',
    ],
    ['{ summary: "text", remedy: "it\\"s" }', '{ summary: "", remedy: "" }'],
  ])('empties %j', (code, left) => {
    expect(withoutDocTexts(code)).toBe(left);
  });

  it.each([
    'v.check((it) => it > 1, "must be more than 1")',
    'described(x, 1, TEXT)',
    'described(x, 1, "a" + b)',
    'described(x, 1, b + "a")',
    'described(x, 1, `a ${b}`)',
    'described(x, 1, f("a"))',
    'described(v.check((it) => /\\)/.test(it), "kept"), 1, "not sure")',
    'function described(schema, fallback, description) { return 1; }',
    'undescribed(x, 1, "text")',
    'v.description(text)',
    '{ summary: `a ${b}`, remedy: f("x") }',
    'const summary = "kept"; { summaries: "kept" }',
    'described(x, 1, "no end"',
  ])('leaves %j', (code) => {
    expect(withoutDocTexts(code)).toBe(code);
  });
});

describe('the files with such texts', () => {
  it.each([
    ['/p/frontend/config/limits.ts', true],
    ['/p/frontend/http/error-codes.ts', true],
    ['/p/frontend/http/limit-error-codes.ts', true],
    ['/p/frontend/http/metric-table.ts', false],
    ['/p/frontend/promql/describe-problem.ts', false],
    ['/p/node_modules/frontend/config/a.js', false],
  ])('%s: %s', (path, isOne) => {
    expect(DOCUMENTED_FILES.test(path)).toBe(isOne);
  });
});
