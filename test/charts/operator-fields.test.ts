import { describe, expect, it } from '@jest/globals';
import { OPERATOR_FIELDS } from '../../charts/operator-fields.ts';
import {
  GrpcTls,
  NetworkDestination,
  PrometheusSelfMonitor,
  TenantPrometheus,
  WebAccess,
} from '../../lib/index.ts';
import { CertificateAuthority, OperatorDataSource, Tenant } from '../../tenant/onboarding/index.ts';
import { everyThanos } from '../lib/support/every-thanos.ts';
import { type Json, type Manifest, manifestsOf, platformChart } from '../lib/support/manifests.ts';
import { PLACEMENT } from '../lib/support/placement.ts';
import { exampleApp } from '../lib/support/platform.ts';

// What Kustomize knows by itself: objects of Kubernetes.
const OWN_GROUPS = /^(?:v1|apps\/.*|batch\/.*|policy\/.*|autoscaling\/.*|[\w.]+\.k8s\.io\/.*)$/;

// The last words of a way to the name of another object.
const REFERENCE =
  /(?:secretName|serviceAccountName|(?:secret|keySecret|secretKeyRef|configMap|configMapRef|configMapKeyRef|imagePullSecrets|alertmanagers|objectStorageConfig|alertmanagersConfig|queryConfig|additionalScrapeConfigs)\/name)$/;

// A Certificate makes its Secret: Kustomize has nothing to follow there.
const MAKES = 'Certificate spec/secretName';

/** Every resource of others' groups that the kit makes, with all that may refer to something. */
function foreignResources(): Manifest[] {
  const chart = platformChart();
  const prometheus = new TenantPrometheus(chart, 'guarded', {
    cluster: 'main',
    name: 'guarded',
    webAccess: WebAccess.clientCertificates(),
    alertmanagers: [
      {
        service: 'alertmanager-operated',
        network: NetworkDestination.pods({ namespace: 'alerting' }, [9_093]),
      },
    ],
  });
  void new PrometheusSelfMonitor(chart, 'self', { prometheus });
  GrpcTls.certManager(chart, 'grpc', { issuer: { name: 'authority' } });
  void new Tenant(chart, 'tenant', {
    namespace: 'team-c',
    frontend: exampleApp().platform.frontend,
    scraper: prometheus,
    grafana: new OperatorDataSource({
      instanceLabels: { 'example.org/grafana': 'team-c' },
      certificateAuthority: CertificateAuthority.system(),
    }),
  });
  const grpcTls = GrpcTls.fromSecrets();
  const everything = everyThanos({ grpcTls, placement: PLACEMENT });
  return [
    ...manifestsOf(chart, everything),
    ...exampleApp().charts.flatMap((it) => manifestsOf(it)),
  ].filter(({ apiVersion }) => !OWN_GROUPS.test(apiVersion));
}

/** The ways to names of other objects, without the places in lists. */
function* references(value: Json, path: readonly string[] = []): Generator<string> {
  if (typeof value === 'string' && REFERENCE.test(path.join('/'))) yield path.join('/');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, it] of Object.entries(value)) {
    yield* references(it, Array.isArray(value) ? path : [...path, key]);
  }
}

describe('the fields that Kustomize is taught', () => {
  const found = foreignResources().flatMap((it) =>
    [...references(it)].map((path) => `${it.kind} ${path}`),
  );
  const known = OPERATOR_FIELDS.nameReference.flatMap(({ fieldSpecs }) =>
    fieldSpecs.map(({ kind, path }) => `${kind} ${path}`),
  );

  it('are looked for in resources of several kinds', () => {
    expect(new Set(found.map((it) => it.split(' ')[0]))).toEqual(
      new Set(['Prometheus', 'ThanosRuler', 'ScrapeConfig', 'GrafanaDatasource', 'Certificate']),
    );
  });

  it('are all by which the kit refers to another object', () => {
    expect([...new Set(found)].filter((it) => it !== MAKES && !known.includes(it))).toEqual([]);
  });
});
