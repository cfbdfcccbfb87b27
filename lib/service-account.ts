import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { refuseSecondObject } from './object-name.ts';

/**
 * Adds a ServiceAccount whose token is mounted nowhere by itself.
 *
 * A pod that talks to the API server says so in its own spec.
 */
export function addServiceAccount(
  scope: Construct,
  name: string,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): k8s.KubeServiceAccount {
  refuseSecondObject(scope, 'ServiceAccount', name);
  return new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: {
      name,
      labels: { ...labels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
    },
    automountServiceAccountToken: false,
  });
}
