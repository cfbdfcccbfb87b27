import { describe, expect, it } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { ATTRIBUTE_PRESETS } from '../../frontend/config/query-frontend.ts';
import {
  CertificateAuthority,
  GrafanaDataSource,
  Namespace,
  Subject,
  Tenant,
  type TenantProps,
  Token,
} from '../../tenant/onboarding/index.ts';
import { at, type Json, manifestsOf, only, platformChart, textsAt } from './support/manifests.ts';
import { SCRAPER, TENANT_FRONTEND, tenantManifests } from './support/tenant.ts';

function dataSourceOf(grafana?: GrafanaDataSource, props: Partial<TenantProps> = {}): Json {
  const manifests = tenantManifests(grafana === undefined ? props : { grafana, ...props });
  const [file = ''] = Object.values(textsAt(only(manifests, 'ConfigMap'), 'data'));
  return at(JSON.parse(file), 'datasources', 0);
}

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

describe('Tenant', () => {
  it.each(Object.entries(ATTRIBUTE_PRESETS))(
    'gives the right that the frontend asks for with the preset %s',
    (_name, attributes) => {
      const role = only(tenantManifests({ frontend: { ...TENANT_FRONTEND, attributes } }), 'Role');
      const { group, resource, subresource, verb } = attributes;
      const expected = [resource, subresource].filter((it) => it !== '').join('/');
      expect(at(role, 'rules')).toEqual([
        { apiGroups: [group], resources: [expected], verbs: [verb] },
      ]);
    },
  );

  it('binds its ServiceAccount and the readers it is told', () => {
    const readers = [Subject.group('devs'), Subject.user('ann'), Subject.serviceAccount('x', 'ci')];
    expect(at(only(tenantManifests({ readers }), 'RoleBinding'), 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'metrics-reader', namespace: 'team-a' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'devs' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' },
      { kind: 'ServiceAccount', name: 'x', namespace: 'ci' },
    ]);
  });

  it('gives silencers these three verbs alone, on what the frontend asks for', () => {
    const silenceAttributes = { group: '', resource: 'namespace', subresource: 'silences' };
    const frontend = { ...TENANT_FRONTEND, silenceAttributes };
    const manifests = tenantManifests({ frontend, silencers: [Subject.group('on-call')] });
    expect(only(manifests, 'Role', 'silences-writer')).toMatchObject({
      metadata: { namespace: 'team-a' },
      rules: [
        {
          apiGroups: [''],
          resources: ['namespace/silences'],
          verbs: ['create', 'update', 'delete'],
        },
      ],
    });
    expect(only(manifests, 'RoleBinding', 'silences-writer')).toMatchObject({
      roleRef: { kind: 'Role', name: 'silences-writer' },
      subjects: [{ kind: 'Group', name: 'on-call' }],
    });
    expect(at(only(manifests, 'Role', 'metrics-reader'), 'rules')).toHaveLength(1);
    expect(tenantManifests({ frontend }).map(({ metadata }) => metadata.name)).not.toContain(
      'silences-writer',
    );
  });

  it('refuses silencers where nobody may change silences', () => {
    const build = (): unknown => tenantManifests({ silencers: [Subject.user('ann')] });
    expect(build).toThrow(/team-a silencers: the frontend lets nobody change silences/);
  });

  it('puts every object into the namespace of the tenant', () => {
    const namespaces = tenantManifests()
      .filter((it) => it.kind !== 'Namespace')
      .map((it) => it.metadata.namespace);
    expect(new Set(namespaces)).toEqual(new Set(['team-a']));
  });

  it('leaves the token to the control plane', () => {
    const secret = only(tenantManifests(), 'Secret');
    expect(secret).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { annotations: { 'kubernetes.io/service-account.name': 'metrics-reader' } },
    });
    expect(at(secret, 'data') ?? at(secret, 'stringData')).toBeUndefined();
  });

  it('marks a namespace that exists by its label alone, in a chart of its own', () => {
    const labels = new Chart(new App(), 'labels');
    const rest = tenantManifests({ namespaceObject: Namespace.labelled({ scope: labels }) });
    expect(rest.filter((it) => it.kind === 'Namespace')).toEqual([]);
    expect(manifestsOf(labels)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'team-a', labels: { 'prometheus-tenancy-kit/tenant': 'true' } },
      },
    ]);
  });

  it('refuses to mark the namespace beside the other objects of the tenant', () => {
    const chart = platformChart();
    for (const scope of [chart, undefined as unknown as Chart]) {
      const namespaceObject = Namespace.labelled({ scope });
      const build = (): unknown =>
        new Tenant(chart, `tenant-${typeof scope}`, {
          namespace: 'team-a',
          frontend: TENANT_FRONTEND,
          scraper: SCRAPER,
          namespaceObject,
        });
      expect(build).toThrow(/deleting those would delete the namespace/);
    }
  });

  it('tells Argo CD and Flux to keep a namespace that it owns', () => {
    const namespaceObject = Namespace.managed({ labels: { owner: 'x' } });
    const { metadata } = only(tenantManifests({ namespaceObject }), 'Namespace');
    expect(metadata).toMatchObject({
      labels: { 'prometheus-tenancy-kit/tenant': 'true' },
      annotations: {
        'argocd.argoproj.io/sync-options': expect.stringContaining('Prune=false,Delete=false'),
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      },
    });
    expect(metadata.namespace).toBeUndefined();
  });

  it.each<[string, Partial<TenantProps>]>([
    ['by default', {}],
    ['that somebody else marks', { namespaceObject: Namespace.foreign() }],
  ])('makes no Namespace %s', (_which, props) => {
    expect(tenantManifests(props).filter((it) => it.kind === 'Namespace')).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a name with a dot', 'team.a', /not the name of a namespace/],
    ['upper case', 'Team', /not the name of a namespace/],
    ['the namespace of the platform', 'monitoring', /one of its own tenants/],
  ])('refuses %s', (_what, namespace, message) => {
    expect(() => tenantManifests({ namespace })).toThrow(message);
  });
});

describe('GrafanaDataSource', () => {
  it('points to the tenant, posts queries, verifies the frontend and holds no token', () => {
    expect(dataSourceOf()).toMatchObject({
      url: 'https://frontend.monitoring.svc:8443/namespaces/team-a/',
      type: 'prometheus',
      access: 'proxy',
      orgId: 1,
      jsonData: {
        httpMethod: 'POST',
        manageAlerts: false,
        tlsAuthWithCACert: true,
        tlsSkipVerify: false,
        httpHeaderName1: 'Authorization',
      },
      secureJsonData: {
        tlsCACert: '$__file{/etc/prometheus-tenancy-kit/ca/ca.crt}',
        httpHeaderValue1: 'Bearer $__file{/etc/prometheus-tenancy-kit/tokens/team-a/token}',
      },
    });
  });

  it('is found by a sidecar of Grafana only on request', () => {
    const labelsOf = (grafana?: GrafanaDataSource): Record<string, string> =>
      textsAt(
        only(tenantManifests(grafana === undefined ? {} : { grafana }), 'ConfigMap').metadata,
        'labels',
      );
    const plain = labelsOf();
    expect(Object.keys(plain)).toEqual([
      'app.kubernetes.io/component',
      'app.kubernetes.io/part-of',
    ]);
    const own = GrafanaDataSource.ownInstance({ sidecarLabel: 'team_a_datasource' });
    expect(labelsOf(own)).toEqual({ ...plain, team_a_datasource: '1' });
    const shared = GrafanaDataSource.organisation(7, { sidecarLabel: 'grafana_datasource' });
    expect(labelsOf(shared)).toEqual({ ...plain, grafana_datasource: '1' });
  });

  it('carries the certificates of the authority where they are given', () => {
    const certificateAuthority = CertificateAuthority.pem(PEM);
    const source = dataSourceOf(GrafanaDataSource.ownInstance({ certificateAuthority }));
    expect(at(source, 'secureJsonData', 'tlsCACert')).toBe(`${PEM}\n`);
  });

  it('verifies against the authorities of the system too', () => {
    const certificateAuthority = CertificateAuthority.system();
    const source = dataSourceOf(GrafanaDataSource.ownInstance({ certificateAuthority }));
    expect(at(source, 'jsonData', 'tlsSkipVerify')).toBe(false);
    expect(at(source, 'secureJsonData', 'tlsCACert')).toBeUndefined();
  });

  it('belongs to an organisation of the tenant alone', () => {
    expect(at(dataSourceOf(GrafanaDataSource.organisation(7)), 'orgId')).toBe(7);
    expect(() => GrafanaDataSource.organisation(1)).toThrow(/everybody's/);
    expect(at(dataSourceOf(GrafanaDataSource.unsafeSharedOrganisation(1)), 'orgId')).toBe(1);
  });

  it('passes the token of the user on, and then needs none of its own', () => {
    const source = dataSourceOf(GrafanaDataSource.forwardedOAuth(), { token: Token.none() });
    expect(at(source, 'jsonData', 'oauthPassThru')).toBe(true);
    expect(at(source, 'jsonData', 'httpHeaderName1')).toBeUndefined();
    expect(at(source, 'secureJsonData', 'httpHeaderValue1')).toBeUndefined();
  });

  it('has an identifier of at most 40 characters, unique for long names', () => {
    const uids = ['a', 'b'].map((end) =>
      at(dataSourceOf(undefined, { namespace: `${'x'.repeat(62)}${end}` }), 'uid'),
    );
    expect(uids.map((uid) => String(uid).length)).toEqual([40, 40]);
    expect(new Set(uids).size).toBe(2);
    expect(at(dataSourceOf(), 'uid')).toBe('tenant-team-a');
  });

  it('is left out on request', () => {
    expect(tenantManifests({ grafana: 'none' }).filter((it) => it.kind === 'ConfigMap')).toEqual(
      [],
    );
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a token that does not exist',
      () => tenantManifests({ token: Token.none() }),
      /is given none/,
    ],
    [
      'a file that would end the notation',
      () =>
        tenantManifests({
          grafana: GrafanaDataSource.ownInstance({ tokenFile: '/x}$__env{HOME' }),
        }),
      /cannot stand in Grafana's notation/,
    ],
    [
      "the label that a shared Grafana's sidecar looks for",
      () => GrafanaDataSource.ownInstance({ sidecarLabel: 'grafana_datasource' }),
      /a shared Grafana looks for too/,
    ],
    ['a relative file', () => CertificateAuthority.file('ca.crt'), /absolute path/],
    [
      'a private key for an authority',
      () =>
        CertificateAuthority.pem(
          `${PEM}\n-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----`,
        ),
      /without a key/,
    ],
  ])('refuses %s', (_what, build, message) => {
    expect(build).toThrow(message);
  });
});
