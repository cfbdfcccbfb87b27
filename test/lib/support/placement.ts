import type { PodPlacement } from '../../../lib/index.ts';

/** A placement in which everything is set. */
export const PLACEMENT: PodPlacement = {
  nodeSelector: { 'example.org/pool': 'metrics' },
  tolerations: [
    { key: 'dedicated', operator: 'Equal', value: 'metrics', effect: 'NoSchedule' },
    { key: 'slow', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
  ],
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { noisy: 'yes' } } },
      ],
    },
  },
  imagePullSecrets: ['registry'],
  podAnnotations: { 'mesh.example.org/inject': 'false' },
};

/** What it is in the `spec` of a pod. */
export const PLACED: Readonly<Record<string, unknown>> = {
  nodeSelector: PLACEMENT.nodeSelector,
  tolerations: PLACEMENT.tolerations,
  affinity: PLACEMENT.affinity,
  imagePullSecrets: [{ name: 'registry' }],
};
