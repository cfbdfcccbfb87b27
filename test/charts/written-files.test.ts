import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type OutputFile, writeFiles } from '../../charts/manifest-files.ts';
import { OUTPUT_FORMS, type OutputForm } from '../../charts/output.ts';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import { WRITTEN_FILES } from '../../charts/written-files.ts';
import { PLACEHOLDER } from '../lib/support/manifests.ts';

/** Every form with every other one. */
const CHANGES = OUTPUT_FORMS.flatMap((from) =>
  OUTPUT_FORMS.filter((to) => to !== from).map((to) => [from, to] as const),
);

let root = '';
let folder = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'written-'));
});

beforeEach(() => {
  folder = mkdtempSync(join(root, 'out-'));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Everything in a folder, folders included. */
function entriesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .filter((name) => name !== WRITTEN_FILES)
    .toSorted();
}

function synth(output: OutputForm, tenants: readonly string[], outdir: string = folder): string[] {
  const runtime = PLACEHOLDER;
  const entries = tenants.map((namespace) => ({ namespace }));
  new TenancyApp({ runtime, tenants: entries, output, outdir }).synth();
  return entriesOf(outdir);
}

/** What a synthesis writes into a folder of its own. */
function fresh(output: OutputForm, tenants: readonly string[]): string[] {
  return synth(output, tenants, mkdtempSync(join(root, 'fresh-')));
}

function files(...paths: readonly string[]): OutputFile[] {
  return paths.map((path) => ({ path, text: `${path}\n` }));
}

describe('a second run into one folder', () => {
  it.each(OUTPUT_FORMS)('as %s removes what belongs to a tenant who left', (form) => {
    const before = synth(form, ['team-a', 'team-b']);
    const after = synth(form, ['team-a']);
    expect(after).toEqual(fresh(form, ['team-a']));
    expect(after.some((it) => it.includes('team-b'))).toBe(false);
    // One file for all tenants is there in either case.
    expect(before.some((it) => it.includes('team-b'))).toBe(form !== 'single');
  });

  it.each(CHANGES)('after %s leaves but the files of %s', (from, to) => {
    synth(from, ['team-a', 'team-b']);
    expect(synth(to, ['team-a'])).toEqual(fresh(to, ['team-a']));
  });

  it('leaves the files of others, whatever they are called', () => {
    synth('helm', ['team-a', 'team-b']);
    const others = [
      'templates/tenant-team-c.yaml',
      'tenant-team-d.yaml',
      'values.yaml',
      'own/a.yaml',
    ];
    mkdirSync(join(folder, 'own'));
    for (const path of others) writeFileSync(join(folder, path), 'kept\n');
    synth('files', ['team-a']);
    expect(others.map((path) => readFileSync(join(folder, path), 'utf8'))).toEqual(
      others.map(() => 'kept\n'),
    );
    expect(entriesOf(join(folder, 'templates'))).toEqual(['tenant-team-c.yaml']);
  });

  it('removes nothing where nothing is noted', () => {
    synth('files', ['team-a', 'team-b']);
    rmSync(join(folder, WRITTEN_FILES));
    expect(synth('files', ['team-a'])).toContain('tenant-team-b.yaml');
  });

  it('removes what a run wrote that was stopped half-way', () => {
    // A folder stands where a file should go.
    mkdirSync(join(folder, 'b.yaml'));
    expect(() => {
      writeFiles(folder, files('a.yaml', 'b.yaml'));
    }).toThrow('EISDIR');
    expect(entriesOf(folder)).toEqual(['a.yaml', 'b.yaml']);
    writeFiles(folder, files('c.yaml'));
    expect(entriesOf(folder)).toEqual(['b.yaml', 'c.yaml']);
  });

  it('stays in the folder, whatever the note says', () => {
    const outside = mkdtempSync(join(root, 'outside-'));
    const precious = join(outside, 'precious');
    writeFileSync(precious, 'kept\n');
    symlinkSync(outside, join(folder, 'link'));
    symlinkSync(precious, join(folder, 'linked-file'));
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'ours'), '');
    const out = relative(folder, precious);
    const noted = [
      precious,
      out,
      `empty/../${out}`,
      'link/precious',
      'linked-file',
      'empty',
      'ours',
      '..',
      '.',
    ];
    writeFileSync(join(folder, WRITTEN_FILES), noted.join('\n'));
    writeFiles(folder, files('new'));
    expect(existsSync(precious)).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual([
      WRITTEN_FILES,
      'empty',
      'link',
      'linked-file',
      'new',
    ]);
  });

  it('notes its files in the order of their names', () => {
    writeFiles(folder, files('b.yaml', 'a/c.yaml'));
    expect(readFileSync(join(folder, WRITTEN_FILES), 'utf8')).toMatch(
      /^# .*\na\/c\.yaml\nb\.yaml\n$/,
    );
  });
});
