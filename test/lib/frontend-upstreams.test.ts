import { Duration } from 'cdk8s';
import { describe, expect, it } from '@jest/globals';
import {
  AlertmanagerUpstream,
  BearerToken,
  NetworkDestination,
  RulesUpstream,
  RuntimeCode,
  SynthError,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
  TrustedAuthority,
} from '../../lib/index.ts';
import { parseTenancyLabel } from '../../tenant/index.ts';
import { at, listAt, manifestsOf, only, PLACEHOLDER, platformChart } from './support/manifests.ts';
import { QUERIER } from './support/querier.ts';

interface Synthesised {
  readonly frontend: TenantQueryFrontend;
  readonly pod: unknown;
}

function synth(props: Partial<TenantQueryFrontendProps> = {}): Synthesised {
  const chart = platformChart();
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream: QUERIER,
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...props,
  });
  const { spec } = only(manifestsOf(chart), 'Deployment', 'tenant-query-frontend');
  return { frontend, pod: at(spec, 'template', 'spec') };
}

const ELSEWHERE = NetworkDestination.pods({ namespace: 'alerting' }, [9_093]);
const FOLDER = '/etc/prometheus-tenancy-kit';
const RULER = {
  name: 'thanos-ruler',
  pods: { component: 'thanos-ruler', podLabels: { app: 'ruler' }, metricsPorts: [] },
  tenancyLabel: QUERIER.tenancyLabel,
};

describe('the upstreams of a TenantQueryFrontend', () => {
  it('are that of the queries alone by default, and nothing is mounted for it', () => {
    const { frontend, pod } = synth();
    expect(frontend.config.upstreams).toEqual({});
    expect(frontend.connections).toEqual([{ to: QUERIER.pods, port: QUERIER.queryPort }]);
    expect(frontend.destinations).toEqual([]);
    expect(listAt(pod, 'volumes').map((it) => at(it, 'name'))).toEqual(['code', 'config', 'tls']);
  });

  it('may be a ruler of the kit, and an Alertmanager of the operator', () => {
    const { frontend } = synth({
      upstreams: {
        rules: RulesUpstream.ruler(RULER),
        alertmanager: AlertmanagerUpstream.operated('main'),
      },
    });
    expect(frontend.config.upstreams).toMatchObject({
      rules: { url: 'http://thanos-ruler:10902', maxSockets: 32 },
      alertmanager: { url: 'http://alertmanager-operated:9093', maxSockets: 32 },
    });
    expect(frontend.connections.map(({ port, to }) => [to.component, port.port])).toEqual([
      ['querier', 10_902],
      ['thanos-ruler', 10_902],
    ]);
    expect(frontend.destinations.map((it) => it.toRule())).toEqual([
      {
        to: [
          {
            podSelector: {
              matchLabels: {
                'app.kubernetes.io/instance': 'main',
                'app.kubernetes.io/managed-by': 'prometheus-operator',
                'app.kubernetes.io/name': 'alertmanager',
              },
            },
          },
        ],
        ports: [{ protocol: 'TCP', port: { value: 9_093 } }],
      },
    ]);
  });

  it('may be a querier, or a URL with the way there', () => {
    const { frontend } = synth({
      upstreams: {
        rules: RulesUpstream.api({ ...QUERIER, queryUrl: 'http://other:9090/prefix' }),
        alertmanager: AlertmanagerUpstream.url('https://am.example/am', ELSEWHERE),
      },
    });
    expect(frontend.config.upstreams).toMatchObject({
      rules: { url: 'http://other:9090/prefix' },
      alertmanager: { url: 'https://am.example/am' },
    });
    expect(frontend.destinations).toEqual([ELSEWHERE]);
    // The same pods as those of the queries, which are named once.
    expect(frontend.connections).toHaveLength(1);
  });

  it('are known by certificates, and the frontend by a certificate or a token, each out of its own key', () => {
    const { frontend, pod } = synth({
      upstream: { ...QUERIER, queryUrl: 'https://querier:10902' },
      upstreamConnection: {
        tls: {
          authority: TrustedAuthority.configMap('trust', 'bundle.pem'),
          clientCertificateSecret: 'client',
          serverName: 'querier.example',
        },
        maxSockets: 8,
        deadline: Duration.seconds(20),
      },
      upstreams: {
        rules: RulesUpstream.ruler(RULER, {
          tls: { authority: TrustedAuthority.secret('ruler-tls') },
          bearerToken: BearerToken.secret('ruler-token'),
        }),
        alertmanager: AlertmanagerUpstream.operated('main', {
          tls: {},
          bearerToken: BearerToken.serviceAccount({ audience: 'alertmanager' }),
        }),
      },
    });
    expect(frontend.config.upstream).toEqual({
      url: 'https://querier:10902',
      deadlineMs: 20_000,
      maxSockets: 8,
      tls: {
        caFile: `${FOLDER}/upstream-queries/ca.crt`,
        certFile: `${FOLDER}/upstream-queries/tls.crt`,
        keyFile: `${FOLDER}/upstream-queries/tls.key`,
        serverName: 'querier.example',
      },
    });
    expect(frontend.config.upstreams).toEqual({
      rules: {
        url: 'https://thanos-ruler:10902',
        maxSockets: 32,
        tls: { caFile: `${FOLDER}/upstream-rules/ca.crt` },
        bearerTokenFile: `${FOLDER}/upstream-rules/token`,
      },
      alertmanager: {
        url: 'https://alertmanager-operated:9093',
        maxSockets: 32,
        tls: {},
        bearerTokenFile: `${FOLDER}/upstream-alertmanager/token`,
      },
    });
    const item = (key: string, path = key): object => ({ items: [{ key, path }] });
    expect(listAt(pod, 'volumes').slice(3)).toEqual([
      {
        name: 'upstream-queries',
        projected: {
          defaultMode: 0o440,
          sources: [
            { configMap: { name: 'trust', ...item('bundle.pem', 'ca.crt') } },
            {
              secret: {
                name: 'client',
                items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })),
              },
            },
          ],
        },
      },
      {
        name: 'upstream-rules',
        projected: {
          defaultMode: 0o440,
          sources: [
            { secret: { name: 'ruler-tls', ...item('ca.crt') } },
            { secret: { name: 'ruler-token', ...item('token') } },
          ],
        },
      },
      {
        name: 'upstream-alertmanager',
        projected: {
          defaultMode: 0o440,
          sources: [
            {
              serviceAccountToken: {
                audience: 'alertmanager',
                expirationSeconds: 3_600,
                path: 'token',
              },
            },
          ],
        },
      },
    ]);
    const mounts = listAt(pod, 'containers', 0, 'volumeMounts').slice(3);
    expect(mounts).toEqual(
      ['upstream-queries', 'upstream-rules', 'upstream-alertmanager'].map((name) => ({
        name,
        mountPath: `${FOLDER}/${name}`,
        readOnly: true,
      })),
    );
  });

  it('take changes of silences where that is switched on, and say what for', () => {
    const alertmanager = AlertmanagerUpstream.operated('main');
    expect(synth({ upstreams: { alertmanager } }).frontend.silenceAttributes).toBeUndefined();
    const written = { upstreams: { alertmanager }, endpoints: { silenceWrites: true } };
    expect(synth(written).frontend.silenceAttributes).toEqual({
      group: '',
      resource: 'namespace',
      subresource: 'silences',
    });
    const silenceAttributes = {
      group: 'monitoring.coreos.com',
      resource: 'silences',
      subresource: '',
    };
    const { frontend } = synth({ ...written, silenceAttributes });
    expect(frontend.silenceAttributes).toEqual(silenceAttributes);
    expect(frontend.config.endpoints).toEqual({
      federate: false,
      metadata: 'empty',
      silenceWrites: true,
    });
  });

  it('serve what only a Prometheus can, where one is the upstream', () => {
    const upstream = { ...QUERIER, software: 'prometheus' as const };
    const { frontend } = synth({ upstream, endpoints: { federate: true, metadata: 'targets' } });
    expect(frontend.config.endpoints).toMatchObject({ federate: true, metadata: 'targets' });
  });

  it('bring the authorities of identity providers', () => {
    const { frontend, pod } = synth({
      features: {
        oidcIssuers: [
          { issuer: 'https://one.example', audiences: ['a'], usernamePrefix: 'one:' },
          {
            issuer: 'https://two.example',
            audiences: ['a'],
            usernamePrefix: 'two:',
            authority: TrustedAuthority.configMap('two-ca'),
          },
        ],
        grafanaId: {
          issuer: 'https://grafana.example/',
          keysUrl: 'https://grafana.example/api/signing-keys/keys',
          authority: TrustedAuthority.secret('grafana-ca'),
        },
      },
    });
    const { access } = frontend.config;
    if (access.kind !== 'kubernetes') throw new TypeError('no reviews');
    expect(access.oidcIssuers.map(({ caFile }) => caFile)).toEqual([
      undefined,
      `${FOLDER}/identity-providers/issuer-1.crt`,
    ]);
    expect(access.grafanaId?.caFile).toBe(`${FOLDER}/identity-providers/grafana.crt`);
    expect(JSON.stringify(frontend.config)).not.toContain('authority');
    expect(listAt(pod, 'volumes').at(-1)).toEqual({
      name: 'identity-providers',
      projected: {
        defaultMode: 0o440,
        sources: [
          { configMap: { name: 'two-ca', items: [{ key: 'ca.crt', path: 'issuer-1.crt' }] } },
          { secret: { name: 'grafana-ca', items: [{ key: 'ca.crt', path: 'grafana.crt' }] } },
        ],
      },
    });
    expect(frontend.identityProviders).toEqual([
      'https://one.example',
      'https://two.example',
      'https://grafana.example/api/signing-keys/keys',
    ]);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    [
      'changes of silences that nothing keeps',
      () => synth({ endpoints: { silenceWrites: true } }),
      /endpoints.silenceWrites: there is no Alertmanager/,
    ],
    [
      'attributes of changes that nobody makes',
      () => synth({ silenceAttributes: { group: '', resource: 'x', subresource: '' } }),
      /silenceAttributes: nobody may change a silence/,
    ],
    [
      'changes of silences by whoever may change pods',
      () =>
        synth({
          upstreams: { alertmanager: AlertmanagerUpstream.operated('main') },
          endpoints: { silenceWrites: true },
          silenceAttributes: { group: '', resource: 'pods', subresource: '' },
        }),
      /access.silenceAttributes: must name nothing that Kubernetes serves itself/,
    ],
    [
      'federation behind Thanos',
      () => synth({ endpoints: { federate: true } }),
      /endpoints.federate: Thanos has no such endpoint/,
    ],
    [
      'metadata of targets behind Thanos',
      () => synth({ endpoints: { metadata: 'targets' } }),
      /endpoints.metadata: Thanos has no such endpoint/,
    ],
    [
      'the page of Thanos before a Prometheus',
      () => synth({ upstream: { ...QUERIER, software: 'prometheus' }, ui: { kind: 'thanos' } }),
      /ui: the page is that of a Thanos querier/,
    ],
    [
      'TLS with a plain URL',
      () => synth({ upstreamConnection: { tls: {} } }),
      /tls needs an https URL/,
    ],
    [
      'a token in clear text',
      () =>
        synth({
          upstreams: {
            rules: RulesUpstream.ruler(RULER, { bearerToken: BearerToken.secret('token') }),
          },
        }),
      /bearerTokenFile/,
    ],
    [
      'rules that carry the tenant in another label',
      () =>
        synth({
          upstreams: {
            rules: RulesUpstream.ruler({ ...RULER, tenancyLabel: otherLabel() }),
          },
        }),
      /by the rules in tenant/,
    ],
    [
      'a token for everybody',
      () => BearerToken.serviceAccount({ audience: '' }),
      /a token that the API server takes/,
    ],
    [
      'a token that expires at once',
      () => BearerToken.serviceAccount({ audience: 'a', expiration: Duration.minutes(9) }),
      /less than Kubernetes allows/,
    ],
    [
      'a way to every pod of the platform',
      () => NetworkDestination.neighbours({}, [9_093]),
      /every pod of the platform/,
    ],
  ])('refuse %s', (_what, build, message) => {
    expect(build).toThrow(SynthError);
    expect(build).toThrow(message);
  });
});

function otherLabel(): NonNullable<ReturnType<typeof parseTenancyLabel>> {
  const label = parseTenancyLabel('tenant');
  if (label === undefined) throw new TypeError('no label');
  return label;
}
