import { describe, expect, it } from '@jest/globals';
import { ApiObject, Duration, JsonPatch } from 'cdk8s';
import {
  NetworkDestination,
  type RulerMode,
  type RulesSidecar,
  SynthError,
  ThanosQuerier,
  ThanosReceive,
  ThanosRuler,
  type ThanosRulerProps,
} from '../../lib/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textsAt,
} from './support/manifests.ts';

const NEITHER_TENANTS = {
  matchExpressions: [{ key: 'prometheus-tenancy-kit/tenant', operator: 'DoesNotExist' }],
};

const RULES = { platform: '{"groups":[]}' };

const SIDECAR: RulesSidecar = {
  bindTo: ({ folder, reloadUrl, volumeName }) => ({
    container: {
      name: 'rules',
      image: 'rules:1',
      args: [folder, reloadUrl],
      volumeMounts: [{ name: volumeName, mountPath: folder }],
    },
    volumes: [{ name: 'own', emptyDir: {} }],
    destinations: [NetworkDestination.cidrs(['198.51.100.7/32'], [443])],
    metricsPorts: [{ name: 'rules', port: 9_092 }],
  }),
};

function build(props: Partial<ThanosRulerProps> = {}): { ruler: ThanosRuler; all: Manifest[] } {
  const chart = platformChart();
  const ruler = new ThanosRuler(chart, 'ruler', {
    cluster: 'main',
    query: ThanosQuerier.named(),
    rules: RULES,
    ...props,
  });
  return { ruler, all: manifestsOf(chart) };
}

function argsOf(all: readonly Manifest[]): readonly unknown[] {
  const { spec } = only(all, 'StatefulSet');
  return listAt(spec, 'template', 'spec', 'containers', 0, 'args');
}

function fileOf(all: readonly Manifest[], prefix: string, name: string): unknown {
  const file = all.find((it) => it.kind === 'ConfigMap' && it.metadata.name.startsWith(prefix));
  return JSON.parse(textsAt(file, 'data')[name] ?? '');
}

describe('ThanosRuler', () => {
  it('keeps what it computed, uploads it and answers the querier', () => {
    const { all, ruler } = build();
    expect(argsOf(all)).toEqual(
      expect.arrayContaining([
        '--rule-file=/etc/thanos/rules/platform/*.yaml',
        '--label=cluster="main"',
        '--label=rule_replica="$(POD_NAME)"',
        '--alert.label-drop=rule_replica',
        '--objstore.config-file=/etc/thanos/objstore/objstore.yaml',
      ]),
    );
    expect(ruler.storeAddress).toBe('dnssrv+_grpc._tcp.thanos-ruler');
    expect(fileOf(all, 'thanos-ruler-config-', 'query.yaml')).toEqual([
      { static_configs: ['thanos-querier:10902'], scheme: 'http' },
    ]);
  });

  it('becomes an endpoint of the querier that it asks', () => {
    const { ruler } = build();
    const chart = platformChart();
    const querier = new ThanosQuerier(chart, 'querier', { endpoints: [ruler] });
    expect(querier.replicaLabels).toEqual(['rule_replica']);
    const named = ThanosQuerier.named();
    expect(named).toEqual({
      queryUrl: querier.queryUrl,
      pods: querier.pods,
      queryPort: querier.queryPort,
      tenancyLabel: querier.tenancyLabel,
    });
  });

  it('writes what it computed to receive, and nothing to the object store', () => {
    const receive = new ThanosReceive(platformChart(), 'receive', { cluster: 'main' });
    const { all, ruler } = build({ mode: { kind: 'stateless', remoteWrite: receive } });
    expect(argsOf(all).join(' ')).not.toContain('objstore');
    expect(ruler.usesObjstore).toBe(false);
    expect(fileOf(all, 'thanos-ruler-config-', 'remote-write.yaml')).toEqual({
      remote_write: [{ url: 'http://thanos-receive:19291/api/v1/receive', name: 'receive' }],
    });
    expect(ruler.connections).toContainEqual(receive.writeNetwork);
  });

  it('shares a folder with the container that brings the rules of tenants', () => {
    const { all, ruler } = build({ rules: {}, rulesSidecar: SIDECAR });
    const pod = at(only(all, 'StatefulSet').spec, 'template', 'spec');
    expect(argsOf(all)).toContain('--rule-file=/etc/thanos/rules/synced/*.yaml');
    expect(listAt(pod, 'containers', 1, 'args')).toEqual([
      '/etc/thanos/rules/synced',
      'http://127.0.0.1:10902/-/reload',
    ]);
    const shared = { name: 'synced-rules', mountPath: '/etc/thanos/rules/synced' };
    expect(listAt(pod, 'containers', 0, 'volumeMounts')).toContainEqual({
      ...shared,
      readOnly: true,
    });
    expect(listAt(pod, 'containers', 1, 'volumeMounts')).toEqual([shared]);
    expect(listAt(pod, 'volumes')).toEqual(
      expect.arrayContaining([
        { name: 'synced-rules', emptyDir: {} },
        { name: 'own', emptyDir: {} },
      ]),
    );
    expect(ruler.pods.metricsPorts.map(({ port }) => port)).toEqual([10_902, 9_092]);
    expect(ruler.destinations).toHaveLength(1);
  });

  it('sends alerts where it is told', () => {
    const network = NetworkDestination.pods({ namespace: 'alerting' }, [9_093]);
    const { all, ruler } = build({
      alertmanagers: [{ addresses: ['alertmanager.alerting.svc:9093'], network }],
    });
    expect(argsOf(all)).toContain(
      '--alertmanagers.config-file=/etc/thanos/rule-config/alertmanagers.yaml',
    );
    expect(fileOf(all, 'thanos-ruler-config-', 'alertmanagers.yaml')).toMatchObject({
      alertmanagers: [{ static_configs: ['alertmanager.alerting.svc:9093'], api_version: 'v2' }],
    });
    expect(ruler.destinations).toEqual([network]);
  });

  it.each<[string, Partial<ThanosRulerProps>, RegExp]>([
    ['no rule', { rules: {} }, /no rule to evaluate/],
    ['a path as a rule file', { rules: { '../x': '' } }, /no name of a rule file/],
    ['the tenancy label on everything', { externalLabels: { namespace: 'a' } }, /in one tenant/],
    ['that by hand', { extraArgs: ['--label=namespace="a"'] }, /in one tenant/],
    [
      'alerts without their tenant',
      { extraArgs: ['--alert.label-drop=namespace'] },
      /in one tenant/,
    ],
    [
      'tenants left out when alerts are restored',
      { extraArgs: ['--restore-ignored-label=namespace'] },
      /in one tenant/,
    ],
    ['a second replica label', { externalLabels: { rule_replica: 'a' } }, /set by the construct/],
    ['no cluster', { cluster: '' }, /name the cluster/],
    ['that by hand', { extraArgs: ['--label=rule_replica="a"'] }, /rule_replica two values/],
    ['blocks that never leave', { retention: Duration.hours(5) }, /keep at least 6/],
    ['remote write by hand', { extraArgs: ['--remote-write.config-file=/x'] }, /has a property/],
    ['a configuration in an argument', { extraArgs: ['--query.config=x'] }, /query.config-file/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => build(props)).toThrow(SynthError);
    expect(() => build(props)).toThrow(message);
  });
});

describe('ThanosRuler as a resource of the operator', () => {
  const resource = (mode: Partial<RulerMode> = {}): Partial<ThanosRulerProps> => ({
    rules: {},
    mode: { kind: 'resource', ruleSelector: {}, ...mode } as RulerMode,
  });

  it('asks the querier, uploads blocks and mounts what the rules come in', () => {
    const { all, ruler } = build({ ...resource(), rulesSidecar: SIDECAR });
    const { spec } = only(all, 'ThanosRuler');
    expect(spec).toMatchObject({
      queryEndpoints: ['http://thanos-querier:10902'],
      labels: { cluster: 'main' },
      objectStorageConfigFile: '/etc/thanos/objstore/objstore.yaml',
      ruleSelector: {},
      portName: 'http',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(at(spec, 'ruleNamespaceSelector')).toBeUndefined();
    expect(listAt(spec, 'containers').map((it) => at(it, 'name'))).toEqual(['rules']);
    expect(listAt(spec, 'volumeMounts')).toContainEqual({
      name: 'synced-rules',
      mountPath: '/etc/thanos/rules/synced',
      readOnly: true,
    });
    expect(ruler.replicaLabels).toEqual(['thanos_ruler_replica']);
  });

  it("takes rules out of namespaces that are no tenant's", () => {
    const props = resource({ ruleNamespaceSelector: NEITHER_TENANTS });
    expect(() => build(props)).not.toThrow();
  });

  it.each<[string, Partial<ThanosRulerProps>]>([
    ['every namespace', resource({ ruleNamespaceSelector: {} })],
    ['tenants', resource({ ruleNamespaceSelector: { matchLabels: { team: 'a' } } })],
  ])('refuses rules of %s', (_where, props) => {
    const chart = platformChart();
    const ruler = new ThanosRuler(chart, 'ruler', {
      cluster: 'main',
      query: ThanosQuerier.named(),
      ...props,
    });
    expect(ruler.node.validate().join()).toMatch(/ruleSelector takes rules of tenants/);
  });

  it("refuses a patch that takes rules of tenants, or makes all series one tenant's", () => {
    const { ruler } = build(resource());
    expect(ruler.node.validate()).toEqual([]);
    const patched = ApiObject.of(ruler.apiObject);
    patched.addJsonPatch(JsonPatch.add('/spec/ruleNamespaceSelector', {}));
    patched.addJsonPatch(JsonPatch.add('/spec/labels/namespace', 'a'));
    expect(ruler.node.validate()).toHaveLength(2);
  });

  it('refuses a patch that writes the tenancy label into the arguments', () => {
    const { ruler } = build(resource());
    const argument = { name: 'restore-ignored-label', value: 'namespace' };
    ruler.apiObject.addJsonPatch(JsonPatch.add('/spec/additionalArgs', [argument]));
    expect(ruler.node.validate()).toEqual([expect.stringMatching(/spec.additionalArgs.*in one/)]);
  });

  it.each<[string, Partial<ThanosRulerProps>, RegExp]>([
    ['rule files', { ...resource(), rules: RULES }, /from PrometheusRules only/],
    ['arguments', { ...resource(), extraArgs: ['--x=1'] }, /by a JSON patch/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => build(props)).toThrow(message);
  });
});
