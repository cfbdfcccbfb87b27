import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { at, type Json, listAt, type Manifest, only } from '../../lib/support/manifests.ts';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { SCHEMA_FILES, writeApiSchemas } from './api-schemas.ts';
import { copyOverlays, KUSTOMIZATIONS, type OverlayFolder } from './overlays.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds', 'kubeconform'] as const;

await describeReal('kubeconform, by the schemas of the API server', PARTS, () => {
  let overlays: OverlayFolder;
  let dist: readonly Manifest[];
  let schemas: string;

  beforeAll(async () => {
    overlays = await copyOverlays();
    dist = await overlays.render('dist');
    schemas = join(overlays.folder.path, 'schemas');
    const cluster = await startOperatorCluster();
    try {
      await writeApiSchemas(cluster, dist, schemas);
    } finally {
      await cluster.stop();
    }
  });

  afterAll(() => overlays.folder.remove());

  interface Verdict {
    readonly valid: number;
    /** What is wrong, one sentence for each object that is not valid, was skipped or gave an error. */
    readonly problems: readonly string[];
  }

  const judge = async (manifests: readonly Json[]): Promise<Verdict> => {
    const file = join(overlays.folder.path, 'judged.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
    const location = join(schemas, SCHEMA_FILES);
    const args = ['-strict', '-summary', '-output', 'json', '-schema-location', location, file];
    // Any look-up in the network fails here: there are only the files.
    const { stdout } = await runProgram(await partBinary('kubeconform'), args, {
      env: { HTTPS_PROXY: 'http://127.0.0.1:9' },
    });
    const answer: Json = JSON.parse(stdout);
    return {
      valid: Number(at(answer, 'summary', 'valid')),
      problems: listAt(answer, 'resources').map(
        (it) => `${String(at(it, 'kind'))} ${String(at(it, 'name'))}: ${String(at(it, 'msg'))}`,
      ),
    };
  };

  it.each(KUSTOMIZATIONS)('finds every object valid: %s', async (name) => {
    const manifests = await overlays.render(name);
    expect(await judge(manifests)).toEqual({ valid: manifests.length, problems: [] });
  });

  it.each<[string, string, readonly string[], Json, RegExp]>([
    [
      'an unknown field of an operator resource',
      'Prometheus',
      ['spec'],
      { enforcedLabelLimits: 1 },
      /enforcedLabelLimits/,
    ],
    ['a text for a number', 'Prometheus', ['spec'], { replicas: 'two' }, /replicas/],
    ['an unknown field of a core object', 'ClusterRole', ['metadata'], { label: {} }, /label/],
    [
      'a misspelt field deep inside',
      'PodDisruptionBudget',
      ['spec', 'selector'],
      { matchLabel: {} },
      /matchLabel/,
    ],
  ])('refuses %s', async (_what, kind, path, spoilt, says) => {
    const [first] = dist.filter((it) => it.kind === kind);
    const manifest = structuredClone(first);
    Object.assign(at(manifest, ...path) as object, spoilt);
    const { problems, valid } = await judge([manifest]);
    expect(valid).toBe(0);
    expect(problems).toEqual([expect.stringMatching(says)]);
  });

  it('refuses a kind for which there is no schema', async () => {
    const planted = { ...only(dist, 'Prometheus'), kind: 'Prometheuses' };
    const { problems, valid } = await judge([planted]);
    expect(valid).toBe(0);
    expect(problems).toEqual([expect.stringContaining('could not find schema')]);
  });
});
