import { describe, expect, it } from '@jest/globals';
import { PLATFORM_PAGE, platformMarkdown } from '../../docs/pages/platform.ts';
import { mermaid } from '../../docs/platform/mermaid.ts';
import type { Manifest } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';

const MANIFESTS = exampleManifests();
const WORKLOADS = ['Deployment', 'StatefulSet', 'CronJob', 'Job', 'Prometheus', 'ThanosRuler'];

/** What the table says that somebody reaches. */
function reachedBy(who: string, manifests: readonly Manifest[]): readonly string[] {
  const row = platformMarkdown(manifests)
    .split('\n')
    .find((line) => line.startsWith(`| ${who} |`) && line.includes('('));
  return (row ?? '').split(' | ')[1]?.replace(/ \|$/, '').split('; ') ?? [];
}

function without(...policies: readonly string[]): readonly Manifest[] {
  const left = MANIFESTS.filter(
    ({ kind, metadata }) => kind !== 'NetworkPolicy' || !policies.includes(metadata.name),
  );
  expect(left.length).toBeLessThan(MANIFESTS.length);
  return left;
}

describe('the document of the platform', () => {
  it('shows every workload and every Service, once each', () => {
    const markdown = platformMarkdown(MANIFESTS);
    const [picture = ''] = markdown.split('```mermaid')[1]?.split('```') ?? [];
    const platform = MANIFESTS.filter(({ metadata }) => metadata.namespace === 'monitoring');
    const workloads = platform.filter(({ kind }) => WORKLOADS.includes(kind));
    const services = platform.filter(({ kind }) => kind === 'Service');
    expect(workloads.length).toBeGreaterThan(4);
    expect(services.length).toBeGreaterThan(4);
    for (const { kind, metadata } of workloads) {
      const name = kind === 'Prometheus' ? `prometheus-${metadata.name}` : metadata.name;
      expect(picture.split(`["${name}<br/>`)).toHaveLength(2);
    }
    for (const { metadata } of services) {
      expect(picture.split(`("${metadata.name}<br/>`)).toHaveLength(2);
    }
  });

  it('is made of the objects of the app, the same each time', async () => {
    const page = await PLATFORM_PAGE.markdown();
    expect(await PLATFORM_PAGE.markdown()).toBe(page);
    expect(platformMarkdown(MANIFESTS)).toBe(page);
  });

  it('names one way into the platform for tenants, and none for strangers', () => {
    const ofPlatform = (reached: readonly string[]): readonly string[] =>
      reached.filter((it) => /^(?:prometheus|thanos|tenant)-/.test(it));
    expect(ofPlatform(reachedBy('pod of team-a', MANIFESTS))).toEqual([
      'tenant-query-frontend (8443)',
    ]);
    expect(ofPlatform(reachedBy('stranger', MANIFESTS))).toEqual([]);
    expect(ofPlatform(reachedBy('outside', MANIFESTS))).toEqual([]);
  });

  it('shows a wall that is missing', () => {
    const open = without(
      'prometheus-tenancy-kit-default-deny',
      'prometheus-tenancy-kit-dns',
      'prometheus-tenancy-kit-thanos-querier',
    );
    expect(reachedBy('pod of team-b', open)).toContain('thanos-querier (all)');
    expect(reachedBy('pod of team-b', MANIFESTS).join()).not.toContain('thanos-querier');

    expect(reachedBy('pod of team-b', without('metrics-prometheus-only'))).toContain(
      'exporter of team-a (all)',
    );
    expect(reachedBy('pod of team-b', MANIFESTS).join()).not.toContain('exporter');
  });
});

describe('mermaid', () => {
  const groups = [{ title: 'all', nodes: [{ name: 'a', lines: ['a', 'b'] }] }];

  it('prints nodes, groups and edges', () => {
    expect(mermaid(groups, [{ from: 'a', to: 'a', text: '80' }]).split('\n')).toEqual([
      '```mermaid',
      'flowchart LR',
      '    subgraph g0 ["all"]',
      '        n0["a<br/>b"]',
      '    end',
      '    n0 -->|"80"| n0',
      '```',
    ]);
  });

  it('refuses an edge to nobody, and a text that ends its quotes', () => {
    expect(() => mermaid(groups, [{ from: 'a', to: 'b' }])).toThrow('no node is called b');
    expect(() => mermaid(groups, [{ from: 'a', to: 'a', text: '"' }])).toThrow('cannot stand');
  });
});
