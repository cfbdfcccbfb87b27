import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TenancyApp } from '../../../charts/tenancy-app.ts';
import { TENANTS } from '../../../charts/tenants.ts';
import { at, type Manifest, manifestsOf, only, PLACEHOLDER } from '../../lib/support/manifests.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { certificateCrdFile } from '../harness/cert-manager.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import type { ProgramResult } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { EXPECTED_NAMESPACES } from './dist-folder.ts';
import { resourceVersions } from './resource-versions.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds', 'certificate-crd'] as const;

function synth(): Manifest[] {
  const certificates = { name: 'platform-authority' };
  const app = new TenancyApp({ runtime: PLACEHOLDER, tenants: TENANTS, certificates });
  const labels = app.namespaceLabels;
  return manifestsOf(...app.charts.filter((it) => it !== labels));
}

await describeReal('the platform with certificates of an issuer', PARTS, () => {
  const manifests = synth();
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    await cluster.installCrds(await operatorCrdFolder(), await certificateCrdFile());
    for (const name of EXPECTED_NAMESPACES) await cluster.createNamespace(name);
  });

  afterAll(() => cluster.stop());

  const apply = (objects: readonly object[], ...flags: readonly string[]): Promise<ProgramResult> =>
    cluster.kubectl(['apply', '--server-side', '--validate=strict', '--filename=-', ...flags], {
      stdin: objects.map((it) => JSON.stringify(it)).join('\n'),
    });

  it('is taken strictly, with a certificate for each end, and changes nothing again', async () => {
    const kinds = manifests.filter(({ kind }) => kind === 'Certificate');
    expect(kinds).toHaveLength(4);
    expect(await apply(manifests)).toMatchObject({ exitCode: 0, stderr: '' });
    const first = await resourceVersions(cluster, manifests);
    expect(first.size).toBe(manifests.length);
    expect(await apply(manifests)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await resourceVersions(cluster, manifests)).toEqual(first);
  });

  it('would be refused with a web configuration that the operator does not know', async () => {
    const prometheus = only(manifests, 'Prometheus');
    const spec = structuredClone(prometheus.spec) as object;
    Object.assign(at(spec, 'web', 'tlsConfig') as object, { clientAuth: 'Require' });
    const refused = await apply([{ ...prometheus, spec }], '--dry-run=server');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('clientAuth');
  });
});
