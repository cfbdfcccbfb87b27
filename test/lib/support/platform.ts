import { TenancyApp } from '../../../charts/tenancy-app.ts';
import { type Manifest, manifestsOf, PLACEHOLDER } from './manifests.ts';

/** The app as it is shipped, with two tenants and a stand-in for the code. */
export function exampleApp(outdir?: string): TenancyApp {
  return new TenancyApp({
    runtime: PLACEHOLDER,
    tenants: [
      { namespace: 'team-a', readerGroups: ['team-a-developers'] },
      { namespace: 'team-b' },
    ],
    ...(outdir === undefined ? {} : { outdir }),
  });
}

/** Every object of the app. */
export function exampleManifests(): Manifest[] {
  return manifestsOf(...exampleApp().charts);
}

/** The objects of the platform alone. */
export function platformManifests(): Manifest[] {
  return manifestsOf(exampleApp().platform);
}
