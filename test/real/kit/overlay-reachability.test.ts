import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NetworkNode } from '../../../lib/index.ts';
import type { Manifest } from '../../lib/support/manifests.ts';
import { exampleManifests } from '../../lib/support/platform.ts';
import { podTemplates } from '../../lib/support/pod-templates.ts';
import { pod, policiesOf, table } from '../../lib/support/reachability-table.ts';
import { describeReal } from '../harness/skip.ts';
import { copyOverlays, KUSTOMIZATIONS, type OverlayFolder } from './overlays.ts';

const TENANT = { 'prometheus-tenancy-kit/tenant': 'true' };

const OTHERS: readonly NetworkNode[] = [
  pod('pod of team-a', 'team-a', { app: 'grafana' }, TENANT),
  pod(
    'exporter of team-a',
    'team-a',
    { app: 'exporter', 'prometheus-tenancy-kit/metrics': 'prometheus-only' },
    TENANT,
  ),
  pod('pod of team-b', 'team-b', { app: 'anything' }, TENANT),
  pod('stranger', 'default', { app: 'anything' }),
  pod('dns', 'kube-system', { 'k8s-app': 'kube-dns' }),
  { name: 'world', address: '203.0.113.7' },
  { name: 'metadata service', address: '169.254.169.254' },
];

/** Who reaches whom among some objects, wherever the platform is. */
function reachability(manifests: readonly Manifest[]): readonly string[] {
  const platform = podTemplates(manifests).map(({ labels, namespace, owner }) =>
    pod(owner, namespace, labels),
  );
  const nodes = [...platform, ...OTHERS];
  return table(policiesOf(manifests), nodes, nodes).toSorted();
}

await describeReal('who reaches whom in the overlays', ['kubectl'], () => {
  // Another test holds this one against a table that is written down.
  const expected = reachability(exampleManifests());
  let overlays: OverlayFolder;

  beforeAll(async () => {
    overlays = await copyOverlays();
  });

  afterAll(() => overlays.folder.remove());

  it.each(KUSTOMIZATIONS)(
    'is what it is in the manifests as they are shipped: %s',
    async (name) => {
      expect(expected.length).toBeGreaterThan(20);
      expect(reachability(await overlays.render(name))).toEqual(expected);
    },
  );

  it('would show a policy that is lost, and one that names another namespace', async () => {
    const manifests = await overlays.render('other-namespace');
    const denied = manifests.filter(
      ({ kind, metadata }) =>
        kind !== 'NetworkPolicy' || metadata.name !== 'prometheus-tenancy-kit-thanos-querier',
    );
    expect(denied).toHaveLength(manifests.length - 1);
    expect(reachability(denied)).not.toEqual(expected);
    const unmoved = JSON.parse(
      JSON.stringify(manifests).replaceAll(
        '"kubernetes.io/metadata.name":"observability"',
        '"kubernetes.io/metadata.name":"monitoring"',
      ),
    ) as Manifest[];
    expect(reachability(unmoved)).not.toEqual(expected);
  });
});
