import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import {
  requireShippable,
  type RuntimeBundle,
  type RuntimeRole,
} from '../lib/query-frontend/runtime-bundle.ts';

/** The roles of the runtime that are bundled, one file each. */
export const BUNDLED_ROLES: readonly RuntimeRole[] = ['query-frontend'];

const PACKAGE_FOLDER = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE_FOLDER = fileURLToPath(new URL('../build/bundles/', import.meta.url));

// Bundled CommonJS modules call `require` for the modules of Node, and a module has none.
const BANNER =
  'import{createRequire as $createRequire}from"node:module";' +
  'const require=$createRequire(import.meta.url);';

/**
 * Bundles one role of the runtime. Equal sources give equal bytes, wherever they lie.
 *
 * @throws SynthError If the bundle is too large for a ConfigMap that kubectl applies.
 */
export async function bundleRuntime(role: RuntimeRole): Promise<RuntimeBundle> {
  const result = await build({
    absWorkingDir: PACKAGE_FOLDER,
    entryPoints: [`frontend/bundles/${role}.ts`],
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
  });
  const bundle = { role, fileName: `${role}.mjs`, code: result.outputFiles[0]?.text ?? '' };
  requireShippable(bundle);
  return bundle;
}

/** Writes every bundle to `build/bundles/`, where the published package carries them. */
async function writeBundles(): Promise<void> {
  await mkdir(BUNDLE_FOLDER, { recursive: true });
  for (const role of BUNDLED_ROLES) {
    const { fileName, code } = await bundleRuntime(role);
    await writeFile(`${BUNDLE_FOLDER}${fileName}`, code);
    process.stdout.write(`build/bundles/${fileName}: ${Buffer.byteLength(code)} bytes\n`);
  }
}

if (import.meta.main) await writeBundles();
