import type { Manifest } from '../../harness/cluster-objects.ts';

/**
 * Stands in for the Grafana operator's definition of a GrafanaDatasource, which no Go module gives. It
 * knows the fields that the kit writes and their neighbours, and nothing of the operator's own checks.
 */
export const GRAFANA_DATA_SOURCES: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'grafanadatasources.grafana.integreatly.org' },
  spec: {
    group: 'grafana.integreatly.org',
    names: {
      kind: 'GrafanaDatasource',
      listKind: 'GrafanaDatasourceList',
      plural: 'grafanadatasources',
      singular: 'grafanadatasource',
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: grafanaSchema() },
      },
    ],
  },
};

function grafanaSchema(): object {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const object = (properties: object): object => ({ type: 'object', properties });
  const keyRef = object({ name: text, key: text, optional: flag });
  return object({
    spec: {
      ...object({
        instanceSelector: object({
          matchLabels: { type: 'object', additionalProperties: text },
        }),
        allowCrossNamespaceImport: flag,
        resyncPeriod: text,
        valuesFrom: {
          type: 'array',
          items: {
            ...object({
              targetPath: text,
              valueFrom: object({ secretKeyRef: keyRef, configMapKeyRef: keyRef }),
            }),
            required: ['targetPath', 'valueFrom'],
          },
        },
        datasource: object({
          uid: text,
          name: text,
          type: text,
          url: text,
          access: text,
          editable: flag,
          isDefault: flag,
          orgId: { type: 'integer' },
          jsonData: free,
          secureJsonData: free,
        }),
      }),
      required: ['datasource', 'instanceSelector'],
    },
  });
}
