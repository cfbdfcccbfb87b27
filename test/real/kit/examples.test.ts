import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Manifest, readManifests } from '../../support/manifest-workload.ts';
import { writeReadmeApp } from '../../support/readme-app.ts';
import { PROJECT } from '../../support/source-files.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { certificateCrdFile } from '../harness/cert-manager.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import type { ProgramResult } from '../harness/processes.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { resourceVersions } from './resource-versions.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds', 'certificate-crd'] as const;
const SERVER_SIDE = ['apply', '--server-side', '--validate=strict', '--filename=-'] as const;
const SNIPPETS = join(PROJECT, 'docs', 'snippets');
const README_APP = 'README.md';
const EXAMPLES = [README_APP, ...readdirSync(SNIPPETS).toSorted()];

// Not a List: kubectl would check that against its own idea of the fields, not the server's.
const documents = (objects: readonly object[]): string =>
  objects.map((it) => JSON.stringify(it)).join('\n');

await describeReal('the examples of the documents, applied to the API server', PARTS, () => {
  const manifestsOf = new Map<string, readonly Manifest[]>();
  let cluster: TestCluster;
  let folder: TempFolder;
  let readmeFolder = '';
  let left: readonly object[] = [];

  const synth = async (example: string): Promise<readonly Manifest[]> => {
    const app = example === README_APP ? join(readmeFolder, 'example.ts') : join(SNIPPETS, example);
    const outdir = join(folder.path, example);
    process.env['CDK8S_OUTDIR'] = outdir;
    await import(pathToFileURL(app).href);
    return readManifests(outdir);
  };

  beforeAll(async () => {
    folder = await tempFolder('examples');
    readmeFolder = await writeReadmeApp();
    // What users find in the package, and the examples take the code of the runtime from.
    const { status, stderr } = spawnSync(process.execPath, ['frontend/bundle.ts'], {
      cwd: PROJECT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    for (const example of EXAMPLES) manifestsOf.set(example, await synth(example));
    cluster = await startKubeApiserver();
    await cluster.installCrds(await operatorCrdFolder(), await certificateCrdFile());
    for (const name of ['monitoring', 'team-a']) {
      await cluster.createNamespace(name, { 'pod-security.kubernetes.io/warn': 'restricted' });
    }
  }, 300_000);

  afterAll(async () => {
    delete process.env['CDK8S_OUTDIR'];
    await cluster?.stop();
    await folder?.remove();
    if (readmeFolder !== '') await rm(readmeFolder, { recursive: true });
  });

  // The next example has objects of the same names with other, immutable fields.
  afterEach(async () => {
    const args = ['delete', '--filename=-', '--ignore-not-found', '--wait=false'];
    if (left.length > 0) await mustKubectl(cluster.kubectl, args, documents(left));
    left = [];
  });

  const take = async (args: readonly string[], objects: readonly object[]): Promise<string> => {
    left = objects;
    const { stderr, stdout } = await mustKubectl(cluster.kubectl, args, documents(objects));
    expect(stderr).toBe('');
    return stdout;
  };

  const tryOut = (objects: readonly object[]): Promise<ProgramResult> =>
    cluster.kubectl([...SERVER_SIDE, '--dry-run=server'], { stdin: documents(objects) });

  /** Applies objects and gives their resource versions, which the API server answers with. */
  const applyServerSide = async (
    objects: readonly Manifest[],
  ): Promise<ReadonlyMap<string, string>> => {
    const answer: unknown = JSON.parse(await take([...SERVER_SIDE, '--output=json'], objects));
    const items = readPath(answer, 'items') ?? [answer];
    return new Map(
      (items as readonly Manifest[]).map(({ kind, metadata }) => [
        `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
        readString(metadata, 'resourceVersion'),
      ]),
    );
  };

  /** Waits until the API server has written the status that it gives to flow schemas itself. */
  const settle = async (objects: readonly Manifest[]): Promise<ReadonlyMap<string, string>> => {
    const schemas = objects.filter(({ kind }) => kind === 'FlowSchema');
    for (const { metadata } of schemas) {
      const what = ['--for=condition=Dangling=False', 'FlowSchema', metadata.name];
      await mustKubectl(cluster.kubectl, ['wait', '--timeout=60s', ...what]);
    }
    return resourceVersions(cluster, schemas);
  };

  it.each(EXAMPLES)('%s is taken without a warning, and changes nothing again', async (name) => {
    const manifests = manifestsOf.get(name) ?? [];
    expect(manifests).not.toEqual([]);
    const applied = await applyServerSide(manifests);
    expect(applied.size).toBe(manifests.length);
    const first = new Map([...applied, ...(await settle(manifests))]);
    expect(await applyServerSide(manifests)).toEqual(first);
  });

  it.each(EXAMPLES)('%s is created by a plain apply', async (name) => {
    const manifests = manifestsOf.get(name) ?? [];
    const lines = (await take(['apply', '--filename=-'], manifests)).trim().split('\n');
    expect(lines.filter((line) => line.endsWith(' created'))).toHaveLength(manifests.length);
  });

  it('are refused with a misspelt field, in an object of any kind', async () => {
    const all = [...manifestsOf.values()].flat();
    const kinds = new Map(all.map((it) => [it.kind, it]));
    expect(kinds.size).toBeGreaterThan(15);
    expect(await tryOut([...kinds.values()])).toMatchObject({ exitCode: 0, stderr: '' });
    const planted = [...kinds.values()].map((it) =>
      typeof it['spec'] === 'object'
        ? { ...it, spec: { ...it['spec'], [`misspelt${it.kind}`]: 1 } }
        : { ...it, [`misspelt${it.kind}`]: 1 },
    );
    const { exitCode, stderr } = await tryOut(planted);
    expect(exitCode).not.toBe(0);
    const accepted = [...kinds.keys()].filter((kind) => !stderr.includes(`misspelt${kind}`));
    expect(accepted).toEqual([]);
  });

  it('would be noticed with a change, and with a warning', async () => {
    const manifests = manifestsOf.get('hashed-config-map.ts') ?? [];
    const first = await applyServerSide(manifests);
    const changed = manifests.map((it) => ({
      ...it,
      metadata: { ...it.metadata, annotations: { changed: 'true' } },
    }));
    expect(await applyServerSide(changed)).not.toEqual(first);
    const containers = [{ name: 'it', image: 'example' }];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'it', namespace: 'team-a' } };
    const { stderr } = await tryOut([{ ...pod, spec: { containers } }]);
    expect(stderr).toContain('would violate PodSecurity "restricted');
  });
});
