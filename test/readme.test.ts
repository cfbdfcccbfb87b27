import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifests } from './support/manifest-workload.ts';
import { PROJECT } from './support/source-files.ts';

const README = readFileSync(join(PROJECT, 'README.md'), 'utf8');

/** The entry points of the package, as files of this clone. */
const ENTRY_POINTS: Readonly<Record<string, string>> = {
  'prometheus-tenancy-kit': 'lib/index.ts',
  'prometheus-tenancy-kit/onboarding': 'tenant/onboarding/index.ts',
};

function codeBlocks(language: string): readonly string[] {
  const blocks = README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map((block) => block[1] ?? '');
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

describe('the README', () => {
  let folder = '';

  beforeAll(() => {
    // Below the project, so that the example finds the packages it imports.
    mkdirSync(join(PROJECT, 'build'), { recursive: true });
    folder = mkdtempSync(join(PROJECT, 'build', 'readme-'));
    run(['frontend/bundle.ts']);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('has an example of the kit that synthesises a whole installation', async () => {
    const [example = ''] = codeBlocks('ts');
    const code = example.replaceAll(/'(prometheus-tenancy-kit[^']*)'/g, (_all, entry: string) => {
      return `'${join(PROJECT, ENTRY_POINTS[entry] ?? `missing entry point ${entry}`)}'`;
    });
    writeFileSync(join(folder, 'example.ts'), code);
    const outdir = join(folder, 'dist');
    run([join(folder, 'example.ts')], { CDK8S_OUTDIR: outdir });
    const manifests = await readManifests(outdir);
    const names = (kind: string): readonly string[] =>
      manifests.filter((it: Manifest) => it.kind === kind).map((it) => it.metadata.name);
    expect(names('Prometheus')).toHaveLength(1);
    expect(names('Deployment')).toEqual([
      'thanos-querier',
      'thanos-query-frontend',
      'tenant-query-frontend',
    ]);
    expect(names('StatefulSet')).toEqual(['thanos-store-gateway', 'thanos-compactor']);
    expect(names('RoleBinding')).toHaveLength(1);
  });

  it('says what the scope tool prints', () => {
    const [example = ''] = codeBlocks('console');
    const input = /echo '(.*)' \|/.exec(example)?.[1] ?? '';
    const args = (/-- scope (.*)/.exec(example)?.[1] ?? '').split(' ');
    const { stdout } = spawnSync(process.execPath, ['frontend/main.ts', 'scope', ...args], {
      cwd: PROJECT,
      input,
      encoding: 'utf8',
    });
    expect(stdout.match(/namespace=~\\"team-a\|team-b\\"/g)).toHaveLength(3);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...README.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
