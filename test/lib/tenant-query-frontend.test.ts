import { describe, expect, it } from '@jest/globals';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import {
  type AccessFeatures,
  RuntimeCode,
  ServingCertificate,
  SynthError,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
  ThanosQuerier,
} from '../../lib/index.ts';
import { parseTenantId } from '../../tenant/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
  platformChart,
  textsAt,
} from './support/manifests.ts';

interface Synthesised {
  readonly frontend: TenantQueryFrontend;
  readonly manifests: Manifest[];
}

function synth(
  props: Partial<TenantQueryFrontendProps> = {},
  tenancyLabel = 'namespace',
): Synthesised {
  const chart = platformChart();
  const pods = { component: 'store', podLabels: { app: 'store' }, metricsPorts: [] };
  const storePort = { name: 'grpc', port: 10_901 };
  const upstream = new ThanosQuerier(chart, 'querier', {
    tenancyLabel,
    endpoints: [
      {
        storeAddress: 'a',
        tenancyLabel: undefined,
        replicaLabels: [],
        storePods: pods,
        storePort,
        usesObjstore: false,
      },
    ],
  });
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream,
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...props,
  });
  return { frontend, manifests: manifestsOf(chart) };
}

function named(manifests: readonly Manifest[], prefix: string): Manifest {
  const found = manifests.filter((it) => it.metadata.name.startsWith(prefix));
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} of ${prefix}`);
  return found[0];
}

function podOf(manifests: readonly Manifest[]): unknown {
  return at(only(manifests, 'Deployment', 'tenant-query-frontend').spec, 'template', 'spec');
}

describe('TenantQueryFrontend', () => {
  it('carries a configuration that the runtime takes', () => {
    const { frontend, manifests } = synth();
    const file = named(manifests, 'tenant-query-frontend-config-');
    const parsed = parseQueryFrontendConfig(JSON.parse(textsAt(file, 'data')['config.json'] ?? ''));
    expect(parsed).toEqual({ ok: true, value: frontend.config });
    expect(frontend.config).toMatchObject({
      tenancyLabel: 'namespace',
      listener: {
        port: 8_443,
        unsafePlainHttp: false,
        tls: {
          certFile: '/etc/prometheus-tenancy-kit/tls/tls.crt',
          keyFile: '/etc/prometheus-tenancy-kit/tls/tls.key',
        },
      },
      operations: { port: 9_091 },
      upstream: { url: 'http://thanos-querier:10902' },
      access: {
        kind: 'kubernetes',
        audiences: ['tenant-query-frontend', 'https://kubernetes.default.svc.cluster.local'],
        attributes: { verb: 'get', group: '', resource: 'namespace', subresource: 'metrics' },
      },
    });
  });

  it('goes on listening for a while when it is to stop, and has time to finish', () => {
    const deployment = only(synth().manifests, 'Deployment', 'tenant-query-frontend');
    const pod = at(deployment, 'spec', 'template', 'spec');
    const lifecycle = at(pod, 'containers', 0, 'lifecycle');
    expect(lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(at(pod, 'terminationGracePeriodSeconds')).toBeGreaterThan(5 + 28 + 1);
  });

  it('may ask two kinds of reviews and nothing else', () => {
    const role = only(synth().manifests, 'ClusterRole');
    expect(at(role, 'rules')).toEqual([
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['subjectaccessreviews'],
        verbs: ['create'],
      },
    ]);
    const binding = only(synth().manifests, 'ClusterRoleBinding');
    expect(at(binding, 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'tenant-query-frontend', namespace: 'monitoring' },
    ]);
  });

  it.each<[string, AccessFeatures, readonly string[]]>([
    [
      'without features',
      {},
      [
        'create tokenreviews.authentication.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
      ],
    ],
    [
      'with issuers of its own',
      { oidcIssuers: [{ issuer: 'https://i', audiences: ['a'], usernamePrefix: 'i:' }] },
      [
        'create tokenreviews.authentication.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
      ],
    ],
    [
      'with all namespaces',
      { allNamespaces: { enabled: true } },
      [
        'create tokenreviews.authentication.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
        'list watch namespaces',
      ],
    ],
    [
      'with namespaces mapped to tenants',
      { tenantMapping: { enabled: true } },
      [
        'create tokenreviews.authentication.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
        'list watch namespaces',
      ],
    ],
    [
      'with the watch of rights',
      { rightsWatch: { enabled: true } },
      [
        'create tokenreviews.authentication.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
        'list watch roles.rbac.authorization.k8s.io',
        'list watch rolebindings.rbac.authorization.k8s.io',
        'list watch clusterroles.rbac.authorization.k8s.io',
        'list watch clusterrolebindings.rbac.authorization.k8s.io',
        'list watch serviceaccounts',
      ],
    ],
    [
      'with reads of the whole cluster, and attributes by endpoint',
      { clusterWide: { enabled: true }, attributesByEndpoint: { rules: 'openshift' } },
      [
        'create tokenreviews.authentication.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
      ],
    ],
    ['with reviews by the callers', { review: 'self' }, []],
  ])('has exactly the rights that it needs %s', (_case, features, expected) => {
    const role = only(synth({ features }).manifests, 'ClusterRole');
    const rules = at(role, 'rules') as readonly {
      apiGroups: [string];
      resources: string[];
      verbs: string[];
    }[];
    const printed = (rules ?? []).flatMap(({ apiGroups: [group], resources, verbs }) =>
      resources.map((it) => `${verbs.join(' ')} ${it}${group === '' ? '' : `.${group}`}`),
    );
    expect(printed).toEqual(expected);
  });

  it('runs the bundle on a plain Node, from immutable ConfigMaps of one file each', () => {
    const { manifests } = synth();
    const names = listAt(podOf(manifests), 'volumes', 0, 'projected', 'sources').map((it) =>
      String(at(it, 'configMap', 'name')),
    );
    const objects = names.map((name) => named(manifests, name));
    expect(objects.map((it) => at(it, 'immutable'))).toEqual([true, true]);
    expect(objects.map((it) => textsAt(it, 'data'))).toEqual(
      PLACEHOLDER.files.map(({ name, code }) => ({ [name]: code })),
    );
    expect(at(podOf(manifests), 'containers', 0)).toMatchObject({
      image: 'docker.io/library/node:24-slim',
      command: ['node', '/app/query-frontend.mjs'],
      args: ['--config', '/etc/prometheus-tenancy-kit/config/config.json'],
    });
  });

  it('rolls its pods when code or configuration change', () => {
    const volumes = (props: Partial<TenantQueryFrontendProps>): unknown[] =>
      listAt(podOf(synth(props).manifests), 'volumes').map((it) =>
        JSON.stringify(at(it, 'projected') ?? at(it, 'configMap')),
      );
    const [code, config] = volumes({});
    const [entry, shared] = PLACEHOLDER.files.map((file) => ({ ...file, code: 'other' }));
    const newCode = RuntimeCode.configMap({
      ...PLACEHOLDER,
      files: [entry, shared].flatMap((it) => it ?? []),
    });
    expect(volumes({ code: newCode })[0]).not.toBe(code);
    expect(volumes({ code: newCode })[1]).toBe(config);
    expect(volumes({ limits: { tenants: 3 } })[0]).toBe(code);
    expect(volumes({ limits: { tenants: 3 } })[1]).not.toBe(config);
    expect(volumes({ rates: { perUser: 3 } })[1]).not.toBe(config);
    expect(volumes({ concurrency: { total: 3 } })[1]).not.toBe(config);
    expect(volumes({ coalescing: { cacheTtlMs: 3 } })[1]).not.toBe(config);
  });

  it('is probed on the port that tenants cannot reach', () => {
    const container = at(podOf(synth().manifests), 'containers', 0);
    expect(at(container, 'readinessProbe', 'httpGet')).toEqual({
      path: '/-/ready',
      port: 'operations',
      scheme: 'HTTP',
    });
    expect(at(container, 'livenessProbe', 'httpGet', 'path')).toBe('/-/healthy');
    expect(at(container, 'ports')).toEqual([
      { name: 'https', containerPort: 8_443, protocol: 'TCP' },
      { name: 'operations', containerPort: 9_091, protocol: 'TCP' },
    ]);
    const service = only(synth().manifests, 'Service', 'tenant-query-frontend');
    expect(listAt(service.spec, 'ports').map((it) => at(it, 'port'))).toEqual([8_443]);
  });

  it('gives each tenant a URL of its own', () => {
    const tenant = parseTenantId('team-a');
    if (tenant === undefined) throw new Error('not a tenant');
    expect(synth().frontend.urlOf(tenant)).toBe(
      'https://tenant-query-frontend.monitoring.svc:8443/namespaces/team-a/',
    );
    expect(synth({ unsafePlainHttp: true }).frontend.urlOf(tenant)).toMatch(/^http:.*:8080/);
  });

  it('gets its certificate from a Secret, or from cert-manager', () => {
    const secretOf = (manifests: readonly Manifest[]): unknown =>
      at(podOf(manifests), 'volumes', 2, 'secret', 'secretName');
    expect(secretOf(synth().manifests)).toBe('tenant-query-frontend-tls');
    expect(secretOf(synth({ certificate: ServingCertificate.secret('mine') }).manifests)).toBe(
      'mine',
    );
    const { manifests } = synth({ certificate: ServingCertificate.certManager({ name: 'ca' }) });
    expect(only(manifests, 'Certificate').spec).toMatchObject({
      secretName: 'tenant-query-frontend-tls',
      dnsNames: expect.arrayContaining(['tenant-query-frontend.monitoring.svc']),
      issuerRef: { kind: 'Issuer', name: 'ca' },
    });
  });

  it('speaks plain HTTP only when told so by an unsafe name', () => {
    const { frontend, manifests } = synth({ unsafePlainHttp: true });
    expect(frontend.config.listener.unsafePlainHttp).toBe(true);
    expect(listAt(podOf(manifests), 'volumes').map((it) => at(it, 'secret'))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('answers at the address of older installations on request', () => {
    expect(
      synth().manifests.filter((it) => it.metadata.name === 'thanos-querier-frontend'),
    ).toEqual([]);
    const { manifests } = synth({ legacyAlias: true });
    expect(
      at(only(manifests, 'Service', 'thanos-querier-frontend').spec, 'ports', 0),
    ).toMatchObject({
      port: 9_090,
      targetPort: 'https',
    });
  });

  it('has that address certified, too', () => {
    const certificate = ServingCertificate.certManager({ name: 'ca' });
    const { manifests } = synth({ legacyAlias: true, certificate });
    expect(listAt(only(manifests, 'Certificate').spec, 'dnsNames')).toEqual(
      ['tenant-query-frontend', 'thanos-querier-frontend'].flatMap((name) => [
        name,
        `${name}.monitoring`,
        `${name}.monitoring.svc`,
        `${name}.monitoring.svc.cluster.local`,
      ]),
    );
  });

  it('survives the drain of a node', () => {
    const { manifests } = synth();
    const budget = only(manifests, 'PodDisruptionBudget', 'tenant-query-frontend');
    expect(at(budget.spec, 'maxUnavailable')).toBe(1);
    const deployment = only(manifests, 'Deployment', 'tenant-query-frontend');
    expect(at(deployment.spec, 'replicas')).toBe(2);
    const alone = synth({ replicas: 1 }).manifests.filter(
      (it) => it.kind === 'PodDisruptionBudget' && it.metadata.name === 'tenant-query-frontend',
    );
    expect(alone).toEqual([]);
  });

  it('leaves the number of replicas to an autoscaler', () => {
    const { manifests } = synth({ autoscaling: { minReplicas: 3, maxReplicas: 9 } });
    const deployment = only(manifests, 'Deployment', 'tenant-query-frontend');
    expect(deployment.spec).not.toHaveProperty('replicas');
    const autoscaler = only(manifests, 'HorizontalPodAutoscaler', 'tenant-query-frontend');
    expect(autoscaler.spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 9,
      scaleTargetRef: { kind: 'Deployment', name: 'tenant-query-frontend' },
    });
    expect(only(manifests, 'PodDisruptionBudget', 'tenant-query-frontend')).toBeDefined();
    expect(() => synth({ autoscaling: { minReplicas: 4, maxReplicas: 3 } })).toThrow(/autoscaling/);
  });

  it('has the priority that is asked for', () => {
    const { manifests } = synth({ priorityClassName: 'platform' });
    expect(at(podOf(manifests), 'priorityClassName')).toBe('platform');
    expect(podOf(synth().manifests)).not.toHaveProperty('priorityClassName');
  });

  it('pins the image by digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(at(podOf(synth({ image: { digest } }).manifests), 'containers', 0, 'image')).toBe(
      `docker.io/library/node:24-slim@${digest}`,
    );
  });

  it.each<[string, Partial<TenantQueryFrontendProps>, RegExp]>([
    [
      'another tenancy label than the upstream',
      { tenancyLabel: 'tenant' },
      /use one label everywhere/,
    ],
    [
      'a preset that does not exist',
      { attributes: 'openshfit' as 'openshift' },
      /"openshfit" is no preset.*seed, seedPodsMetrics, openshift/,
    ],
    [
      'a preset named like a method of objects',
      { attributes: 'toString' as 'seed' },
      /"toString" is no preset/,
    ],
    ['no audience', { audiences: [] }, /any service would do/],
    ['an issuer without effect', { audiences: ['x'], clusterIssuer: 'y' }, /would have no effect/],
    [
      'a certificate and no TLS',
      { unsafePlainHttp: true, certificate: ServingCertificate.secret() },
      /contradict each other/,
    ],
    ['a digest that is none', { image: { digest: 'latest' } }, /not a digest/],
    [
      'a setting that the runtime refuses',
      { limits: { tenants: 0 } },
      /the runtime refuses.*tenants/,
    ],
    [
      'a queue that the runtime refuses',
      { concurrency: { total: 0 } },
      /the runtime refuses.*concurrency\.total: must be at least 1/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => synth(props)).toThrow(SynthError);
    expect(() => synth(props)).toThrow(message);
  });
});

describe('RuntimeCode', () => {
  const bundle =
    (code: string): (() => unknown) =>
    () =>
      RuntimeCode.configMap({ ...PLACEHOLDER, files: [{ name: 'query-frontend.mjs', code }] });

  it('takes a bundle below 200 kB and refuses one of 200 kB', () => {
    expect(bundle('x'.repeat(199_999))).not.toThrow();
    expect(bundle('x'.repeat(200_000))).toThrow(/200000 bytes, and 200000 is too many/);
  });

  it('refuses a bundle whose copy in the annotation of kubectl would not fit', () => {
    // Six bytes each: kubectl escapes them as if for a web page.
    expect(bundle('<'.repeat(42_000))).not.toThrow();
    expect(bundle('<'.repeat(43_000))).toThrow(/annotation of kubectl would take 258002 bytes/);
  });
});
