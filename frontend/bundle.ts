import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, transform } from 'esbuild';
import {
  requireShippable,
  type RuntimeBundle,
  type RuntimeRole,
} from '../lib/query-frontend/runtime-bundle.ts';
import { DOCUMENTED_FILES, withoutDocTexts } from './doc-texts.ts';

/** What two files of a bundle are made of: its entry, and what it has in common with another. */
interface BundleSources {
  readonly entry: string;
  readonly shared: string;
}

const SOURCES: Readonly<Record<RuntimeRole, BundleSources>> = {
  'query-frontend': { entry: 'query-frontend', shared: 'shared' },
  'query-frontend-ui': { entry: 'query-frontend-ui', shared: 'shared-ui' },
};

/** The roles of the runtime that are bundled, two files each. */
export const BUNDLED_ROLES: readonly RuntimeRole[] = ['query-frontend', 'query-frontend-ui'];

const PACKAGE_FOLDER = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE_FOLDER = fileURLToPath(new URL('../build/bundles/', import.meta.url));

// Names inside the bundler alone: nothing is written there.
const OUT_FOLDER = 'bundled';
const DISCARDED = 'entry-of-shared';

// Bundled CommonJS modules call `require` for the modules of Node, and a module has none.
const BANNER =
  'import{createRequire as $createRequire}from"node:module";' +
  'const require=$createRequire(import.meta.url);';

// What only documents show need not travel in every manifest.
const DROP_DOC_TEXTS: Plugin = {
  name: 'drop-doc-texts',
  setup: (bundler) => {
    bundler.onLoad({ filter: DOCUMENTED_FILES }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      // Joins texts of several lines, and leaves one form of everything.
      const { code } = await transform(source, {
        loader: 'ts',
        minifySyntax: true,
        charset: 'utf8',
      });
      return { contents: withoutDocTexts(code), loader: 'js' };
    });
  },
};

/**
 * Bundles one role of the runtime into two files. Equal sources give equal bytes, wherever they lie.
 *
 * @throws SynthError If a file is too large for a ConfigMap that kubectl applies.
 */
export async function bundleRuntime(role: RuntimeRole): Promise<RuntimeBundle> {
  const { outputFiles } = await build({
    absWorkingDir: PACKAGE_FOLDER,
    entryPoints: {
      [role]: `frontend/bundles/${SOURCES[role].entry}.ts`,
      [DISCARDED]: `frontend/bundles/${SOURCES[role].shared}.ts`,
    },
    outdir: OUT_FOLDER,
    outExtension: { '.js': '.mjs' },
    // With two entries there is one chunk: what they share.
    chunkNames: `${role}-shared`,
    splitting: true,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    banner: { js: BANNER },
    logLevel: 'silent',
    plugins: [DROP_DOC_TEXTS],
  });
  const files = outputFiles
    .map((file) => ({ name: basename(file.path), code: file.text }))
    .filter((file) => file.name !== `${DISCARDED}.mjs`)
    .toSorted((a, b) => a.name.length - b.name.length);
  const bundle = { role, files };
  requireShippable(bundle);
  return bundle;
}

/** Writes every bundle to `build/bundles/`, where the published package carries them. */
async function writeBundles(): Promise<void> {
  await mkdir(BUNDLE_FOLDER, { recursive: true });
  for (const role of BUNDLED_ROLES) {
    for (const { name, code } of (await bundleRuntime(role)).files) {
      await writeFile(`${BUNDLE_FOLDER}${name}`, code);
      process.stdout.write(`build/bundles/${name}: ${Buffer.byteLength(code)} bytes\n`);
    }
  }
}

if (import.meta.main) await writeBundles();
