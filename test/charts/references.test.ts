import { describe, expect, it } from '@jest/globals';
import { at, listAt, type Manifest } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';
import { podTemplates } from '../lib/support/pod-templates.ts';

const manifests = exampleManifests();
const templates = podTemplates(manifests);

function ofKind(kind: string): Manifest[] {
  return manifests.filter((it) => it.kind === kind);
}

describe('the manifests', () => {
  it('hold pods to check', () => {
    expect(templates.map(({ owner }) => owner)).toEqual([
      'Prometheus tenancy',
      'StatefulSet thanos-store-gateway',
      'StatefulSet thanos-compactor',
      'Deployment thanos-querier',
      'Deployment thanos-query-frontend',
      'Deployment tenant-query-frontend',
    ]);
  });

  it('let tokens only where the API server is asked', () => {
    const holders = templates.filter((it) => at(it.spec, 'automountServiceAccountToken') === true);
    expect(holders.map(({ owner }) => owner)).toEqual([
      'Prometheus tenancy',
      'Deployment tenant-query-frontend',
    ]);
    const automounted = ofKind('ServiceAccount').filter(
      (it) => at(it, 'automountServiceAccountToken') !== false,
    );
    expect(automounted).toEqual([]);
  });

  it('grant nothing by a wildcard, and no Secrets', () => {
    const rules = ['Role', 'ClusterRole'].flatMap(ofKind).flatMap((it) => listAt(it, 'rules'));
    expect(rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(rules)).not.toMatch(/"\*"|"secrets"/);
  });
});
