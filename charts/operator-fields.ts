/** File that teaches Kustomize the operator's resources. Every kustomization above this one inherits it. */
export const OPERATOR_FIELDS_FILE = 'kustomizeconfig.yaml';

interface Field {
  readonly path: string;
  readonly group?: string;
  readonly kind: string;
}

/** The part of Kustomize's transformer configuration that is used here. */
interface TransformerFields {
  readonly images: readonly Field[];
  readonly replicas: readonly Field[];
  readonly nameReference: readonly {
    readonly kind: string;
    readonly version?: string;
    readonly group?: string;
    readonly fieldSpecs: readonly Field[];
  }[];
}

const GROUP = 'monitoring.coreos.com';

/** The resources of the operator that the kit makes and that become pods. */
const POD_KINDS = ['Prometheus', 'ThanosRuler'] as const;

function fields(paths: readonly string[], kinds: readonly string[] = POD_KINDS): Field[] {
  return kinds.flatMap((kind) => paths.map((path) => ({ path, group: GROUP, kind })));
}

/**
 * Where the operator's resources hold images, replicas and names of other objects.
 *
 * Without it `images` and `replicas` of a kustomization leave them alone, and a Secret, ConfigMap or
 * ServiceAccount that Kustomize renames is looked for under its old name.
 */
export const OPERATOR_FIELDS: TransformerFields = {
  images: [...fields(['spec/image']), ...fields(['spec/thanos/image'], ['Prometheus'])],
  replicas: fields(['spec/replicas']),
  nameReference: [
    {
      kind: 'Secret',
      version: 'v1',
      fieldSpecs: [
        ...fields([
          'spec/volumes/secret/secretName',
          'spec/volumes/projected/sources/secret/name',
          'spec/containers/env/valueFrom/secretKeyRef/name',
          'spec/imagePullSecrets/name',
        ]),
        ...fields(
          [
            'spec/secrets',
            'spec/additionalScrapeConfigs/name',
            'spec/thanos/objectStorageConfig/name',
            'spec/thanos/grpcServerTlsConfig/ca/secret/name',
            'spec/thanos/grpcServerTlsConfig/cert/secret/name',
            'spec/thanos/grpcServerTlsConfig/keySecret/name',
            'spec/web/tlsConfig/cert/secret/name',
            'spec/web/tlsConfig/client_ca/secret/name',
            'spec/web/tlsConfig/keySecret/name',
          ],
          ['Prometheus'],
        ),
        ...fields(
          [
            'spec/objectStorageConfig/name',
            'spec/alertmanagersConfig/name',
            'spec/queryConfig/name',
            'spec/grpcServerTlsConfig/ca/secret/name',
            'spec/grpcServerTlsConfig/cert/secret/name',
            'spec/grpcServerTlsConfig/keySecret/name',
          ],
          ['ThanosRuler'],
        ),
        ...fields(
          [
            'spec/tlsConfig/ca/secret/name',
            'spec/tlsConfig/cert/secret/name',
            'spec/tlsConfig/keySecret/name',
          ],
          ['ScrapeConfig'],
        ),
        ...fields(['spec/podMetricsEndpoints/tlsConfig/ca/secret/name'], ['PodMonitor']),
        {
          path: 'spec/valuesFrom/valueFrom/secretKeyRef/name',
          group: 'grafana.integreatly.org',
          kind: 'GrafanaDatasource',
        },
      ],
    },
    {
      kind: 'ConfigMap',
      version: 'v1',
      fieldSpecs: [
        ...fields(['spec/volumes/configMap/name', 'spec/volumes/projected/sources/configMap/name']),
        ...fields(['spec/configMaps'], ['Prometheus']),
      ],
    },
    {
      kind: 'ServiceAccount',
      version: 'v1',
      fieldSpecs: fields(['spec/serviceAccountName']),
    },
    {
      kind: 'Service',
      version: 'v1',
      fieldSpecs: fields(['spec/alerting/alertmanagers/name'], ['Prometheus']),
    },
    {
      kind: 'ValidatingAdmissionPolicy',
      group: 'admissionregistration.k8s.io',
      fieldSpecs: [
        {
          path: 'spec/policyName',
          group: 'admissionregistration.k8s.io',
          kind: 'ValidatingAdmissionPolicyBinding',
        },
      ],
    },
  ],
};
