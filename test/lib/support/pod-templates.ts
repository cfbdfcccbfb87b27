import { at, type Json, listAt, type Manifest, textAt, textsAt } from './manifests.ts';

/** The pods that an object makes. */
export interface PodTemplate {
  /** The object: kind and name. */
  readonly owner: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, Json>>;
}

/** Whether the operator makes the pods of an object. */
export function isOperated({ kind }: Manifest): boolean {
  return kind === 'Prometheus' || kind === 'ThanosRuler';
}

/**
 * Every pod template in the manifests. Those that the operator makes of its resources are told as far as
 * the resource decides them, which a test compares with what the operator writes.
 */
export function podTemplates(manifests: readonly Manifest[]): PodTemplate[] {
  return manifests.flatMap((manifest) => {
    const owner = `${manifest.kind} ${manifest.metadata.name}`;
    const namespace = manifest.metadata.namespace ?? '';
    if (manifest.kind === 'Prometheus') {
      const labels = {
        ...textsAt(manifest.spec, 'podMetadata', 'labels'),
        'app.kubernetes.io/instance': manifest.metadata.name,
      };
      return { owner, namespace, labels, spec: operatorPodSpec(manifest) };
    }
    if (manifest.kind === 'ThanosRuler') {
      const labels = textsAt(manifest.spec, 'podMetadata', 'labels');
      return [{ owner, namespace, labels, spec: operatorRulerSpec(manifest) }];
    }
    const template =
      at(manifest.spec, 'template') ?? at(manifest.spec, 'jobTemplate', 'spec', 'template');
    if (template === undefined) return [];
    const claims = listAt(manifest.spec, 'volumeClaimTemplates').map((claim) => ({
      name: textAt(claim, 'metadata', 'name'),
      emptyDir: {},
    }));
    const spec = textsAt(template, 'spec');
    return {
      owner,
      namespace,
      labels: textsAt(template, 'metadata', 'labels'),
      spec: { ...spec, volumes: [...listAt(spec, 'volumes'), ...claims] },
    };
  });
}

// What the operator writes into the StatefulSet of a ThanosRuler, as far as the resource decides it.
function operatorRulerSpec(ruler: Manifest): Record<string, Json> {
  const { spec } = ruler;
  const data = { name: 'thanos-ruler-data', mountPath: '/thanos/data' };
  return {
    serviceAccountName: at(spec, 'serviceAccountName'),
    securityContext: at(spec, 'securityContext'),
    volumes: [{ name: data.name, emptyDir: {} }, ...listAt(spec, 'volumes')],
    containers: [
      {
        name: 'thanos-ruler',
        image: at(spec, 'image'),
        ports: [
          { name: at(spec, 'portName'), containerPort: 10_902 },
          { name: 'grpc', containerPort: 10_901 },
        ],
        volumeMounts: [data, ...listAt(spec, 'volumeMounts')],
      },
      {
        name: 'config-reloader',
        image: 'quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0',
        ports: [{ name: 'reloader-web', containerPort: 8080 }],
      },
      ...listAt(spec, 'containers'),
    ],
  };
}

// What the operator writes into the StatefulSet of a Prometheus, as far as the resource decides it.
function operatorPodSpec(prometheus: Manifest): Record<string, Json> {
  const { spec } = prometheus;
  const data = { name: 'prometheus-db', mountPath: '/prometheus' };
  return {
    serviceAccountName: at(spec, 'serviceAccountName'),
    automountServiceAccountToken: at(spec, 'automountServiceAccountToken'),
    securityContext: at(spec, 'securityContext'),
    shareProcessNamespace: at(spec, 'reloadStrategy') === 'ProcessSignal',
    volumes: [{ name: 'prometheus-db', emptyDir: {} }, ...listAt(spec, 'volumes')],
    containers: [
      {
        name: 'prometheus',
        image: at(spec, 'image'),
        // Nobody else reaches a port on the loopback.
        ports:
          at(spec, 'listenLocal') === true
            ? []
            : [{ name: at(spec, 'portName'), containerPort: 9090 }],
        volumeMounts: [data, ...listAt(spec, 'volumeMounts'), ...addedMounts(spec, 'prometheus')],
      },
      {
        name: 'config-reloader',
        image: 'quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0',
        ports: [{ name: 'reloader-web', containerPort: 8080 }],
      },
      {
        name: 'thanos-sidecar',
        image: at(spec, 'thanos', 'image'),
        ports: [
          { name: 'http', containerPort: 10_902 },
          { name: 'grpc', containerPort: 10_901 },
        ],
        volumeMounts: [
          data,
          ...listAt(spec, 'thanos', 'volumeMounts'),
          ...addedMounts(spec, 'thanos-sidecar'),
        ],
      },
    ],
  };
}

// The operator merges a container of the resource into its own of the same name.
function addedMounts(spec: Json, container: string): readonly Json[] {
  return listAt(spec, 'containers')
    .filter((it) => at(it, 'name') === container)
    .flatMap((it) => listAt(it, 'volumeMounts'));
}
