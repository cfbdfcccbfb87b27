import { describe, expect, it } from '@jest/globals';
import { isKubernetesResource } from '../../frontend/config/kubernetes-resources.ts';

/** Reads `resource/subresource.group`. */
function attributes(text: string): { group: string; resource: string; subresource: string } {
  const [name = '', ...group] = text.split('.');
  const [resource = '', subresource = ''] = name.split('/');
  return { group: group.join('.'), resource, subresource };
}

describe('isKubernetesResource', () => {
  it.each([
    'pods',
    'secrets',
    'pods/exec',
    'serviceaccounts/token',
    'deployments.apps',
    'anything.batch',
    'ingresses.networking.k8s.io',
    '*',
    'namespace/*',
    'silences.*',
  ])('holds for %s', (text) => {
    expect(isKubernetesResource(attributes(text))).toBe(true);
  });

  it.each([
    'namespace/silences',
    'namespace/metrics',
    'pods/metrics',
    'pods/silences',
    'pod',
    'silences.example.com',
    'prometheusrules.monitoring.coreos.com',
    'silences.notk8s.io',
  ])('does not hold for %s', (text) => {
    expect(isKubernetesResource(attributes(text))).toBe(false);
  });
});
