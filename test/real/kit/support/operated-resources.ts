import { NetworkDestination, TenantPrometheus, GrpcTls, WebAccess } from '../../../../lib/index.ts';
import { everyThanos } from '../../../lib/support/every-thanos.ts';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  manifestsOf,
  platformChart,
  textAt,
} from '../../../lib/support/manifests.ts';
import { PLACEMENT } from '../../../lib/support/placement.ts';
import { exampleManifests } from '../../../lib/support/platform.ts';
import { operatorCrdFolder } from '../../harness/build-part.ts';
import { startKubeApiserver, type TestCluster } from '../../harness/kubernetes.ts';
import { poll } from '../../harness/poll.ts';
import { startPrometheusOperator } from '../../harness/prometheus-operator.ts';
import { forPlatform } from '../../harness/prometheus-resource.ts';

/** A resource of which the operator makes pods. Its namespace says where it comes from. */
export interface OperatedResource {
  /** Namespace, kind and name. */
  readonly title: string;
  readonly manifest: Manifest;
}

/** A cluster with the operator. */
export interface OperatedCluster {
  readonly cluster: TestCluster;
  /** Has the operator make a StatefulSet of a resource, and gives the pod template in it. */
  readonly podTemplateOf: (resource: OperatedResource) => Promise<Json>;
  readonly stop: () => Promise<void>;
}

/** What the sidecar of the guarded one is given. */
export const SIDECAR_ENV: Readonly<Record<string, string>> = { HTTPS_PROXY: 'http://proxy:3128' };

const NAMESPACES = ['shipped', 'everything', 'guarded', 'placed', 'planted'] as const;

/**
 * Every such resource: as shipped, in an installation of everything, with a guarded web port, and told
 * where to run.
 */
export function operatedResources(): readonly OperatedResource[] {
  const everything = everyThanos({ grpcTls: GrpcTls.fromSecrets(), memcached: true });
  return [
    ...resourcesAmong('shipped', exampleManifests()),
    ...resourcesAmong('everything', manifestsOf(everything)),
    ...resourcesAmong('guarded', guardedPrometheus()),
    ...resourcesAmong('placed', manifestsOf(everyThanos({ placement: PLACEMENT }))),
  ];
}

/** The same resource, under another name, with fields in its `spec` that the kit would never write. */
export function planted(
  { manifest, title }: OperatedResource,
  name: string,
  fields: object,
): OperatedResource {
  const metadata = { ...manifest.metadata, name, namespace: 'planted' };
  const spec = { ...(manifest.spec as object), ...fields };
  return { title: `${title}, planted as ${name}`, manifest: { ...manifest, metadata, spec } };
}

/** Starts all of it. */
export async function startOperatedCluster(): Promise<OperatedCluster> {
  await using started = new AsyncDisposableStack();
  // As clusters have it; the server would refuse a privileged container before anybody else looks.
  const cluster = await startKubeApiserver({ apiserverFlags: ['--allow-privileged=true'] });
  started.defer(cluster.stop);
  await cluster.installCrds(await operatorCrdFolder());
  for (const name of NAMESPACES) await cluster.createNamespace(name);
  started.defer((await startPrometheusOperator(cluster)).stop);
  const kept = started.move();
  return {
    cluster,
    podTemplateOf: (resource) => podTemplateOf(cluster, resource),
    stop: () => kept.disposeAsync(),
  };
}

/**
 * The pod of a template as it is without its StatefulSet, which would bring the volumes of its claims.
 */
export function barePodSpec(template: Json): Readonly<Record<string, Json>> {
  const spec = at(template, 'spec') as object;
  const volumes = listAt(spec, 'volumes');
  const known = new Set(volumes.map((it) => at(it, 'name')));
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
  const mounted = containers.flatMap((it) =>
    listAt(it, 'volumeMounts').map((mount) => textAt(mount, 'name')),
  );
  const claimed = [...new Set(mounted)].filter((name) => !known.has(name));
  return {
    ...spec,
    volumes: [...volumes, ...claimed.map((name) => ({ name, emptyDir: {} }))],
  };
}

function resourcesAmong(
  namespace: (typeof NAMESPACES)[number],
  manifests: readonly Manifest[],
): readonly OperatedResource[] {
  return manifests
    .filter(({ kind }) => kind === 'Prometheus' || kind === 'ThanosRuler')
    .map((it) => ({
      title: `${namespace} ${it.kind} ${it.metadata.name}`,
      manifest: forPlatform({ ...it, metadata: { ...it.metadata, namespace } }),
    }));
}

function guardedPrometheus(): readonly Manifest[] {
  const chart = platformChart();
  void new TenantPrometheus(chart, 'prometheus', {
    cluster: 'main',
    webAccess: WebAccess.clientCertificates(),
    sidecarEnv: SIDECAR_ENV,
    alertmanagers: [
      {
        service: 'alertmanager-operated',
        namespace: 'alerting',
        network: NetworkDestination.pods({ namespace: 'alerting' }, [9_093]),
      },
    ],
  });
  return manifestsOf(chart);
}

async function podTemplateOf(
  cluster: TestCluster,
  { manifest, title }: OperatedResource,
): Promise<Json> {
  await cluster.apply([{ ...manifest }]);
  const { name, namespace = '' } = manifest.metadata;
  const prefix = manifest.kind === 'Prometheus' ? 'prometheus' : 'thanos-ruler';
  const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/${prefix}-${name}`;
  return poll(async () => at((await cluster.request('GET', path)).body, 'spec', 'template'), {
    what: `the operator to make pods of ${title}`,
  });
}
