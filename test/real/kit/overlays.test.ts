import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EXPECTED_NAMESPACES } from './dist-folder.ts';
import { allProblems } from '../../charts/checks/all-problems.ts';
import { at, type Json, listAt, type Manifest, only } from '../../lib/support/manifests.ts';
import { podTemplates } from '../../lib/support/pod-templates.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import { tempFolder } from '../harness/places.ts';
import { describeReal } from '../harness/skip.ts';
import {
  buildKustomization,
  copyOverlays,
  KUSTOMIZATIONS,
  type OverlayFolder,
} from './overlays.ts';
import { resourceVersions } from './resource-versions.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

// The namespace as a word of its own, and not the operator's API group.
const OLD_NAMESPACE = /(?<![\w-])monitoring(?![\w-]|\.coreos\.com)/;

// Dashboards and alerts are a component that has the same name.
const COMPONENT = '"app.kubernetes.io/component":"monitoring"';

/** The objects that name the platform's namespace of before, anywhere in them. */
function stillThere(manifests: readonly Manifest[]): string[] {
  return manifests
    .map((it) => ({ ...it, data: withoutCode(it) }))
    .filter((it) => OLD_NAMESPACE.test(JSON.stringify(it).replaceAll(COMPONENT, '')))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function withoutCode(manifest: Manifest): Json {
  const data = at(manifest, 'data') ?? {};
  return Object.fromEntries(Object.entries(data).filter(([name]) => !name.endsWith('.mjs')));
}

function replicas(manifests: readonly Manifest[]): Record<string, Json> {
  return Object.fromEntries(
    manifests
      .filter((it) => at(it.spec, 'replicas') !== undefined)
      .map((it) => [`${it.kind} ${it.metadata.name}`, at(it.spec, 'replicas')]),
  );
}

function claims(manifests: readonly Manifest[]): Record<string, Json> {
  const size = ['spec', 'resources', 'requests', 'storage'] as const;
  return Object.fromEntries(
    manifests.flatMap((it) =>
      [...listAt(it.spec, 'volumeClaimTemplates'), at(it.spec, 'storage', 'volumeClaimTemplate')]
        .filter((claim) => claim !== undefined)
        .map((claim) => [it.metadata.name, at(claim, ...size)]),
    ),
  );
}

await describeReal('the overlays', PARTS, () => {
  let overlays: OverlayFolder;

  beforeAll(async () => {
    overlays = await copyOverlays();
  });

  afterAll(() => overlays.folder.remove());

  it('are these', () => {
    expect(KUSTOMIZATIONS).toEqual(['dist', 'dev', 'other-namespace', 'production']);
  });

  it.each(KUSTOMIZATIONS)('refer to nothing that is not there: %s', async (name) => {
    const manifests = await overlays.render(name);
    expect(podTemplates(manifests).length).toBeGreaterThanOrEqual(6);
    expect(allProblems(manifests)).toEqual([]);
  });

  it.each(KUSTOMIZATIONS)(
    'are applied strictly, change nothing next time, and are taken by a plain apply: %s',
    async (name) => {
      const manifests = await overlays.render(name);
      const namespaces = [...EXPECTED_NAMESPACES, 'observability'];
      const cluster = await startOperatorCluster({ namespaces });
      try {
        const path = overlays.pathOf(name);
        const args = ['apply', '--server-side', '--validate=strict', '--kustomize', path];
        const apply = async (): Promise<ReadonlyMap<string, string>> => {
          const { stderr, stdout } = await mustKubectl(cluster.kubectl, args);
          expect(stderr).toBe('');
          expect(stdout.trim().split('\n')).toHaveLength(manifests.length);
          return resourceVersions(cluster, manifests);
        };
        const first = await apply();
        expect(first.size).toBe(manifests.length);
        expect(await apply()).toEqual(first);
        await mustKubectl(cluster.kubectl, ['delete', '--kustomize', path]);
        const plain = await mustKubectl(cluster.kubectl, ['apply', '--kustomize', path]);
        expect(plain.stderr).toBe('');
        const lines = plain.stdout.trim().split('\n');
        expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
        expect(lines).toHaveLength(manifests.length);
      } finally {
        await cluster.stop();
      }
    },
    300_000,
  );

  it('move everything of the platform to another namespace, and nothing of a tenant', async () => {
    const before = await overlays.render('dist');
    const after = await overlays.render('other-namespace');
    expect(stillThere(before).length).toBeGreaterThan(20);
    expect(stillThere(after)).toEqual([]);
    expect(after).toHaveLength(before.length);
    const count = (manifests: readonly Manifest[], namespace: string): number =>
      manifests.filter((it) => it.metadata.namespace === namespace).length;
    expect(count(after, 'observability')).toBe(count(before, 'monitoring'));
    for (const tenant of ['team-a', 'team-b']) {
      expect(count(before, tenant)).toBeGreaterThan(0);
      expect(count(after, tenant)).toBe(count(before, tenant));
    }
  });

  it('cannot be had by the field of Kustomize, which would move the tenants on top of each other', async () => {
    const folder = await tempFolder('moved');
    const lines = ['namespace: observability', 'resources:', '  - dist'];
    await writeFile(join(folder.path, 'kustomization.yaml'), `${lines.join('\n')}\n`);
    await cp(overlays.pathOf('dist'), join(folder.path, 'dist'), { recursive: true });
    await expect(buildKustomization(folder.path)).rejects.toThrow(/ID conflict.*metrics-reader/s);
    await folder.remove();
  });

  it('run one of each for development, without budgets, on small volumes', async () => {
    const manifests = await overlays.render('dev');
    const counts = replicas(manifests);
    expect(Object.keys(counts).length).toBeGreaterThanOrEqual(6);
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
    expect(manifests.filter((it) => it.kind === 'PodDisruptionBudget')).toEqual([]);
    expect(new Set(Object.values(claims(manifests)))).toEqual(new Set(['1Gi', '5Gi']));
    for (const { spec } of podTemplates(manifests).filter(
      (it) => it.owner !== 'Prometheus tenancy',
    )) {
      expect(at(spec, 'containers', 0, 'resources', 'requests')).toEqual({
        cpu: '10m',
        memory: '64Mi',
      });
    }
  });

  it('run more for production, on larger volumes', async () => {
    const manifests = await overlays.render('production');
    const before = replicas(await overlays.render('dist'));
    const counts = replicas(manifests);
    for (const [name, count] of Object.entries(before)) {
      expect(Number(counts[name])).toBeGreaterThanOrEqual(Number(count));
    }
    expect(counts).toMatchObject({
      'Deployment tenant-query-frontend': 3,
      'Deployment thanos-query-frontend': 3,
      'Deployment thanos-querier': 3,
      'StatefulSet thanos-store-gateway': 3,
    });
    expect(claims(manifests)).toMatchObject({
      tenancy: '200Gi',
      'thanos-store-gateway': '50Gi',
      'thanos-compactor': '500Gi',
    });
  });

  it('inherit what Kustomize has to know of the resources of the operator', async () => {
    const folder = await tempFolder('transformed');
    await cp(overlays.pathOf('dist'), join(folder.path, 'dist'), { recursive: true });
    await writeFile(
      join(folder.path, 'kustomization.yaml'),
      JSON.stringify({
        resources: ['dist'],
        images: [
          { name: 'quay.io/prometheus/prometheus', newName: 'mirror/prometheus' },
          { name: 'quay.io/thanos/thanos', newName: 'mirror/thanos' },
        ],
        replicas: [{ name: 'tenancy', count: 4 }],
        secretGenerator: [
          { name: 'thanos-objstore-secret', namespace: 'monitoring', literals: ['thanos.yaml={}'] },
        ],
      }),
    );
    const manifests = await buildKustomization(folder.path);
    await folder.remove();
    expect(JSON.stringify(manifests)).not.toMatch(/quay\.io\/(?:thanos|prometheus)\//);
    const prometheus = only(manifests, 'Prometheus');
    expect(at(prometheus.spec, 'replicas')).toBe(4);
    const secret = at(prometheus.spec, 'volumes', 0, 'secret', 'secretName');
    expect(secret).toMatch(/^thanos-objstore-secret-[a-z0-9]{10}$/);
    expect(only(manifests, 'Secret', String(secret)).metadata.namespace).toBe('monitoring');
  });
});
