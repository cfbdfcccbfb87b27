import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { OVERLAYS_FOLDER } from '../../../charts/layout.ts';
import { TenancyApp } from '../../../charts/tenancy-app.ts';
import { TENANTS } from '../../../charts/tenants.ts';
import { bundleRuntime } from '../../../frontend/bundle.ts';
import type { Manifest } from '../../lib/support/manifests.ts';
import { partBinary } from '../harness/build-part.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { runProgram } from '../harness/processes.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The overlays by name, which are folders, and `dist` itself. */
export const KUSTOMIZATIONS: readonly string[] = [
  'dist',
  ...(await readdir(join(ROOT, OVERLAYS_FOLDER))).toSorted(),
];

/** A copy of the overlays beside manifests to which they refer. */
export interface OverlayFolder {
  readonly folder: TempFolder;
  /** The folder of an overlay, or of `dist`. */
  readonly pathOf: (name: string) => string;
  /** Has kubectl build an overlay, and gives the objects. */
  readonly render: (name: string) => Promise<readonly Manifest[]>;
}

/** Synthesises the app as it is shipped, and puts the overlays beside it as they lie in the repository. */
export async function copyOverlays(): Promise<OverlayFolder> {
  const folder = await tempFolder('overlays');
  const runtime = await bundleRuntime('query-frontend');
  const outdir = join(folder.path, 'dist');
  new TenancyApp({ runtime, tenants: TENANTS, outdir }).synth();
  await cp(join(ROOT, OVERLAYS_FOLDER), join(folder.path, OVERLAYS_FOLDER), { recursive: true });
  const pathOf = (name: string): string =>
    name === 'dist' ? outdir : join(folder.path, OVERLAYS_FOLDER, name);
  return { folder, pathOf, render: (name) => buildKustomization(pathOf(name)) };
}

/**
 * Has kubectl build a kustomization.
 *
 * @throws {Error} If it fails or warns.
 */
export async function buildKustomization(path: string): Promise<readonly Manifest[]> {
  const program = await partBinary('kubectl');
  const { exitCode, stderr, stdout } = await runProgram(program, ['kustomize', path]);
  if (exitCode !== 0 || stderr !== '') throw new Error(`kubectl kustomize ${path}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}
