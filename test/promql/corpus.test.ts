import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { PromqlFeatures } from '../../frontend/promql/options.ts';
import { parseQuery } from '../../frontend/promql/parse.ts';
import type { PromqlProblem } from '../../frontend/promql/problem.ts';
import { printSelectorless, scopeQuery } from '../../frontend/promql/scope.ts';
import type { TenantScope } from '../../tenant/tenant-scope.ts';
import { ALL_FEATURES } from './query-grammar.ts';
import { scopeOf } from './scopes.ts';

const FOLDER = new URL('../corpus/promql/', import.meta.url);

describe.each(readdirSync(FOLDER))('the corpus file %s', (file) => {
  const scope = file === 'several-tenants.txt' ? scopeOf('team-b', 'team-a') : scopeOf('team-a');

  const features = file === 'features.txt' ? ALL_FEATURES : undefined;

  it.each(readCases(file))('scopes or refuses %s', (_title, input, expected) => {
    expect(answerTo(input, scope, features)).toBe(expected);
  });
});

/** A case is a title behind "# ", a query, "==>", and what becomes of it, with blank lines between. */
function readCases(file: string): [title: string, input: string, expected: string][] {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  return text
    .split(/^# (?=.*\n\n)/m)
    .slice(1)
    .map((section) => {
      const [head = '', expected = ''] = section.split('\n\n==>\n\n');
      const [title = '', ...query] = head.split('\n\n');
      return [title, query.join('\n\n'), expected.trimEnd()];
    });
}

function answerTo(input: string, scope: TenantScope, features?: PromqlFeatures): string {
  const query = parseQuery(input, {}, features);
  if (!query.ok) return printProblem(query.rejection);
  const free = printSelectorless(query.value);
  if (free !== undefined) return free;
  const scoped = scopeQuery(query.value, scope);
  return scoped.ok ? scoped.value : printProblem(scoped.rejection);
}

/** Writes what a program would look at: "! code, problem or reason, detail, place". */
function printProblem(problem: PromqlProblem): string {
  const words = ['!', problem.code];
  if ('problem' in problem) words.push(problem.problem);
  if ('problem' in problem && problem.problem === 'token_unexpected') words.push(problem.expected);
  if ('reason' in problem) words.push(problem.reason);
  if ('feature' in problem) words.push(problem.feature);
  if ('position' in problem) words.push(`at ${problem.position.line}:${problem.position.column}`);
  return words.join(' ');
}
