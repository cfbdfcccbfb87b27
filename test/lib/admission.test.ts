import { Duration } from 'cdk8s';
import { describe, expect, it } from '@jest/globals';
import { AdmissionChart } from '../../charts/admission-chart.ts';
import { TenancyApp, type TenancyAppProps } from '../../charts/tenancy-app.ts';
import {
  SynthError,
  TenantAdmissionPolicies,
  type TenantAdmissionPoliciesProps,
  WatchingPrometheus,
} from '../../lib/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  PLACEHOLDER,
  platformChart,
  textAt,
} from './support/manifests.ts';
import { exampleApp } from './support/platform.ts';

const synth = (props: TenantAdmissionPoliciesProps = {}): Manifest[] => {
  const chart = platformChart();
  void new TenantAdmissionPolicies(chart, 'admission', props);
  return manifestsOf(chart);
};

const POLICY = 'ValidatingAdmissionPolicy';

const ofKind = (kind: string, props?: TenantAdmissionPoliciesProps): Manifest[] =>
  synth(props).filter((it) => it.kind === kind);

const textOf = (name: string, props?: TenantAdmissionPoliciesProps): string =>
  JSON.stringify(
    ofKind(POLICY, props).find((it) => it.metadata.name === `prometheus-tenancy-kit-${name}`)?.spec,
  );

describe('TenantAdmissionPolicies', () => {
  it('has a policy and a binding of one name for each kind', () => {
    const names = ofKind(POLICY).map((it) => it.metadata.name);
    expect(names).toEqual(
      [
        'servicemonitors',
        'podmonitors',
        'probes',
        'scrapeconfigs',
        'prometheusrules',
        'alertmanagerconfigs',
        'operator-instances',
        'endpoints',
        'endpointslices',
        'services',
        'namespace-labels',
      ].map((name) => `prometheus-tenancy-kit-${name}`),
    );
    const bindings = ofKind(`${POLICY}Binding`);
    expect(bindings.map((it) => it.metadata.name)).toEqual(names);
    expect(bindings.map((it) => textAt(it.spec, 'policyName'))).toEqual(names);
    expect(synth().every((it) => it.metadata.namespace === undefined)).toBe(true);
  });

  it.each(ofKind(POLICY))('refuses by $metadata.name what cannot be judged', ({ spec }) => {
    expect(at(spec, 'failurePolicy')).toBe('Fail');
    expect(listAt(spec, 'validations').length).toBeGreaterThan(0);
  });

  it('refuses by default', () => {
    for (const { spec } of ofKind(`${POLICY}Binding`)) {
      expect(at(spec, 'validationActions')).toEqual(['Deny', 'Audit']);
    }
    for (const { spec } of ofKind(`${POLICY}Binding`, { unsafeWarnOnly: true })) {
      expect(at(spec, 'validationActions')).toEqual(['Warn', 'Audit']);
    }
  });

  it('spares namespaces by their names alone, and none where labels of namespaces are guarded', () => {
    const spared = ofKind(`${POLICY}Binding`, { platformNamespaces: ['ingress'] }).map(({ spec }) =>
      at(spec, 'matchResources', 'namespaceSelector', 'matchExpressions'),
    );
    const expression = {
      key: 'kubernetes.io/metadata.name',
      operator: 'NotIn',
      values: ['ingress', 'monitoring'],
    };
    expect(spared.slice(0, -1)).toEqual(spared.slice(0, -1).map(() => [expression]));
    expect(spared.at(-1)).toBeUndefined();
  });

  it('spares the namespaces of the cluster by default', () => {
    const chart = platformChart();
    const { platformNamespaces } = new TenantAdmissionPolicies(chart, 'admission');
    expect(platformNamespaces).toEqual([
      'kube-node-lease',
      'kube-public',
      'kube-system',
      'monitoring',
    ]);
  });

  it('names each rule once, with what it asks for and why', () => {
    const { policies } = new TenantAdmissionPolicies(platformChart(), 'admission');
    for (const { name, rules } of policies) {
      const ids = rules.map(({ id }) => `${name} ${id}`);
      expect(ids).toEqual([...new Set(ids)]);
      for (const { id, message, why } of rules) {
        expect(id).toMatch(/^[a-z][a-zA-Z0-9]+$/);
        expect(message).not.toMatch(/\.$/);
        expect(why).toMatch(/\.$/);
      }
    }
  });

  it('looks at versions that it does not know, and refuses them', () => {
    expect(textOf('servicemonitors')).toContain('"apiVersions":["*"]');
    expect(textOf('servicemonitors')).toContain('request.kind.version in [\\"v1\\"]');
  });

  it.each<[string, string, TenantAdmissionPoliciesProps, RegExp]>([
    ['tenancyLabel', 'servicemonitors', { tenancyLabel: 'tenant_id' }, /tenant_id/],
    ['reservedLabels', 'podmonitors', { reservedLabels: ['cluster'] }, /cluster/],
    ['minimumInterval', 'prometheusrules', { minimumInterval: Duration.days(2) }, /172800s/],
    ['maximumScrapeTimeout', 'podmonitors', { maximumScrapeTimeout: Duration.minutes(2) }, /120s/],
    [
      'oauth2Hosts',
      'podmonitors',
      { oauth2Hosts: ['login.example.com:8443'] },
      /login\.example\.com:8443/,
    ],
    ['scrapeClasses', 'servicemonitors', { scrapeClasses: ['slow'] }, /slow/],
    ['probers', 'probes', { probers: ['blackbox:9115'] }, /blackbox:9115/],
    [
      'alertmanagerConfigs',
      'alertmanagerconfigs',
      { alertmanagerConfigs: 'deny' },
      /alertmanagerConfig: /,
    ],
    ['guardedNamespaceLabels', 'namespace-labels', { guardedNamespaceLabels: ['a/b'] }, /a\/b/],
    ['namespaceLabellers', 'namespace-labels', { namespaceLabellers: { groups: ['sre'] } }, /sre/],
    [
      'endpointWriters',
      'endpointslices',
      { endpointWriters: { serviceAccounts: [{ namespace: 'db', name: 'patroni' }] } },
      /system:serviceaccount:db:patroni/,
    ],
    ['unsafeScrapeConfigs', 'scrapeconfigs', { unsafeScrapeConfigs: true }, /kubernetesDiscovery/],
  ])('takes %s', (_name, policy, props, pattern) => {
    expect(textOf(policy)).not.toMatch(pattern);
    expect(textOf(policy, props)).toMatch(pattern);
  });

  it.each(['servicemonitors', 'podmonitors'])('takes unsafeNativeHistograms, by %s', (policy) => {
    expect(textOf(policy)).toContain('nativeHistograms: ');
    expect(textOf(policy, { unsafeNativeHistograms: true })).not.toContain('nativeHistograms: ');
  });

  it('takes globalReceivers', () => {
    const textWith = (globalReceivers?: TenantAdmissionPoliciesProps['globalReceivers']): string =>
      textOf('alertmanagerconfigs', globalReceivers === undefined ? {} : { globalReceivers });
    expect(textWith()).toContain('refused: mail, opsgenie without apiKey, ');
    expect(textWith(['mail'])).toContain('refused: opsgenie without apiKey, ');
    expect(textWith(['mail', 'opsgenie'])).toContain('refused: rocketchat without token');
  });

  it.each<[string, TenantAdmissionPoliciesProps, RegExp]>([
    ['a label of Prometheus itself', { tenancyLabel: '__name__' }, /belongs to Prometheus/],
    ['no floor', { minimumInterval: Duration.millis(1) }, /shorter than a second/],
    ['no timeout', { maximumScrapeTimeout: Duration.millis(999) }, /shorter than a second/],
    ['a pattern of namespaces', { platformNamespaces: ['kube-*'] }, /would never match/],
    ['an address for a host', { oauth2Hosts: ['https://login.example.com'] }, /would never match/],
    ['an address for a prober', { probers: ['http://blackbox:9115'] }, /would never match/],
    ['a label that is none', { reservedLabels: ['__address__'] }, /would never match/],
    [
      'everybody as labeller',
      { namespaceLabellers: { groups: ['system:authenticated'] } },
      /tenants belong/,
    ],
    [
      'every ServiceAccount as writer',
      { endpointWriters: { groups: ['system:serviceaccounts'] } },
      /tenants belong/,
    ],
    [
      'AlertmanagerConfigs where namespaces are no tenants',
      { tenancyLabel: 'tenant_id', alertmanagerConfigs: 'restricted' },
      /confines AlertmanagerConfigs by namespace/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => synth(props)).toThrow(SynthError);
    expect(() => synth(props)).toThrow(message);
  });
});

describe('AdmissionChart', () => {
  it('is of the label and the namespace of the platform', () => {
    const { admission } = exampleApp();
    expect(admission.policies.platformNamespaces).toContain('monitoring');
    expect(manifestsOf(admission)).toHaveLength(22);
  });

  it('refuses to spare a tenant', () => {
    const { platform } = exampleApp();
    const tenants = [{ namespace: 'team-a' }];
    const platformNamespaces = ['team-a'];
    expect(
      () => new AdmissionChart(platform, 'again', { platform, tenants, platformNamespaces }),
    ).toThrow(/names the tenant team-a/);
  });

  const others: readonly [string, (namespace: string) => Partial<TenancyAppProps>][] = [
    [
      'watchedBy',
      (namespace) => ({
        watchedBy: WatchingPrometheus.other({ namespace, podLabels: { app: 'prometheus' } }),
      }),
    ],
    ['operator', (namespace) => ({ operator: { namespace } })],
  ];
  it.each(others)('refuses a namespace of %s that is not of the platform', (setting, propsIn) => {
    const build = (namespace: string, platformNamespaces: readonly string[] = []): TenancyApp =>
      new TenancyApp({
        runtime: PLACEHOLDER,
        tenants: [{ namespace: 'team-a' }],
        admission: { platformNamespaces },
        ...propsIn(namespace),
      });
    const subject = `AdmissionChart admission ${setting}: `;
    expect(() => build('team-a')).toThrow(SynthError);
    expect(() => build('team-a')).toThrow(`${subject}runs in the namespace of the tenant team-a`);
    // Not to be had by calling the tenant's namespace one of the platform either.
    expect(() => build('team-a', ['team-a'])).toThrow(/names the tenant team-a/);
    expect(() => build('ops')).toThrow(
      `${subject}runs in ops, where the policies would refuse its next change; set platformNamespaces of the admission policies to monitoring, ops`,
    );
    expect(() => build('ops', ['ops'])).not.toThrow();
    expect(() => build('monitoring')).not.toThrow();
  });
});
