import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

/**
 * Adds a ServiceAccount whose token is mounted nowhere by itself.
 *
 * A pod that talks to the API server says so in its own spec.
 */
export function addServiceAccount(
  scope: Construct,
  name: string,
  labels: Readonly<Record<string, string>>,
): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: { name, labels: { ...labels } },
    automountServiceAccountToken: false,
  });
}
