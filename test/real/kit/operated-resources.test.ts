import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { at, listAt, textsAt } from '../../lib/support/manifests.ts';
import { PLACED } from '../../lib/support/placement.ts';
import { exampleManifests } from '../../lib/support/platform.ts';
import { podTemplates } from '../../lib/support/pod-templates.ts';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { promtool } from '../harness/prometheus.ts';
import { awaitConfig } from '../harness/prometheus-operator.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import {
  barePodSpec,
  type OperatedCluster,
  operatedResources,
  planted,
  SIDECAR_ENV,
  startOperatedCluster,
} from './support/operated-resources.ts';
import { factsOf, isNoMount } from './support/pod-facts.ts';
import { restrictedNamespace, type TryPod } from './support/restricted-namespace.ts';
import { webSecrets, withCertificateFiles } from './support/web-secrets.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'promtool',
] as const;

const OPERATED = operatedResources();

// What the platform as it is shipped has scraped of itself.
const SCRAPES = exampleManifests()
  .filter(({ kind }) => kind === 'ScrapeConfig')
  .map((it) => ({ ...it, metadata: { ...it.metadata, namespace: 'shipped' } }));

await describeReal('what the operator makes of the resources of the kit', PARTS, () => {
  let operated: OperatedCluster;
  let tryPod: TryPod;
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await tempFolder('operated');
    operated = await startOperatedCluster();
    tryPod = await restrictedNamespace(operated.cluster);
  });

  afterAll(async () => {
    await operated.stop();
    await folder.remove();
  });

  it('is pods of these kinds', () => {
    const kinds = OPERATED.map(({ manifest }) => manifest.kind);
    const rulers = ['ThanosRuler', 'ThanosRuler'];
    expect(kinds.toSorted()).toEqual([...Array<string>(4).fill('Prometheus'), ...rulers]);
  });

  it.each(OPERATED)(
    'is a pod that is taken where restricted is enforced: $title',
    async (resource) => {
      const spec = barePodSpec(await operated.podTemplateOf(resource));
      const { body, status } = await tryPod(spec);
      expect([status, readPath(body, 'message')]).toEqual([201, undefined]);
    },
  );

  it.each(OPERATED)('runs where the resource says: $title', async (resource) => {
    const template = await operated.podTemplateOf(resource);
    const isPlaced = resource.manifest.metadata.namespace === 'placed';
    for (const [field, value] of Object.entries(PLACED)) {
      expect([field, at(template, 'spec', field)]).toEqual([field, isPlaced ? value : undefined]);
    }
    const annotations = textsAt(template, 'metadata', 'annotations');
    expect(annotations['mesh.example.org/inject']).toBe(isPlaced ? 'false' : undefined);
  });

  it('gives the sidecar its variables, beside those of the operator', async () => {
    const [guarded] = OPERATED.filter(({ manifest }) => manifest.metadata.namespace === 'guarded');
    if (guarded === undefined) throw new Error('there is none');
    const template = await operated.podTemplateOf(guarded);
    const containers = listAt(template, 'spec', 'containers');
    const [sidecar, ...others] = containers.filter((it) => at(it, 'name') === 'thanos-sidecar');
    expect(others).toEqual([]);
    const given = Object.entries(SIDECAR_ENV).map(([name, value]) => ({ name, value }));
    expect(listAt(sidecar, 'env')).toEqual(expect.arrayContaining(given));
    expect(listAt(sidecar, 'args')).toContain('sidecar');
  });

  it.each<[string, (name: string) => object, RegExp]>([
    [
      'a privileged container',
      (name) => ({
        containers: [
          { name, securityContext: { privileged: true, allowPrivilegeEscalation: true } },
        ],
      }),
      /\bprivileged \(container "(?:prometheus|thanos-ruler)" must not/,
    ],
    [
      'the superuser',
      () => ({ securityContext: { runAsUser: 0, runAsNonRoot: false } }),
      /runAsUser=0/,
    ],
  ])('is refused there with %s', async (how, fieldsOf, reason) => {
    const tried = OPERATED.map(async (resource, index) => {
      const name = resource.manifest.kind === 'Prometheus' ? 'prometheus' : 'thanos-ruler';
      const suffix = `${how.replaceAll(' ', '-')}-${index}`;
      const bad = planted(resource, suffix, fieldsOf(name));
      return tryPod(barePodSpec(await operated.podTemplateOf(bad)));
    });
    for (const { body, status } of await Promise.all(tried)) {
      const message = String(readPath(body, 'message'));
      expect(status).toBe(403);
      expect(message).toMatch(/violates PodSecurity "restricted/);
      expect(message).toMatch(reason);
    }
  });

  it.each(OPERATED)(
    'is what checks without a cluster take the pod of $title for',
    async (resource) => {
      const [template] = podTemplates([resource.manifest]);
      if (template === undefined) throw new Error('it is told of no pod');
      const told = factsOf(template);
      const operators = await operated.podTemplateOf(resource);
      const labels = textsAt(operators, 'metadata', 'labels');
      const made = factsOf({ labels, spec: barePodSpec(operators) });
      expect(made.labels).toMatchObject(told.labels);
      expect(made.identity).toEqual(told.identity);
      expect(made.volumes).toEqual(expect.arrayContaining([...told.volumes]));
      expect(made.containers).toEqual(expect.arrayContaining([...told.containers]));
      // Neither a container nor a port is left untold.
      expect(made.containers.filter(isNoMount).toSorted()).toEqual(
        told.containers.filter(isNoMount).toSorted(),
      );
    },
  );

  it.each(OPERATED.filter(({ manifest }) => manifest.kind === 'Prometheus'))(
    'is a configuration that Prometheus accepts: $title',
    async ({ manifest, title }) => {
      const { name, namespace = '' } = manifest.metadata;
      const certificate = selfSignedCertificate(['localhost']);
      const scrapes = SCRAPES.filter(({ metadata }) => metadata.namespace === namespace);
      expect(scrapes.length > 0).toBe(namespace === 'shipped');
      await operated.cluster.apply([
        { ...manifest },
        ...webSecrets(namespace, certificate),
        ...scrapes,
      ]);
      const file = join(folder.path, `${title.replaceAll(' ', '-')}.yaml`);
      const check = async (text: string): Promise<number | null> => {
        await writeFile(file, text);
        const { exitCode, stderr } = await promtool(['check', 'config', file]);
        expect(stderr === '').toBe(exitCode === 0);
        return exitCode;
      };
      const config = await awaitConfig(operated.cluster, { namespace, name }, (it) =>
        [
          'external_labels:',
          ...scrapes.map(({ metadata }) => `job_name: scrapeConfig/shipped/${metadata.name}\n`),
        ].every((line) => it.includes(line)),
      );
      const usable = await withCertificateFiles(config, folder.path, certificate);
      expect(await check(usable)).toBe(0);
      expect(await check(usable.replace('external_labels:', 'external_lables:'))).not.toBe(0);
    },
  );
});
