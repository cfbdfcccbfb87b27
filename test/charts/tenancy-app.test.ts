import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { WRITTEN_FILES } from '../../charts/written-files.ts';
import { listAt } from '../lib/support/manifests.ts';
import { exampleApp, exampleManifests } from '../lib/support/platform.ts';

const LABELS_FILE = 'namespaces/namespace-labels.yaml';

let folder = '';

function synthInto(name: string): string {
  const outdir = join(folder, name);
  exampleApp(outdir).synth();
  return outdir;
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

/** What is applied, and the kustomization over it. */
function manifestsIn(path: string): Record<string, string> {
  const {
    [WRITTEN_FILES]: _written,
    'kustomizeconfig.yaml': _fields,
    'platform-namespace/kustomization.yaml': _component,
    ...files
  } = contentsOf(path);
  return files;
}

function objectsOf(text: string): string[] {
  return parseAllDocuments(text).map((document) => {
    const { kind, metadata } = document.toJS() as {
      kind: string;
      metadata: { name: string; namespace?: string };
    };
    return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the app', () => {
  it('writes the same bytes every time', () => {
    const first = contentsOf(synthInto('first'));
    expect(contentsOf(synthInto('second'))).toEqual(first);
    expect(Object.keys(first)).toEqual([
      WRITTEN_FILES,
      'admission/admission.yaml',
      'kustomization.yaml',
      'kustomizeconfig.yaml',
      LABELS_FILE,
      'platform-namespace/kustomization.yaml',
      'platform.yaml',
      'tenant-team-a.yaml',
      'tenant-team-b.yaml',
    ]);
  });

  it('loses no object on the way into files', () => {
    const { 'kustomization.yaml': kustomization = '', ...files } = manifestsIn(
      synthInto('counted'),
    );
    const written = Object.values(files).flatMap(objectsOf);
    expect(new Set(written).size).toBe(written.length);
    expect(written).toHaveLength(exampleManifests().length);

    const listed = listAt(parse(kustomization), 'resources').map(String);
    expect(listed).toEqual(listed.toSorted());
    expect(listed).toEqual(Object.keys(files).filter((file) => file !== LABELS_FILE));
  });

  it('keeps every Namespace out of what a pruning apply or a delete would reach', () => {
    const { [LABELS_FILE]: labels = '', ...others } = manifestsIn(synthInto('pruned'));
    expect(objectsOf(labels)).toEqual(['Namespace /team-a', 'Namespace /team-b']);
    const { 'kustomization.yaml': kustomization = '', ...files } = others;
    expect(kustomization).not.toContain('- namespace');
    expect(
      Object.values(files)
        .flatMap(objectsOf)
        .filter((it) => it.startsWith('Namespace ')),
    ).toEqual([]);
  });

  it('takes the labels of namespaces away from where an older version wrote them', () => {
    const outdir = join(folder, 'older');
    mkdirSync(outdir);
    const labels =
      '{ kind: Namespace, metadata: { labels: { prometheus-tenancy-kit/tenant: x } } }';
    writeFileSync(join(outdir, 'namespace-labels.yaml'), labels);
    writeFileSync(join(outdir, 'admission.yaml'), "another's\n");
    const files = Object.keys(contentsOf(synthInto('older')));
    expect(files).toContain(LABELS_FILE);
    expect(files).not.toContain('namespace-labels.yaml');
    expect(files).toContain('admission.yaml');
  });

  it('says how to mark the namespaces, and which audience it expects', () => {
    const { 'kustomization.yaml': kustomization = '' } = contentsOf(synthInto('commented'));
    expect(kustomization).toContain(
      'kubectl apply --server-side --field-manager=prometheus-tenancy-kit -f namespaces/\n',
    );
    expect(kustomization).toMatch(/^# Apply with: kubectl apply --server-side -k \. /);
    expect(kustomization).toContain('kubectl get --raw /.well-known/openid-configuration\n');
  });

  it('names no object by where it stands in the tree', () => {
    const names = exampleManifests().map((it) => it.metadata.name);
    expect(names.filter((name) => /-c[0-9a-f]{7}$/.test(name))).toEqual([]);
  });

  it('synthesises by its main file, with the runtime in it', () => {
    const outdir = join(folder, 'main');
    execFileSync(process.execPath, ['charts/main.ts'], {
      env: { ...process.env, CDK8S_OUTDIR: outdir },
    });
    expect(Object.keys(contentsOf(outdir))).toContain('kustomization.yaml');
    const code = /tenant-query-frontend-code-[0-9a-f]{10}/.exec(
      contentsOf(outdir)['platform.yaml'] ?? '',
    );
    expect(code).not.toBeNull();
  });
});
