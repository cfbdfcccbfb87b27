import { bundleRuntime } from '../frontend/bundle.ts';
import { writeKustomization } from './kustomization.ts';
import { TenancyApp } from './tenancy-app.ts';
import { TENANTS } from './tenants.ts';

const app = new TenancyApp({ runtime: await bundleRuntime('query-frontend'), tenants: TENANTS });
app.synth();
writeKustomization(app.outdir);
