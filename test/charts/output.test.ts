import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiObject } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { helmTemplate } from '../../charts/helm-chart.ts';
import { manifestFile, writeFiles } from '../../charts/manifest-files.ts';
import { OUTPUT_FORMS, type OutputForm } from '../../charts/output.ts';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import type { TenantEntry } from '../../charts/tenants.ts';
import { type Manifest, manifestsOf, PLACEHOLDER } from '../lib/support/manifests.ts';

const LABELS_FILE = 'namespaces/namespace-labels.yaml';
const TENANTS = [{ namespace: 'team-a' }, { namespace: 'team-b' }];

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function app(output: OutputForm, tenants: readonly TenantEntry[] = TENANTS): TenancyApp {
  const outdir = mkdtempSync(join(folder, `${output}-`));
  return new TenancyApp({ runtime: PLACEHOLDER, tenants, output, outdir });
}

function contentsOf(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  return Object.fromEntries(
    files.map((file) => [relative(path, file), readFileSync(file, 'utf8')]),
  );
}

/** The objects in files; what is for Kustomize or Helm alone is left out. */
function objectsIn(files: Readonly<Record<string, string>>): Manifest[] {
  return Object.entries(files)
    .filter(([path]) => !/kustomiz|^Chart/.test(path))
    .flatMap(([, text]) => parseAllDocuments(text).map((it) => it.toJS() as Manifest));
}

/** What Helm renders of a template in which nothing but braces is escaped. */
function plain(template: string): string {
  return template.replaceAll('{{ "{{" }}', '{{');
}

describe('the output', () => {
  it.each(OUTPUT_FORMS)('as %s holds every object once', (form) => {
    const it = app(form);
    it.synth();
    const expected = manifestsOf(...it.charts);
    const files = Object.entries(contentsOf(it.outdir)).map(([path, text]) => [path, plain(text)]);
    const written = objectsIn(Object.fromEntries(files));
    expect(written).toHaveLength(expected.length);
    expect(written).toEqual(expect.arrayContaining(expected));
  });

  it.each(OUTPUT_FORMS)('as %s keeps Namespaces in a file of their own', (form) => {
    const it = app(form);
    it.synth();
    const { [LABELS_FILE]: labels = '', ...others } = contentsOf(it.outdir);
    expect(objectsIn({ labels }).map(({ kind }) => kind)).toEqual(['Namespace', 'Namespace']);
    expect(objectsIn(others).map(({ kind }) => kind)).not.toContain('Namespace');
  });

  it.each<[OutputForm, readonly string[]]>([
    ['single', [LABELS_FILE, 'prometheus-tenancy-kit.yaml']],
    [
      'helm',
      [
        'Chart.yaml',
        LABELS_FILE,
        'templates/admission/admission.yaml',
        'templates/platform.yaml',
        'templates/tenant-team-a.yaml',
        'templates/tenant-team-b.yaml',
      ],
    ],
  ])('as %s consists of these files', (form, files) => {
    const it = app(form);
    it.synth();
    expect(Object.keys(contentsOf(it.outdir))).toEqual(files);
  });

  it('as folders has a folder for each chart, and a file for each object', () => {
    const it = app('folders');
    it.synth();
    const files = Object.keys(contentsOf(it.outdir));
    const folders = files.filter((path) => path.includes('/')).map((path) => path.split('/')[0]);
    expect(new Set(folders)).toEqual(
      new Set([
        'admission',
        'namespaces',
        'platform',
        'platform-namespace',
        'tenant-team-a',
        'tenant-team-b',
      ]),
    );
    expect(files.filter((path) => path.startsWith('tenant-team-a/'))).toEqual([
      'tenant-team-a/ConfigMap.grafana-data-source-metrics.yaml',
      'tenant-team-a/NetworkPolicy.metrics-prometheus-only.yaml',
      'tenant-team-a/Role.metrics-reader.yaml',
      'tenant-team-a/RoleBinding.metrics-reader.yaml',
      'tenant-team-a/Secret.metrics-reader-token.yaml',
      'tenant-team-a/ServiceAccount.metrics-reader.yaml',
      'tenant-team-a/kustomization.yaml',
    ]);
  });

  it('as folders is refused where two objects of a chart would be one file', () => {
    const it = app('folders');
    for (const namespace of ['one', 'two']) {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same', namespace } };
      void new ApiObject(it.platform, namespace, object);
    }
    expect(() => {
      it.synth();
    }).toThrow('file platform/ConfigMap.same.yaml: two charts or objects are written to it');
    expect(readdirSync(it.outdir)).toEqual([]);
  });

  it.each(OUTPUT_FORMS)('as %s is the same from two processes in two folders', (form) => {
    const [first, second] = ['one', 'two'].map((name) => {
      const cwd = mkdtempSync(join(folder, `${name}-`));
      const outdir = join(cwd, 'out');
      const main = join(import.meta.dirname, '../../charts/main.ts');
      execFileSync(process.execPath, [main, '--output', form, '--outdir', outdir], { cwd });
      return contentsOf(outdir);
    });
    expect(Object.keys(first ?? {}).length).toBeGreaterThan(1);
    expect(second).toEqual(first);
  });

  it('tells tenants apart whose names differ in the last of many letters', () => {
    const long = 't'.repeat(62);
    const it = app('files', [{ namespace: `${long}1` }, { namespace: `${long}2` }]);
    it.synth();
    const files = Object.keys(contentsOf(it.outdir)).filter((path) => path.startsWith('tenant-'));
    expect(files).toEqual([`tenant-${long}1.yaml`, `tenant-${long}2.yaml`]);
  });

  it.each(['a.yaml', 'A.yaml'])('is refused when a.yaml and %s would be one file', (path) => {
    const outdir = mkdtempSync(join(folder, 'clash-'));
    const files = [manifestFile('a.yaml', []), manifestFile(path, [])];
    expect(() => {
      writeFiles(outdir, files);
    }).toThrow(
      `file ${path}: two charts or objects are written to it, and one would be missing; rename one of them`,
    );
    expect(readdirSync(outdir)).toEqual([]);
  });

  it('escapes for Helm what Helm would run', () => {
    const { path, text } = helmTemplate({ path: 'a.yaml', text: 'b: "{{ $value }}"\n' });
    expect(path).toBe('templates/a.yaml');
    expect(text).toBe('b: "{{ "{{" }} $value }}"\n');
  });
});

describe('the command line of the app', () => {
  const run = (...args: readonly string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, ['charts/main.ts', ...args], { encoding: 'utf8' });

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
    const files = contentsOf(outdir);
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

  it.each([
    [['--output', 'json'], '--output knows no json'],
    [['--tenant', 'a'], "Unknown option '--tenant'"],
    [['dist'], 'Unexpected argument'],
  ])('refuses %j', (args, problem) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).toContain('usage: node charts/main.ts');
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
