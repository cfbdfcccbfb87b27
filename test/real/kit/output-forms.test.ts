import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OVERLAYS_FOLDER } from '../../../charts/layout.ts';
import { TenancyApp } from '../../../charts/tenancy-app.ts';
import { TENANTS } from '../../../charts/tenants.ts';
import { at, type Manifest, only, PLACEHOLDER } from '../../lib/support/manifests.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { describeReal } from '../harness/skip.ts';
import { buildKustomization } from './overlays.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const FORMS = ['files', 'folders'] as const;

await describeReal('the forms of the output that Kustomize reads', ['kubectl'], () => {
  let folder: TempFolder;

  const pathOf = (form: string): string => join(folder.path, form);

  beforeAll(async () => {
    folder = await tempFolder('output-forms');
    for (const output of FORMS) {
      const outdir = pathOf(output);
      new TenancyApp({ runtime: PLACEHOLDER, tenants: TENANTS, outdir, output }).synth();
    }
  });

  afterAll(() => folder.remove());

  it('are the same objects', async () => {
    const files = await buildKustomization(pathOf('files'));
    const folders = await buildKustomization(pathOf('folders'));
    expect(files.length).toBeGreaterThan(50);
    expect(folders).toHaveLength(files.length);
    expect(folders).toEqual(expect.arrayContaining([...files]));
  });

  it.each(FORMS)('hand on what Kustomize is taught of operator resources: %s', async (form) => {
    const kustomization = {
      resources: [`./${form}`],
      images: [{ name: 'quay.io/prometheus/prometheus', newName: 'mirror/prometheus' }],
    };
    const above = join(folder.path, `above-${form}`);
    await cp(pathOf(form), join(above, form), { recursive: true });
    await writeFile(join(above, 'kustomization.yaml'), JSON.stringify(kustomization));
    const prometheus: Manifest = only(await buildKustomization(above), 'Prometheus');
    expect(at(prometheus.spec, 'image')).toMatch(/^mirror\/prometheus:v/);
  });

  it.each(FORMS)('move to another namespace by the same component: %s', async (form) => {
    const moved = join(folder.path, `moved-${form}`);
    await cp(pathOf(form), join(moved, form), { recursive: true });
    const kustomization = {
      resources: [`./${form}`, 'namespace.yaml'],
      components: [`./${form}/platform-namespace`],
    };
    const named = join(PROJECT, OVERLAYS_FOLDER, 'other-namespace', 'namespace.yaml');
    await cp(named, join(moved, 'namespace.yaml'));
    await writeFile(join(moved, 'kustomization.yaml'), JSON.stringify(kustomization));
    const namespaces = (await buildKustomization(moved)).map((it) => it.metadata.namespace);
    expect(namespaces).toContain('observability');
    expect(namespaces).not.toContain('monitoring');
  });
});
