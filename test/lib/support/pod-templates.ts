import { at, type Json, listAt, type Manifest, textAt, textsAt } from './manifests.ts';

/** The pods that an object makes. */
export interface PodTemplate {
  /** The object: kind and name. */
  readonly owner: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, Json>>;
}

/** Every pod template in the manifests, the one that the operator makes of a Prometheus included. */
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
    const template = at(manifest.spec, 'template');
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

// What the operator writes into the StatefulSet of a Prometheus, as far as the resource decides it.
function operatorPodSpec(prometheus: Manifest): Record<string, Json> {
  const { spec } = prometheus;
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  };
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
        ports: [{ name: at(spec, 'portName'), containerPort: 9090 }],
        volumeMounts: [data, ...listAt(spec, 'volumeMounts')],
        securityContext,
      },
      {
        name: 'config-reloader',
        image: 'quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0',
        ports: [{ name: 'reloader-web', containerPort: 8080 }],
        securityContext,
      },
      {
        name: 'thanos-sidecar',
        image: at(spec, 'thanos', 'image'),
        ports: [
          { name: 'http', containerPort: 10_902 },
          { name: 'grpc', containerPort: 10_901 },
        ],
        volumeMounts: [data, ...listAt(spec, 'thanos', 'volumeMounts')],
        securityContext,
      },
    ],
  };
}
