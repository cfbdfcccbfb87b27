import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import type { ProgramResult } from '../harness/processes.ts';
import { promtool } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import {
  type AlertCase,
  ALERTS,
  asTenant,
  promtoolTest,
  ruleFile,
  ruleFileOf,
} from './alert-case.ts';
import { FRONTEND_CASES } from './frontend-cases.ts';
import { OPERATOR_CASES } from './operator-cases.ts';
import { PROMETHEUS_CASES } from './prometheus-cases.ts';
import { THANOS_CASES } from './thanos-cases.ts';

const CASES: readonly AlertCase[] = [
  ...FRONTEND_CASES,
  ...PROMETHEUS_CASES,
  ...THANOS_CASES,
  ...OPERATOR_CASES,
];
const SOME_JOB_IS_MISSING = 'TenancyComponentMissing';

await describeReal('the alerts on the platform, in promtool', ['promtool'], () => {
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await tempFolder('alerts');
    // JSON is YAML, too.
    await writeFile(join(folder.path, 'rules.yaml'), JSON.stringify(ruleFile()));
  });

  afterAll(() => folder.remove());

  // Hours are looked at every ten minutes: each evaluation runs all the rules.
  const runTests = async (
    tests: readonly object[],
    rules = 'rules.yaml',
  ): Promise<readonly ProgramResult[]> => {
    const isLong = (test: object): boolean => /"eval_time":"\d+h"/.test(JSON.stringify(test));
    const runs = [
      { evaluation_interval: '1m', tests: tests.filter((it) => !isLong(it)) },
      { evaluation_interval: '10m', tests: tests.filter(isLong) },
    ];
    const results: ProgramResult[] = [];
    for (const run of runs.filter((it) => it.tests.length > 0)) {
      const file = join(folder.path, 'tests.yaml');
      await writeFile(file, JSON.stringify({ rule_files: [rules], ...run }));
      results.push(await promtool(['test', 'rules', file]));
    }
    return results;
  };

  const expectSuccess = (results: readonly ProgramResult[]): void => {
    expect(results.length).toBeGreaterThan(0);
    for (const { exitCode, stderr, stdout } of results) {
      expect(stderr + stdout).toContain('SUCCESS');
      expect(exitCode).toBe(0);
    }
  };

  it('are rules that Prometheus takes', async () => {
    const file = join(folder.path, 'rules.yaml');
    const { exitCode, stderr, stdout } = await promtool([
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      file,
    ]);
    expect(stderr + stdout).toMatch(/SUCCESS: \d+ rules found/);
    expect(exitCode).toBe(0);
  });

  it('have a case each', () => {
    const tested = new Set(CASES.map(({ alert }) => alert));
    expect(tested).toEqual(new Set(ALERTS.map(({ name }) => name)));
  });

  it('fire for what they are there for', async () => {
    expectSuccess(await runTests(CASES.map((it) => promtoolTest(it, 'fires', it.fires, true))));
  });

  it('stay quiet for what only looks like it', async () => {
    expectSuccess(await runTests(CASES.map((it) => promtoolTest(it, 'quiet', it.quiet, false))));
  });

  it('cannot be raised by a tenant who exposes such series', async () => {
    const cases = CASES.filter(({ alert }) => alert !== SOME_JOB_IS_MISSING);
    expectSuccess(
      await runTests(cases.map((it) => promtoolTest(it, 'tenant', asTenant(it.fires), false))),
    );
  });

  it('cannot be silenced by a tenant who exposes such series', async () => {
    const tests = CASES.map((it) =>
      promtoolTest(it, 'tenant', { ...it.fires, ...asTenant(it.quiet) }, true),
    );
    expectSuccess(await runTests(tests));
  });

  it('would be raised by a tenant if a selector did not pin the namespace', async () => {
    const open = ALERTS.find(({ name }) => name === 'ThanosCompactorHalted');
    const [halted] = CASES.filter(({ alert }) => alert === 'ThanosCompactorHalted');
    if (open === undefined || halted === undefined) throw new Error('no such alert');
    const expr = open.expr.replace('namespace="monitoring",', '');
    await writeFile(join(folder.path, 'open.yaml'), JSON.stringify(ruleFileOf({ ...open, expr })));
    const planted = promtoolTest(halted, 'tenant', asTenant(halted.fires), false);
    const [result] = await runTests([planted], 'open.yaml');
    expect(result?.exitCode).not.toBe(0);
    expect(`${result?.stdout}${result?.stderr}`).toContain('namespace="team-a"');
  });

  it('are seen to fail where a case expects what does not happen', async () => {
    const [first] = CASES;
    if (first === undefined) throw new Error('there are no cases');
    const [result] = await runTests([promtoolTest(first, 'planted', first.quiet, true)]);
    expect(result?.exitCode).not.toBe(0);
  });
});
