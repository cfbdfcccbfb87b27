import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSynthOptions } from '../../charts/synth-options.ts';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Ended {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['charts/main.ts', ...args], {
    encoding: 'utf8',
  });
  return { status, stderr, stdout };
}

describe('the command line of the app', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'synth-options-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('takes tenants from a file, and the namespace of the platform', () => {
    const file = join(folder, 'tenants.yaml');
    const outdir = join(folder, 'from-file');
    writeFileSync(file, '- namespace: team-c\n  readerGroups: [c-readers]\n');
    const { status, stderr } = run(
      '--tenants',
      file,
      '--namespace',
      'observability',
      '--outdir',
      outdir,
    );
    expect([status, stderr]).toEqual([0, '']);
    const files = Object.fromEntries(
      readdirSync(outdir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name), 'utf8')]),
    );
    expect(Object.keys(files).filter((path) => path.startsWith('tenant-'))).toEqual([
      'tenant-team-c.yaml',
    ]);
    expect(files['tenant-team-c.yaml']).toContain('name: c-readers');
    expect(files['platform.yaml']).toContain('namespace: observability');
    const before = Object.values(files).filter((text) =>
      // The namespace as a word, and neither the operator's API group nor the component of that name.
      /(?<![\w-]|component: )monitoring(?![\w-]|\.coreos\.com)/.test(text),
    );
    expect(before).toEqual([]);
  });

  it.each(['--help', '-h'])('lists every option for %s, with its argument and default', (word) => {
    const { status, stderr, stdout } = run('--output', 'helm', word);
    expect([status, stderr]).toEqual([0, '']);
    const rows = stdout.matchAll(/^ {2}(--.*?) {2,}(?:.*\n(?! {2}-))*.*\(default: (.*)\)$/gm);
    expect([...rows].map(([, flag, byDefault]) => [flag, byDefault])).toEqual([
      ['--output FORM', 'files'],
      ['--namespace NAME', 'monitoring'],
      ['--cluster NAME', 'main'],
      ['--cluster-issuer URL', 'https://kubernetes.default.svc.cluster.local'],
      ['--certificates ISSUER', 'none'],
      ['--tenants FILE', 'charts/tenants.ts'],
      ['--outdir FOLDER', 'dist'],
    ]);
  });

  it.each<[readonly string[], string]>([
    [['--output', 'json'], '--output "json": must be one of files, folders, single, helm'],
    [['--tenants', 'nope.yaml'], '--tenants nope.yaml: cannot be read (ENOENT)'],
    [['--tenants', 'charts'], '--tenants charts: cannot be read (EISDIR)'],
    [
      ['--namespace', 'Mon_X'],
      '--namespace "Mon_X": must be the name of a namespace: a-z, 0-9 and -, at most 63',
    ],
    [['--namespace', ''], '--namespace is empty; leave it out, or give it a NAME'],
    [['--cluster', ''], '--cluster is empty; leave it out, or give it a NAME'],
    [['--cluster-issuer', ''], '--cluster-issuer is empty; leave it out, or give it a URL'],
    [
      ['--cluster-issuer', 'https://a\nresources:'],
      '--cluster-issuer "https://a\\nresources:": must be an audience, such as the URL of an issuer, without spaces',
    ],
    [
      ['--certificates', 'An Issuer'],
      '--certificates "An Issuer": must be the name of an Issuer: a-z, 0-9, - and .',
    ],
    [['--tenant', 'a'], "Unknown option '--tenant'; node charts/main.ts --help lists the options"],
  ])('refuses %j', (args, problem) => {
    expect(readSynthOptions(args)).toEqual({ ok: false, problem });
  });

  it.each<[readonly string[], number, string]>([
    [['--namespace', 'Mon_X'], 2, '--namespace "Mon_X"'],
    [['--tenants', 'nope.yaml'], 2, '--tenants nope.yaml'],
    [['dist'], 2, "Unexpected argument 'dist'"],
    [['--namespace', 'team-a'], 1, 'names the tenant team-a'],
    [['--outdir', 'package.json'], 1, '--outdir: cannot be written (EEXIST'],
  ])('ends with one line, and no trace of the stack, for %j', (args, code, problem) => {
    const { status, stderr, stdout } = run('--outdir', join(folder, 'none'), ...args);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(/^.+\n$/);
    expect(stderr).toContain(problem);
  });

  it('names every mistake in a file of tenants, and writes nothing', () => {
    const file = join(folder, 'wrong.yaml');
    const outdir = join(folder, 'nowhere');
    writeFileSync(file, '- namespace: Team\n- name: team-b\n');
    const { status, stderr } = run('--tenants', file, '--outdir', outdir);
    expect(status).toBe(2);
    expect(stderr).toContain(`${file}:1:14: [0].namespace: must be the name of a namespace`);
    expect(stderr).toContain(`${file}:2:9: [1].name: is no field of a tenant`);
    expect(() => readdirSync(outdir)).toThrow('ENOENT');
  });
});
