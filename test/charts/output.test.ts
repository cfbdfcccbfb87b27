import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
import { WRITTEN_FILES } from '../../charts/written-files.ts';
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

/** The objects in files; what is for Kustomize, Helm or the next run alone is left out. */
function objectsIn(files: Readonly<Record<string, string>>): Manifest[] {
  return Object.entries(files)
    .filter(([path]) => path !== WRITTEN_FILES && !/kustomiz|^Chart/.test(path))
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
    ['single', [WRITTEN_FILES, LABELS_FILE, 'prometheus-tenancy-kit.yaml']],
    [
      'helm',
      [
        WRITTEN_FILES,
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

  it('as folders tells objects of one name by their namespaces', () => {
    const it = app('folders');
    for (const namespace of ['one', 'two']) {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same', namespace } };
      void new ApiObject(it.platform, namespace, object);
    }
    it.synth();
    const files = Object.keys(contentsOf(it.outdir));
    expect(files.filter((path) => path.includes('ConfigMap.same'))).toEqual([
      'platform/one.ConfigMap.same.yaml',
      'platform/two.ConfigMap.same.yaml',
    ]);
    const kustomization = contentsOf(it.outdir)['platform/kustomization.yaml'];
    expect(kustomization).toContain('- two.ConfigMap.same.yaml\n');
  });

  it('as folders is refused where two objects of a chart would be one file', () => {
    const it = app('folders');
    for (const apiVersion of ['one/v1', 'two/v1']) {
      const object = { apiVersion, kind: 'Same', metadata: { name: 'same' } };
      void new ApiObject(it.platform, apiVersion.slice(0, 3), object);
    }
    expect(() => {
      it.synth();
    }).toThrow('file platform/monitoring.Same.same.yaml: two charts or objects are written to it');
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
