import { describe, expect, it } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { parseQuery } from '../../frontend/promql/parse.ts';
import { SynthError } from '../../lib/index.ts';
import {
  CertificateAuthority,
  OperatorDataSource,
  type OperatorDataSourceProps,
  type TenantFrontend,
  type TenantProps,
  Token,
} from '../../tenant/onboarding/index.ts';
import { at, listAt, type Manifest, only, textAt, textsAt } from './support/manifests.ts';
import { exampleApp } from './support/platform.ts';
import { podTemplates } from './support/pod-templates.ts';
import { TENANT_FRONTEND, tenantManifests } from './support/tenant.ts';

const FRONTEND: TenantFrontend = { ...TENANT_FRONTEND, tokenAudience: 'tenant-query-frontend' };
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

function synth(props: Partial<TenantProps> = {}): Manifest[] {
  return tenantManifests({ frontend: FRONTEND, ...props });
}

describe('Token.renewed', () => {
  const manifests = synth({ token: Token.renewed() });

  it('makes a Secret without a token in it, and no legacy one', () => {
    const secret = only(manifests, 'Secret');
    expect(secret).toMatchObject({
      type: 'Opaque',
      metadata: { name: 'metrics-reader-renewed-token', namespace: 'team-a' },
    });
    expect(at(secret, 'data') ?? at(secret, 'stringData')).toBeUndefined();
  });

  it('may make tokens for the one reader, and change the one Secret', () => {
    expect(at(only(manifests, 'Role', 'metrics-reader-token-renewer'), 'rules')).toEqual([
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['metrics-reader'],
        verbs: ['create'],
      },
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['metrics-reader-renewed-token'],
        verbs: ['patch'],
      },
    ]);
    const binding = only(manifests, 'RoleBinding', 'metrics-reader-token-renewer');
    expect(at(binding, 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'metrics-reader-token-renewer', namespace: 'team-a' },
    ]);
  });

  it('runs at once and then twice a day, at a minute of its own, from the same program', () => {
    const pods = podTemplates(manifests);
    expect(pods.map(({ owner }) => owner.split(' ')[0])).toEqual(['Job', 'CronJob']);
    expect(pods[0]?.spec).toEqual(pods[1]?.spec);
    const minutes = ['team-a', 'team-b', 'team-c', 'team-d'].map((namespace) =>
      textAt(only(synth({ namespace, token: Token.renewed() }), 'CronJob').spec, 'schedule'),
    );
    for (const schedule of minutes) expect(schedule).toMatch(/^[1-5]?\d \*\/12 \* \* \*$/);
    expect(new Set(minutes).size).toBeGreaterThan(1);
  });

  it('asks for tokens that only the frontend takes', () => {
    const settings = (props: Partial<TenantProps>): unknown =>
      JSON.parse(
        synth({ token: Token.renewed({ lifetime: Duration.hours(72) }), ...props })
          .map((it) => textsAt(it, 'data')['settings.json'])
          .find((it) => it !== undefined) ?? '',
      );
    expect(settings({})).toMatchObject({
      audiences: ['tenant-query-frontend'],
      expirationSeconds: 259_200,
      namespace: 'team-a',
    });
    const { tokenAudience: _, ...anyAudience } = FRONTEND;
    expect(settings({ frontend: anyAudience })).toMatchObject({ audiences: [] });
  });

  it('is a new Job when its settings or its image change', () => {
    const nameOf = (token: Token): string => only(synth({ token }), 'Job').metadata.name;
    expect(nameOf(Token.renewed())).toBe(nameOf(Token.renewed()));
    expect(nameOf(Token.renewed({ lifetime: Duration.hours(36) }))).not.toBe(
      nameOf(Token.renewed()),
    );
    // The template of a Job cannot be changed, and the image is in it.
    const renewed = Token.renewed({ image: { tag: '26-slim' } });
    expect(nameOf(renewed)).not.toBe(nameOf(Token.renewed()));
  });

  it('puts every object into the namespace of the tenant', () => {
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set(['team-a']),
    );
  });

  it('is asked for the audience of the real frontend', () => {
    expect(exampleApp().platform.frontend.tokenAudience).toBe('tenant-query-frontend');
  });

  it('takes the longest lifetime that it says', () => {
    expect(() => Token.renewed({ lifetime: Duration.days(30) })).not.toThrow();
  });

  it.each([
    [{ everyHours: 5 }, /no divisor of 24/],
    [{ everyHours: 0 }, /no divisor of 24/],
    [{ lifetime: Duration.hours(23) }, /shorter than two renewals/],
    [{ lifetime: Duration.days(31) }, /longer than 30 days.*Token\.legacySecret/],
  ])('refuses %j', (props, message) => {
    expect(() => Token.renewed(props)).toThrow(SynthError);
    expect(() => Token.renewed(props)).toThrow(message);
  });
});

describe('the quota of a tenant', () => {
  it('is not there unless asked for', () => {
    expect(synth().filter(({ kind }) => /Quota|LimitRange/.test(kind))).toEqual([]);
  });

  it('bounds monitors and rules, and what else is named', () => {
    const manifests = synth({ quota: { rules: 3, hard: { 'requests.cpu': '10' } } });
    expect(at(only(manifests, 'ResourceQuota').spec, 'hard')).toEqual({
      'count/servicemonitors.monitoring.coreos.com': 50,
      'count/podmonitors.monitoring.coreos.com': 50,
      'count/prometheusrules.monitoring.coreos.com': 3,
      'requests.cpu': '10',
    });
    expect(manifests.filter(({ kind }) => kind === 'LimitRange')).toEqual([]);
  });

  it('gives containers that ask for nothing a share', () => {
    const containerDefaults = {
      cpu: Cpu.millis(50),
      memory: Size.mebibytes(64),
      memoryLimit: Size.mebibytes(256),
    };
    const range = only(synth({ quota: { containerDefaults } }), 'LimitRange');
    expect(at(range.spec, 'limits')).toEqual([
      {
        type: 'Container',
        default: { memory: '256Mi' },
        defaultRequest: { cpu: '50m', memory: '64Mi' },
      },
    ]);
  });

  it.each([
    [{ monitors: -1 }, /no number of objects/],
    [{ rules: 1.5 }, /no number of objects/],
    [{ hard: { 'count/podmonitors.monitoring.coreos.com': '1' } }, /a second time/],
  ])('refuses %j', (quota, message) => {
    expect(() => synth({ quota })).toThrow(message);
  });
});

describe('the samples of a tenant', () => {
  it('are not there unless asked for', () => {
    expect(synth().filter(({ kind }) => /ServiceMonitor|PrometheusRule/.test(kind))).toEqual([]);
  });

  it('are a monitor that follows no redirects, and rules that parse', () => {
    const manifests = synth({ samples: true });
    const monitor = only(manifests, 'ServiceMonitor');
    expect(listAt(monitor.spec, 'endpoints')).toEqual([
      { port: 'metrics', interval: '30s', followRedirects: false },
    ]);
    expect(at(monitor.spec, 'selector', 'matchLabels')).toEqual({
      [textAt(monitor.spec, 'jobLabel')]: 'example',
    });
    const rules = listAt(only(manifests, 'PrometheusRule').spec, 'groups', 0, 'rules');
    expect(rules).toHaveLength(2);
    expect(textAt(rules[0], 'expr')).toContain('job="example"');
    for (const rule of rules) expect(parseQuery(textAt(rule, 'expr')).ok).toBe(true);
  });
});

describe('OperatorDataSource', () => {
  const dataSource = (props: Partial<OperatorDataSourceProps> = {}): OperatorDataSource =>
    new OperatorDataSource({
      instanceLabels: { dashboards: 'team-a' },
      certificateAuthority: CertificateAuthority.pem(PEM),
      ...props,
    });

  it('takes the token from its Secret, and is imported in its own namespace alone', () => {
    const manifests = synth({ grafana: dataSource(), token: Token.renewed() });
    const resource = only(manifests, 'GrafanaDatasource');
    expect(resource).toMatchObject({
      apiVersion: 'grafana.integreatly.org/v1beta1',
      metadata: { name: 'metrics', namespace: 'team-a' },
      spec: {
        instanceSelector: { matchLabels: { dashboards: 'team-a' } },
        allowCrossNamespaceImport: false,
        valuesFrom: [
          {
            targetPath: 'secureJsonData.httpHeaderValue1',
            valueFrom: { secretKeyRef: { name: 'metrics-reader-renewed-token', key: 'token' } },
          },
        ],
        datasource: {
          uid: 'tenant-team-a',
          url: 'https://frontend.monitoring.svc:8443/namespaces/team-a/',
          jsonData: { manageAlerts: false, tlsSkipVerify: false, tlsAuthWithCACert: true },
          secureJsonData: { httpHeaderValue1: 'Bearer ${token}', tlsCACert: `${PEM}\n` },
        },
      },
    });
    expect(
      manifests.filter(({ metadata }) => metadata.name === 'grafana-data-source-metrics'),
    ).toEqual([]);
  });

  it('can pass the users own tokens on, and then holds none', () => {
    const grafana = dataSource({ credential: 'oauth' });
    const { spec } = only(synth({ grafana, token: Token.none() }), 'GrafanaDatasource');
    expect(at(spec, 'valuesFrom')).toBeUndefined();
    expect(at(spec, 'datasource', 'jsonData', 'oauthPassThru')).toBe(true);
    expect(JSON.stringify(spec)).not.toContain('Bearer');
  });

  it('refuses a token that is not there, a file, and every Grafana', () => {
    expect(() => synth({ grafana: dataSource(), token: Token.none() })).toThrow(/given none/);
    const certificateAuthority = CertificateAuthority.file('/ca.crt');
    expect(() => synth({ grafana: dataSource({ certificateAuthority }) })).toThrow(/is a file/);
    expect(() => dataSource({ instanceLabels: {} })).toThrow(/selects every Grafana/);
  });
});
