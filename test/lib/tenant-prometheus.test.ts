import { describe, expect, it } from '@jest/globals';
import { App, Chart, Duration, JsonPatch, Size } from 'cdk8s';
import {
  NetworkDestination,
  SynthError,
  TenantPrometheus,
  type TenantPrometheusProps,
} from '../../lib/index.ts';
import { at, type Json, manifestsOf, only, platformChart, textsAt } from './support/manifests.ts';

function specOf(props: Partial<TenantPrometheusProps> = {}): Json {
  const chart = platformChart();
  void new TenantPrometheus(chart, 'prometheus', { cluster: 'main', ...props });
  return only(manifestsOf(chart), 'Prometheus').spec;
}

function synthWith(patch: JsonPatch): () => unknown {
  const chart = platformChart();
  const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
  prometheus.apiObject.addJsonPatch(patch);
  return () => manifestsOf(chart);
}

describe('TenantPrometheus', () => {
  it('has every tenancy field on', () => {
    expect(specOf()).toMatchObject({
      enforcedNamespaceLabel: 'namespace',
      ignoreNamespaceSelectors: true,
      overrideHonorLabels: true,
      overrideHonorTimestamps: true,
      arbitraryFSAccessThroughSMs: { deny: true },
      enforcedSampleLimit: 50_000,
      enforcedTargetLimit: 500,
      enforcedLabelLimit: 64,
      enforcedLabelNameLengthLimit: 256,
      enforcedLabelValueLengthLimit: 2_048,
      enforcedKeepDroppedTargets: 100,
      enforcedBodySizeLimit: '32MiB',
      enableAdminAPI: false,
      enableRemoteWriteReceiver: false,
      enableOTLPReceiver: false,
      reloadStrategy: 'ProcessSignal',
      serviceDiscoveryRole: 'EndpointSlice',
    });
  });

  it('takes monitors only from namespaces that bear the mark of a tenant', () => {
    const marked = {
      matchExpressions: [{ key: 'prometheus-tenancy-kit/tenant', operator: 'Exists' }],
    };
    expect(at(specOf(), 'serviceMonitorNamespaceSelector')).toEqual(marked);
    expect(at(specOf(), 'podMonitorNamespaceSelector')).toEqual(marked);
  });

  it('takes rules of its own namespace alone, and of the platform', () => {
    expect(at(specOf(), 'ruleSelector')).toEqual({
      matchLabels: { 'prometheus-tenancy-kit/rules': 'platform' },
    });
    expect(at(specOf(), 'ruleNamespaceSelector')).toBeUndefined();
  });

  it('sends alerts where it is told, and nowhere else', () => {
    expect(at(specOf(), 'alerting')).toBeUndefined();
    const network = NetworkDestination.pods({ namespace: 'alerting' }, [9_093]);
    const elsewhere = { service: 'alertmanager-operated', namespace: 'alerting', network };
    const near = { service: 'alertmanager', portName: 'http', pathPrefix: '/am', network };
    expect(at(specOf({ alertmanagers: [elsewhere, near] }), 'alerting', 'alertmanagers')).toEqual([
      {
        name: 'alertmanager-operated',
        namespace: 'alerting',
        port: 'web',
        scheme: 'http',
        apiVersion: 'v2',
      },
      {
        name: 'alertmanager',
        namespace: 'monitoring',
        port: 'http',
        scheme: 'http',
        pathPrefix: '/am',
        apiVersion: 'v2',
      },
    ]);
  });

  it.each(['probeSelector'])('leaves %s unset', (field) => {
    expect(at(specOf(), field)).toBeUndefined();
  });

  it('takes scrape configurations of the platform alone, out of its own namespace', () => {
    expect(at(specOf(), 'scrapeConfigSelector')).toEqual({
      matchLabels: { 'prometheus-tenancy-kit/scrape': 'platform' },
    });
    expect(at(specOf(), 'scrapeConfigNamespaceSelector')).toBeUndefined();
    expect(at(specOf(), 'excludedFromEnforcement')).toBeUndefined();
  });

  it('gives the sidecar the object store as a file', () => {
    const spec = specOf();
    expect(at(spec, 'thanos')).toMatchObject({
      image: 'quay.io/thanos/thanos:v0.42.4',
      version: 'v0.42.4',
      objectStorageConfigFile: '/etc/thanos/objstore/objstore.yaml',
      volumeMounts: [{ name: 'objstore', mountPath: '/etc/thanos/objstore', readOnly: true }],
    });
    expect(at(spec, 'thanos', 'objectStorageConfig')).toBeUndefined();
    expect(at(spec, 'volumes', 0, 'secret', 'secretName')).toBe('thanos-objstore-secret');
    expect(at(spec, 'disableCompaction')).toBe(true);
  });

  it.each<[keyof TenantPrometheusProps, string, Json]>([
    ['unsafeHonorLabels', 'overrideHonorLabels', false],
    ['unsafeHonorTimestamps', 'overrideHonorTimestamps', false],
    ['unsafeForeignNamespaces', 'ignoreNamespaceSelectors', false],
    ['unsafeFileAccess', 'arbitraryFSAccessThroughSMs', { deny: false }],
    ['unsafeEveryNamespace', 'serviceMonitorNamespaceSelector', {}],
    ['unsafeAdminApi', 'enableAdminAPI', true],
  ])('changes by %s only %s', (unsafe, field, value) => {
    expect(at(specOf({ [unsafe]: true }), field)).toEqual(value);
  });

  it('finds targets with three kinds of objects, and reads no Secret', () => {
    const chart = platformChart();
    void new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
    const role = only(manifestsOf(chart), 'ClusterRole');
    expect(at(role, 'rules')).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] },
      {
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices'],
        verbs: ['get', 'list', 'watch'],
      },
    ]);
    expect(role.metadata.namespace).toBeUndefined();
  });

  it('names the cluster and the replica, and never a tenant', () => {
    const spec = specOf({ externalLabels: { region: 'eu' } });
    expect(textsAt(spec, 'externalLabels')).toEqual({ cluster: 'main', region: 'eu' });
    expect(at(spec, 'replicaExternalLabelName')).toBe('prometheus_replica');
  });

  it.each<[string, Partial<TenantPrometheusProps>, RegExp]>([
    [
      'the tenancy label as an external label',
      { externalLabels: { namespace: 'x' } },
      /every series in one tenant/,
    ],
    [
      'the tenancy label as the replica label',
      { tenancyLabel: 'prometheus_replica' },
      /every series in one tenant/,
    ],
    ['two values of the cluster', { externalLabels: { cluster: 'x' } }, /contradict/],
    ['an empty cluster', { cluster: '' }, /two clusters in one bucket/],
    ['a label of Prometheus itself', { tenancyLabel: '__address__' }, /belongs to Prometheus/],
    ['a limit of zero', { limits: { samples: 0 } }, /switches the limit off/],
    ['no body limit', { limits: { bodySize: Size.kibibytes(0) } }, /switches the limit off/],
    [
      'a retention shorter than an upload needs',
      { retention: Duration.hours(2) },
      /before an upload/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => specOf(props)).toThrow(SynthError);
    expect(() => specOf(props)).toThrow(message);
  });

  it.each<[string, JsonPatch, RegExp]>([
    [
      'the enforced label',
      JsonPatch.remove('/spec/enforcedNamespaceLabel'),
      /enforcedNamespaceLabel must be/,
    ],
    [
      'honor labels',
      JsonPatch.replace('/spec/overrideHonorLabels', false),
      /overrideHonorLabels must be/,
    ],
    [
      'the namespaces',
      JsonPatch.replace('/spec/serviceMonitorNamespaceSelector', {}),
      /NamespaceSelector must be/,
    ],
    ['a limit', JsonPatch.remove('/spec/enforcedSampleLimit'), /enforcedSampleLimit must be/],
    [
      'the certificates of the web port',
      JsonPatch.replace('/spec/web/tlsConfig/clientAuthType', 'NoClientCert'),
      /clientAuthType must be RequireAndVerifyClientCert/,
    ],
    ['the web port as a whole', JsonPatch.remove('/spec/web'), /unsafeNetworkPolicy\(\)/],
    [
      'the closed admin API',
      JsonPatch.replace('/spec/enableAdminAPI', true),
      /enableAdminAPI must/,
    ],
    [
      'the label of the replicas',
      JsonPatch.replace('/spec/replicaExternalLabelName', ''),
      /replicaExternalLabelName must be "prometheus_replica"/,
    ],
    [
      'external labels',
      JsonPatch.add('/spec/externalLabels/namespace', 'x'),
      /every series in one tenant/,
    ],
  ])('refuses a patch that takes down %s', (_what, patch, message) => {
    expect(synthWith(patch)).toThrow(message);
  });

  it.each(['rule', 'probe', 'scrapeConfig'])(
    'refuses a patch that takes %ss of tenants',
    (kind) => {
      const selectors = (namespaces: Json): JsonPatch[] => [
        JsonPatch.add(`/spec/${kind}Selector`, {}),
        JsonPatch.add(`/spec/${kind}NamespaceSelector`, namespaces),
      ];
      const synth = (patches: readonly JsonPatch[]) => () => {
        const chart = platformChart();
        const prometheus = new TenantPrometheus(chart, 'prometheus', { cluster: 'main' });
        prometheus.apiObject.addJsonPatch(...patches);
        return manifestsOf(chart);
      };
      const apart = [{ key: 'prometheus-tenancy-kit/tenant', operator: 'DoesNotExist' }];
      expect(synth(selectors({}))).toThrow(new RegExp(`${kind}Selector takes`));
      expect(synth(selectors({ matchLabels: { team: 'x' } }))).toThrow();
      expect(synth(selectors({ matchExpressions: apart }))).not.toThrow();
      expect(synth(selectors({}).slice(0, 1))).not.toThrow();
    },
  );

  it('has the priority that is asked for', () => {
    expect(specOf({ priorityClassName: 'platform' })).toMatchObject({
      priorityClassName: 'platform',
    });
    expect(specOf()).not.toHaveProperty('priorityClassName');
  });

  it('takes a patch of what the kit does not know', () => {
    expect(synthWith(JsonPatch.add('/spec/hostUsers', false))).not.toThrow();
  });

  it('needs a namespace in its chart', () => {
    const chart = new Chart(new App(), 'nowhere');
    expect(() => new TenantPrometheus(chart, 'prometheus', { cluster: 'main' })).toThrow(
      /has no namespace/,
    );
  });
});
