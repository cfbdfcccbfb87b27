/**
 * Runs the tests that depend on Thanos with its older versions, each built from its release, and the
 * whole system with a read path that is older or newer than the rest, as it is during an upgrade:
 * `node test/real/thanos-versions.ts [version...]`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { NEWEST_THANOS } from '../../lib/thanos/version.ts';
import { PROJECT } from '../support/source-files.ts';
import { THANOS_PARTS, THANOS_VARIABLE } from './harness/thanos-versions.ts';

const OLDER = Object.keys(THANOS_PARTS).filter((it) => it !== NEWEST_THANOS);
const JEST = [
  '--experimental-vm-modules',
  '--no-warnings',
  join('node_modules', 'jest', 'bin', 'jest.js'),
  '--config',
  'jest.thanos.config.json',
];
const SYSTEM = join('test', 'real', 'kit', 'thanos-system.test.ts');

/** One run: the versions in it, and the tests. */
interface Run {
  readonly versions: string;
  readonly tests: readonly string[];
}

function runsOf(version: string): readonly Run[] {
  const mixed = (rest: string, read: string): Run => ({
    versions: `${rest},query=${read},query-frontend=${read}`,
    tests: [SYSTEM],
  });
  return [
    { versions: version, tests: [] },
    mixed(version, NEWEST_THANOS),
    mixed(NEWEST_THANOS, version),
  ];
}

/** Runs this Node in the project, and says whether it was content. */
function succeeds(versions: string, args: readonly string[]): boolean {
  const env = { ...process.env, [THANOS_VARIABLE]: versions };
  return spawnSync(process.execPath, args, { cwd: PROJECT, env, stdio: 'inherit' }).status === 0;
}

const words = process.argv.slice(2);
const unknown = words.filter((word) => !OLDER.includes(word));
if (unknown.length > 0) {
  process.stderr.write(`no older version: ${unknown.join(', ')}; there are ${OLDER.join(', ')}\n`);
  process.exit(2);
}
const chosen = words.length === 0 ? OLDER : words;
const build = [join('test', 'real', 'harness', 'build-all.ts'), 'thanos'];
for (const version of [...chosen, NEWEST_THANOS]) {
  if (!succeeds(version, build)) process.exit(1);
}
const results = chosen.flatMap(runsOf).map(({ tests, versions }) => {
  process.stdout.write(`\n=== Thanos ${versions}\n`);
  return { versions, isGood: succeeds(versions, [...JEST, ...tests]) };
});
process.stdout.write('\n');
for (const { isGood, versions } of results) {
  process.stdout.write(`${isGood ? 'passed' : 'FAILED'}  Thanos ${versions}\n`);
}
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1;
