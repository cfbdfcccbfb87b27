import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, type Json, listAt, type Manifest } from '../../lib/support/manifests.ts';
import type { TestCluster } from '../harness/kubernetes.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import { poll } from '../harness/poll.ts';

/** The pattern by which kubeconform finds the files of {@link writeApiSchemas}. */
export const SCHEMA_FILES = '{{ .ResourceKind }}_{{ .Group }}_{{ .ResourceAPIVersion }}.json';

/**
 * Writes the schema of each kind of object that is in manifests, as the API server publishes it. Those of
 * custom resources are among them once their definitions are installed.
 *
 * What the server would drop or refuse as unknown, the schema refuses, too.
 *
 * @returns The number of files.
 * @throws {Error} If the server publishes no schema for a kind.
 */
export async function writeApiSchemas(
  cluster: TestCluster,
  manifests: readonly Manifest[],
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const kinds = new Set(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  const documents = new Map<string, Json>();
  for (const it of kinds) {
    const [apiVersion = '', kind = ''] = it.split(' ');
    const document = documents.get(apiVersion) ?? (await openApi(cluster, apiVersion));
    documents.set(apiVersion, document);
    const [version = '', group = ''] = apiVersion.split('/').toReversed();
    const schemas = Object.entries(at(document, 'components', 'schemas') ?? {});
    const [name] =
      schemas.find(([, schema]: [string, Json]) =>
        listAt(schema, 'x-kubernetes-group-version-kind').some(
          (gvk) =>
            at(gvk, 'group') === group &&
            at(gvk, 'version') === version &&
            at(gvk, 'kind') === kind,
        ),
      ) ?? [];
    if (name === undefined) throw new Error(`the API server publishes no schema of ${it}`);
    const schema = {
      $ref: `#/components/schemas/${name}`,
      components: { schemas: closed(Object.fromEntries(schemas)) },
    };
    // kubeconform takes what stands before a slash, or else the version, for the group.
    const file = `${kind.toLowerCase()}_${group === '' ? version : group}_${version}.json`;
    await writeFile(join(folder, file), JSON.stringify(schema));
  }
  return kinds.size;
}

// The server publishes a definition a while after it has taken it.
async function openApi(cluster: TestCluster, apiVersion: string): Promise<Json> {
  const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  return poll(
    async () => {
      const root = await readRaw(cluster, '/openapi/v3');
      const url = at(root, 'paths', path, 'serverRelativeURL');
      return typeof url === 'string' ? readRaw(cluster, url) : undefined;
    },
    { what: `a schema of ${apiVersion}` },
  );
}

// The server calls these documents plain text.
async function readRaw(cluster: TestCluster, url: string): Promise<Json> {
  return JSON.parse((await mustKubectl(cluster.kubectl, ['get', '--raw', url])).stdout);
}

// An object whose fields are listed has no others, unless it says that it keeps them.
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, it]: [string, Json]) => [key, closed(it)]);
  const copy = Object.fromEntries(entries) as Record<string, Json>;
  const listsFields =
    typeof copy['properties'] === 'object' && !('type' in copy && copy['type'] !== 'object');
  const isOpen =
    'additionalProperties' in copy || copy['x-kubernetes-preserve-unknown-fields'] === true;
  return listsFields && !isOpen ? { ...copy, additionalProperties: false } : copy;
}
