import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { OPERATOR_FIELDS, OPERATOR_FIELDS_FILE } from '../../../charts/operator-fields.ts';
import { at, type Json, listAt, type Manifest, only } from '../../lib/support/manifests.ts';
import { tempFolder } from '../harness/places.ts';
import { describeReal } from '../harness/skip.ts';
import { buildKustomization } from './overlays.ts';

const IMAGE = 'quay.io/thanos/thanos';
const REFERRED = 'referred';

// Which fields on these ways are lists; of all others the way is a map.
const LISTS = [
  'volumes',
  'sources',
  'containers',
  'env',
  'imagePullSecrets',
  'alertmanagers',
  'valuesFrom',
];
const LISTS_OF_NAMES = ['secrets', 'configMaps'];

interface Reference {
  readonly path: string;
  readonly group: string;
  readonly kind: string;
  readonly of: string;
}

const REFERENCES: readonly Reference[] = OPERATOR_FIELDS.nameReference.flatMap((it) =>
  it.fieldSpecs
    // Policies of admission have no namespace, and need other objects around them.
    .filter(({ group = '' }) => !group.endsWith('.k8s.io'))
    .map(({ group = '', kind, path }): Reference => ({ path, group, kind, of: it.kind })),
);

/** A resource of the operator in which one way ends at a value. */
function resourceWith(field: Omit<Reference, 'of'>, value: Json): Manifest {
  const { group, kind, path } = field;
  const [root, ...rest] = path.split('/');
  const nested = rest.reduceRight<Json>((inner, key) => {
    const isList = LISTS.includes(key) || LISTS_OF_NAMES.includes(key);
    return { [key]: isList ? [inner] : inner };
  }, value);
  const metadata = { name: 'it', namespace: 'monitoring' };
  return { apiVersion: `${group}/v1`, kind, metadata, [root ?? '']: nested };
}

function valueAt(manifest: Manifest, path: string): Json {
  return path.split('/').reduce<Json>((it, key) => {
    const next = at(it, key);
    return Array.isArray(next) ? listAt(it, key)[0] : next;
  }, manifest);
}

async function render(
  objects: readonly object[],
  fields: object,
  configurations: readonly string[] = [OPERATOR_FIELDS_FILE],
): Promise<readonly Manifest[]> {
  const folder = await tempFolder('kustomize-fields');
  try {
    const write = (name: string, content: unknown): Promise<void> =>
      writeFile(join(folder.path, name), JSON.stringify(content));
    const resources = objects.map((_, index) => `${index}.yaml`);
    for (const [index, it] of objects.entries()) await write(`${index}.yaml`, it);
    await write(OPERATOR_FIELDS_FILE, OPERATOR_FIELDS);
    await write('kustomization.yaml', { ...fields, configurations, resources });
    return await buildKustomization(folder.path);
  } finally {
    await folder.remove();
  }
}

await describeReal('what Kustomize is taught of the resources of the operator', ['kubectl'], () => {
  it('is names, images and replicas', () => {
    expect(REFERENCES.length).toBeGreaterThan(20);
    expect(OPERATOR_FIELDS.images.map(({ path }) => path)).toContain('spec/thanos/image');
  });

  it.each(REFERENCES)('finds $of renamed at $path of $kind', async (field) => {
    const { kind, of, path } = field;
    const objects = [
      { apiVersion: 'v1', kind: of, metadata: { name: REFERRED, namespace: 'monitoring' } },
      resourceWith(field, REFERRED),
    ];
    const taught = await render(objects, { namePrefix: 'new-' });
    expect(valueAt(only(taught, kind), path)).toBe(`new-${REFERRED}`);
    const untaught = await render(objects, { namePrefix: 'new-' }, []);
    expect(valueAt(only(untaught, kind), path)).toBe(REFERRED);
  });

  it.each(OPERATOR_FIELDS.images)('replaces the image at $path of $kind', async (field) => {
    const objects = [resourceWith({ group: '', ...field }, `${IMAGE}:v1`)];
    const images = [{ name: IMAGE, newName: 'mirror/thanos', newTag: 'v2' }];
    const taught = await render(objects, { images });
    expect(valueAt(only(taught, field.kind), field.path)).toBe('mirror/thanos:v2');
    const untaught = await render(objects, { images }, []);
    expect(valueAt(only(untaught, field.kind), field.path)).toBe(`${IMAGE}:v1`);
  });

  it.each(OPERATOR_FIELDS.replicas)('counts the pods of $kind', async (field) => {
    const { kind, path } = field;
    const objects = [resourceWith({ group: '', ...field }, 2)];
    const taught = await render(objects, { replicas: [{ name: 'it', count: 5 }] });
    expect(valueAt(only(taught, kind), path)).toBe(5);
  });
});
