import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED_ROLES, bundleRuntime } from '../frontend/bundle.ts';
import { OVERLAYS_FOLDER } from './layout.ts';
import { TenancyApp } from './tenancy-app.ts';
import { TENANTS } from './tenants.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What is published as it lies in the repository: the documents, and the files that they point to. */
const COPIED: readonly string[] = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'Containerfile',
  'SECURITY.md',
];

/** Code that the documents point to as an example, published as one that uses the package. */
export const EXAMPLES: readonly string[] = ['charts/platform-chart.ts', 'charts/tenants.ts'];

/**
 * The fields of `package.json` that are published. What is not named here stays at home: scripts,
 * development dependencies, and above all the Node binary under `optionalDependencies`, which every
 * user of the package would have to download.
 */
const PUBLISHED_FIELDS: readonly string[] = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'engines',
  'bin',
  'exports',
  'dependencies',
  'peerDependencies',
];

/**
 * Writes what is published into a folder: compiled code with types, the bundles of the runtime, the
 * manifests of the app and the documents.
 *
 * @param folder Where to; what lies there is removed first.
 * @throws Error If the sources do not compile.
 */
export async function writePackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(ROOT, 'tsconfig.build.json'),
      '--outDir',
      join(folder, 'build'),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const bundles = join(folder, 'build/bundles');
  mkdirSync(bundles);
  for (const role of BUNDLED_ROLES) {
    for (const { name, code } of (await bundleRuntime(role)).files) {
      writeFileSync(join(bundles, name), code);
    }
  }
  const manifests = join(folder, 'manifests');
  const runtime = await bundleRuntime('query-frontend');
  new TenancyApp({ runtime, tenants: TENANTS, outdir: manifests }).synth();
  copyReading(folder);
  writeFileSync(join(folder, 'package.json'), publishedManifest());
}

/** Copies what people read: the documents, and what they point to. */
export function copyReading(folder: string): void {
  copyOverlays(join(folder, OVERLAYS_FOLDER));
  copyDocuments(join(ROOT, 'docs'), join(folder, 'docs'));
  for (const file of COPIED) cpSync(join(ROOT, file), join(folder, file));
  for (const file of EXAMPLES) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll(/'\.\.\/lib\/[^']*'/g, `'${packageName()}'`));
  }
}

/** Copies a folder of documents without the code that writes them, and without folders that hold nothing else. */
export function copyDocuments(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.endsWith('.ts')) cpSync(path, join(to, relative(from, path)));
  }
}

// In the repository they refer to what synthesis writes, in the package to the manifests it carries.
function copyOverlays(folder: string): void {
  cpSync(join(ROOT, OVERLAYS_FOLDER), folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const file = join(folder, name, 'kustomization.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('../../../../dist', '../../../../manifests'));
  }
}

function packageName(): string {
  const manifest = repositoryManifest();
  if ('name' in manifest) return String(manifest.name);
  throw new TypeError('package.json names no package');
}

function repositoryManifest(): object {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null) return manifest;
  throw new TypeError('package.json holds no object');
}

function publishedManifest(): string {
  const fields = Object.entries(repositoryManifest()).filter(([field]) =>
    PUBLISHED_FIELDS.includes(field),
  );
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}

if (import.meta.main) await writePackage(join(ROOT, 'build/package'));
