import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  GrpcTls,
  RuntimeCode,
  ServingCertificate,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosQuerier,
} from '../../../lib/index.ts';
import {
  CertificateAuthority,
  OperatorDataSource,
  Tenant,
  Token,
} from '../../../tenant/onboarding/index.ts';
import {
  at,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  platformChart,
} from '../../lib/support/manifests.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { certificateCrdFile } from '../harness/cert-manager.ts';
import type { ProgramResult } from '../harness/processes.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import { resourceVersions } from './resource-versions.ts';
import { GRAFANA_DATA_SOURCES } from './support/grafana-data-sources.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds', 'certificate-crd'] as const;

/** A platform whose certificates are all cert-manager's, and a tenant with a data source. */
function synth(): readonly Manifest[] {
  const chart = platformChart();
  const grpcTls = GrpcTls.certManager(chart, 'grpc', { issuer: { name: 'thanos' } });
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main', grpcTls });
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream: new ThanosQuerier(chart, 'querier', { endpoints: [prometheus] }),
    code: RuntimeCode.configMap(PLACEHOLDER),
    certificate: ServingCertificate.certManager({ kind: 'ClusterIssuer', name: 'internal' }),
  });
  void new Tenant(chart, 'tenant', {
    namespace: 'team-a',
    frontend,
    scraper: prometheus,
    token: Token.legacySecret(),
    grafana: new OperatorDataSource({
      instanceLabels: { dashboards: 'team-a' },
      certificateAuthority: CertificateAuthority.system(),
    }),
  });
  return manifestsOf(chart);
}

await describeReal('resources of other operators', PARTS, () => {
  let cluster: TestCluster;
  const manifests = synth();

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    const prometheuses = join(await operatorCrdFolder(), 'monitoring.coreos.com_prometheuses.yaml');
    await cluster.installCrds(prometheuses, await certificateCrdFile());
    await cluster.apply([GRAFANA_DATA_SOURCES]);
    for (const name of ['monitoring', 'team-a']) await cluster.createNamespace(name);
  });

  afterAll(() => cluster.stop());

  const apply = (objects: readonly object[], ...flags: readonly string[]): Promise<ProgramResult> =>
    cluster.kubectl(['apply', '--server-side', '--validate=strict', '--filename=-', ...flags], {
      stdin: objects.map((it) => JSON.stringify(it)).join('\n'),
    });

  const ofKind = (kind: string): readonly Manifest[] => manifests.filter((it) => it.kind === kind);

  it('are taken with everything else, field for field, and change nothing the second time', async () => {
    expect(await apply(manifests)).toMatchObject({ exitCode: 0, stderr: '' });
    const first = await resourceVersions(cluster, manifests);
    expect(first.size).toBe(manifests.length);
    expect(await apply(manifests)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await resourceVersions(cluster, manifests)).toEqual(first);
  });

  describe('of cert-manager, by its own definition', () => {
    const certificates = ofKind('Certificate');

    it('are the certificates of the frontend and of both ends of gRPC', () => {
      expect(certificates.map(({ metadata }) => metadata.name).toSorted()).toEqual([
        'tenant-query-frontend-tls',
        'thanos-grpc-client-tls',
        'thanos-grpc-server-tls',
      ]);
    });

    it.each<[string, (spec: object) => object, string]>([
      ['a field that it does not know', (spec) => ({ ...spec, dnsName: 'a' }), 'spec.dnsName'],
      [
        'a usage that it does not know',
        (spec) => ({ ...spec, usages: ['server'] }),
        'spec.usages[0]',
      ],
      [
        'an algorithm that it does not know',
        (spec) => ({ ...spec, privateKey: { algorithm: 'EC' } }),
        'spec.privateKey.algorithm',
      ],
      ['no issuer', (spec) => ({ ...spec, issuerRef: undefined }), 'spec.issuerRef: Required'],
    ])('are refused with %s', async (_what, spoil, reason) => {
      for (const certificate of certificates) {
        const bad = { ...certificate, spec: spoil(at(certificate, 'spec') as object) };
        const { exitCode, stderr } = await apply([bad], '--dry-run=server');
        expect(exitCode).not.toBe(0);
        expect(stderr).toContain(reason);
      }
    });
  });

  // The operator's own definition comes with no Go module. Against ours this shows that the resource
  // keeps to the fields written down there, and not that the operator accepts their values.
  describe('of the Grafana operator, by a definition of ours', () => {
    it.each<[string, (spec: object) => object, string]>([
      [
        'a field that it does not know',
        (spec) => ({ ...spec, datasources: {} }),
        'spec.datasources',
      ],
      [
        'no selection of Grafanas',
        (spec) => ({ ...spec, instanceSelector: undefined }),
        'spec.instanceSelector: Required',
      ],
    ])('are refused with %s', async (_what, spoil, reason) => {
      const source = only(manifests, 'GrafanaDatasource');
      const bad = { ...source, spec: spoil(at(source, 'spec') as object) };
      const { exitCode, stderr } = await apply([bad], '--dry-run=server');
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain(reason);
    });
  });
});
