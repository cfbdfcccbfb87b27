import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { ManifestObject } from '../../charts/manifest-files.ts';
import { namespaceComponent } from '../../charts/namespace-component.ts';
import { at, type Json, listAt } from '../lib/support/manifests.ts';

function targetsFor(fields: object, namespace = 'monitoring'): Json[] {
  const object: ManifestObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace },
    ...fields,
  };
  const document: Json = parse(
    namespaceComponent([object], { namespace, tenancyLabel: 'tenant' }).text,
  );
  const targets = listAt(document, 'replacements', 0, 'targets');
  // The last is the one that moves what lies in the namespace.
  expect(targets.at(-1)).toEqual({ select: { namespace }, fieldPaths: ['metadata.namespace'] });
  return targets.slice(0, -1).map((it) => ({
    fieldPaths: at(it, 'fieldPaths'),
    ...(at(it, 'options') === undefined ? {} : { options: at(it, 'options') }),
  }));
}

describe('the component that moves the platform', () => {
  it.each<[string, object, Json[]]>([
    [
      'subjects of a binding',
      { subjects: [{ namespace: 'team-a' }, { namespace: 'monitoring' }] },
      [{ fieldPaths: ['subjects.1.namespace'] }],
    ],
    [
      'the label that names a namespace',
      { spec: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
      [{ fieldPaths: ['spec.matchLabels.kubernetes\\.io/metadata\\.name'] }],
    ],
    [
      'expressions over that label',
      { spec: { key: 'kubernetes.io/metadata.name', values: ['kube-system', 'monitoring'] } },
      [{ fieldPaths: ['spec.values.1'] }],
    ],
    [
      'namespaces that a monitor watches',
      { spec: { matchNames: ['monitoring'] } },
      [{ fieldPaths: ['spec.matchNames.0'] }],
    ],
    [
      'the namespace that series are given to, and no other value of a label',
      {
        spec: {
          relabelings: [
            { targetLabel: 'tenant', replacement: 'monitoring' },
            { targetLabel: 'job', replacement: 'monitoring' },
          ],
        },
      },
      [{ fieldPaths: ['spec.relabelings.0.replacement'] }],
    ],
    [
      'an address in a text, each time',
      {
        data: { 'a.json': 'v1.2 http://a.monitoring.svc:80 http://b.monitoring.svc.cluster.local' },
      },
      [
        { fieldPaths: ['data.a\\.json'], options: { delimiter: '.', index: 2 } },
        { fieldPaths: ['data.a\\.json'], options: { delimiter: '.', index: 4 } },
      ],
    ],
    [
      'names in a certificate',
      { spec: { dnsNames: ['a', 'a.monitoring'] } },
      [{ fieldPaths: ['spec.dnsNames.1'], options: { delimiter: '.', index: 1 } }],
    ],
    [
      'a ServiceAccount as a user',
      { spec: { expression: 'u == "system:serviceaccount:monitoring:a"' } },
      [{ fieldPaths: ['spec.expression'], options: { delimiter: ':', index: 2 } }],
    ],
    [
      'matchers of a rule, by either label',
      { expr: 'up{namespace="monitoring"} + a{job="a",tenant=~"monitoring"}' },
      [
        { fieldPaths: ['expr'], options: { delimiter: '"', index: 1 } },
        { fieldPaths: ['expr'], options: { delimiter: '"', index: 5 } },
      ],
    ],
    [
      'matchers in a dashboard, which is JSON',
      { data: { 'a.json': JSON.stringify({ expr: 'up{namespace="monitoring"}' }) } },
      [{ fieldPaths: ['data.a\\.json'], options: { delimiter: '\\"', index: 1 } }],
    ],
  ])('finds %s', (_what, fields, targets) => {
    expect(targetsFor(fields)).toEqual(targets);
  });

  it.each<[string, object]>([
    ['the API group of the operator', { apiGroups: ['monitoring.coreos.com'] }],
    ['labels of another meaning', { spec: { key: 'app', values: ['monitoring'] } }],
    ['a component of that name', { spec: { component: 'monitoring' } }],
    ['matchers of other labels', { expr: 'up{job="monitoring",to_namespace="monitoring"}' }],
    ['prose', { text: 'for monitoring. svc is short' }],
  ])('leaves alone %s', (_what, fields) => {
    expect(targetsFor(fields)).toEqual([]);
  });

  it('selects an object by all that names it', () => {
    const object: ManifestObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'team-a' },
    };
    const spoken = { ...object, spec: { namespace: 'monitoring' } };
    const document: Json = parse(
      namespaceComponent([spoken], { namespace: 'monitoring', tenancyLabel: 'namespace' }).text,
    );
    expect(at(document, 'replacements', 0, 'targets', 0, 'select')).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      name: 'a',
      namespace: 'team-a',
    });
  });
});
