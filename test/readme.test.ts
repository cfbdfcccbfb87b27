import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifests } from './support/manifest-workload.ts';
import { README, readmeBlocks, writeReadmeApp } from './support/readme-app.ts';
import { PROJECT } from './support/source-files.ts';

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

  beforeAll(async () => {
    folder = await writeReadmeApp();
    run(['frontend/bundle.ts']);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('has an example of the kit that synthesises a whole installation', async () => {
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
    const [example = ''] = readmeBlocks('console');
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
