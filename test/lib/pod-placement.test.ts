import { describe, expect, it } from '@jest/globals';
import {
  GrpcTls,
  type PodPlacement,
  SynthError,
  TenantPrometheus,
  ThanosQuerier,
  ThanosRuler,
  ThanosStoreGateway,
  WebAccess,
} from '../../lib/index.ts';
import { Tenant, Token } from '../../tenant/onboarding/index.ts';
import { everyThanos } from './support/every-thanos.ts';
import {
  at,
  type Json,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
} from './support/manifests.ts';
import { PLACED, PLACEMENT } from './support/placement.ts';
import { exampleApp } from './support/platform.ts';

/** What stands around the containers of every pod: where it runs, and its annotations. */
function pods(manifests: readonly Manifest[]): readonly { of: string; spec: Json; meta: Json }[] {
  return manifests.flatMap(({ kind, metadata, spec }) => {
    const of = `${kind} ${metadata.name}`;
    if (kind === 'Prometheus' || kind === 'ThanosRuler') {
      return { of, spec, meta: at(spec, 'podMetadata') };
    }
    const template = at(spec, 'template') ?? at(spec, 'jobTemplate', 'spec', 'template');
    if (template === undefined) return [];
    return { of, spec: at(template, 'spec'), meta: at(template, 'metadata') };
  });
}

function everything(placement?: PodPlacement): Manifest[] {
  const more = placement === undefined ? {} : { placement };
  return manifestsOf(
    everyThanos({ grpcTls: GrpcTls.fromSecrets(), memcached: true, ...more }),
    renewed(placement),
  );
}

function renewed(placement: PodPlacement = {}): ReturnType<typeof platformChart> {
  const { frontend, prometheus } = exampleApp().platform;
  const chart = platformChart();
  void new Tenant(chart, 'tenant', {
    namespace: 'team-c',
    frontend,
    scraper: prometheus,
    token: Token.renewed(placement),
  });
  return chart;
}

describe('the placement of pods', () => {
  const placed = pods(everything(PLACEMENT));

  it('is that of these', () => {
    const kinds = placed.map(({ of }) => of.split(' ')[0]);
    expect(new Set(kinds)).toEqual(
      new Set(['CronJob', 'Deployment', 'Job', 'Prometheus', 'StatefulSet', 'ThanosRuler']),
    );
    expect(placed.length).toBeGreaterThan(14);
  });

  it.each(placed)('is taken by $of', ({ meta, spec }) => {
    expect(spec).toMatchObject(PLACED);
    expect(at(meta, 'annotations')).toEqual(PLACEMENT.podAnnotations);
  });

  it('adds nothing where nothing is said', () => {
    for (const { meta, spec } of pods(everything())) {
      expect(at(meta, 'annotations')).toBeUndefined();
      for (const field of Object.keys(PLACED)) expect(at(spec, field)).toBeUndefined();
    }
  });

  it('moves no pod away from its selector', () => {
    for (const { kind, metadata, spec } of everything(PLACEMENT)) {
      if (kind !== 'Deployment' && kind !== 'StatefulSet') continue;
      expect([metadata.name, at(spec, 'template', 'metadata', 'labels')]).toEqual([
        metadata.name,
        expect.objectContaining(at(spec, 'selector', 'matchLabels') as object),
      ]);
    }
  });
});

describe('extraEnv', () => {
  const envOf = (extraEnv: Readonly<Record<string, string>>): readonly Json[] => {
    const chart = platformChart();
    void new ThanosStoreGateway(chart, 'store', { extraEnv });
    const { spec } = only(manifestsOf(chart), 'StatefulSet');
    return listAt(spec, 'template', 'spec', 'containers', 0, 'env');
  };

  it('sets variables of the container', () => {
    expect(envOf({ HTTPS_PROXY: 'http://proxy:3128', GOGC: '80' })).toEqual([
      { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
      { name: 'GOGC', value: '80' },
    ]);
    expect(envOf({})).toEqual([]);
    const path = { GOOGLE_APPLICATION_CREDENTIALS: '/var/run/google/config.json' };
    expect(envOf(path)).toEqual([
      { name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/var/run/google/config.json' },
    ]);
    expect(() => envOf({ AWS_SECRET_ACCESS_KEY: '/abc' })).toThrow('looks like a secret');
  });

  it.each([
    ['beside certificates', WebAccess.clientCertificates()],
    ['alone', WebAccess.unsafeNetworkPolicy()],
  ])('reaches the sidecar of Prometheus, %s', (_how, webAccess) => {
    const chart = platformChart();
    const sidecarEnv = { HTTPS_PROXY: 'http://proxy:3128' };
    void new TenantPrometheus(chart, 'prometheus', { cluster: 'main', webAccess, sidecarEnv });
    const containers = listAt(only(manifestsOf(chart), 'Prometheus').spec, 'containers');
    const [sidecar, ...others] = containers.filter((it) => at(it, 'name') === 'thanos-sidecar');
    expect(others).toEqual([]);
    expect(at(sidecar, 'env')).toEqual([{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }]);
    const isGuarded = webAccess.certificates !== undefined;
    expect(listAt(sidecar, 'volumeMounts')).toHaveLength(isGuarded ? 2 : 0);
    expect(containers).toHaveLength(isGuarded ? 2 : 1);
    expect(
      () =>
        new TenantPrometheus(chart, 'other', { cluster: 'main', sidecarEnv: { MY_TOKEN: 'x' } }),
    ).toThrow('sidecarEnv MY_TOKEN: looks like a secret');
  });

  it.each([
    ['AWS_SECRET_ACCESS_KEY', /^ThanosStoreGateway \S+ extraEnv AWS_\w+: looks like a secret/],
    ['GOOGLE_APPLICATION_CREDENTIALS', /looks like a secret/],
    ['proxy_password', /looks like a secret/],
    ['POD_NAME', /on which labels rest/],
    ['A-B', /no name of a variable/],
  ])('refuses %s', (name, message) => {
    expect(() => envOf({ [name]: 'x' })).toThrow(SynthError);
    expect(() => envOf({ [name]: 'x' })).toThrow(message);
  });

  it('stands beside the name of the pod where arguments need that', () => {
    const chart = platformChart();
    const query = ThanosQuerier.named();
    const extraEnv = { NO_PROXY: '.svc' };
    const ruling = { cluster: 'main', query, extraEnv };
    void new ThanosRuler(chart, 'ruler', { ...ruling, rules: { a: '{"groups":[]}' } });
    const { spec } = only(manifestsOf(chart), 'StatefulSet');
    const env = listAt(spec, 'template', 'spec', 'containers', 0, 'env');
    expect(env.map((it) => at(it, 'name'))).toEqual(['POD_NAME', 'NO_PROXY']);
    const mode = { kind: 'resource', ruleSelector: {} } as const;
    expect(() => new ThanosRuler(chart, 'operated', { ...ruling, name: 'two', mode })).toThrow(
      'extraEnv: the operator makes the container',
    );
  });
});
