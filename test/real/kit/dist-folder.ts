import { TenancyApp } from '../../../charts/tenancy-app.ts';
import { TENANTS } from '../../../charts/tenants.ts';
import { bundleRuntime } from '../../../frontend/bundle.ts';
import type { Manifest } from '../../lib/support/manifests.ts';
import { manifestsOf } from '../../lib/support/manifests.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';

/** The manifests of the app as it is shipped, the real runtime included. */
export interface DistFolder {
  /** Where they were written. */
  readonly folder: TempFolder;
  /** The objects in them. */
  readonly manifests: readonly Manifest[];
}

/** Synthesises the app into a folder of its own. */
export async function synthDist(): Promise<DistFolder> {
  const folder = await tempFolder('dist');
  const app = new TenancyApp({
    runtime: await bundleRuntime('query-frontend'),
    tenants: TENANTS,
    outdir: folder.path,
  });
  app.synth();
  return { folder, manifests: manifestsOf(...app.charts) };
}

/** The namespaces that the manifests expect to exist. */
export const EXPECTED_NAMESPACES: readonly string[] = [
  'monitoring',
  ...TENANTS.map(({ namespace }) => namespace),
];
