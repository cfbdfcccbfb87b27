import { describe, expect, it } from '@jest/globals';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import {
  type CallerCredentials,
  RuntimeCode,
  SynthError,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
  TrustedAuthority,
} from '../../lib/index.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/index.ts';
import { at, manifestsOf, only, PLACEHOLDER, platformChart, listAt } from './support/manifests.ts';

const AUTHORITY = TrustedAuthority.secret('clients');

interface Synthesised {
  readonly frontend: TenantQueryFrontend;
  readonly pod: unknown;
  readonly kinds: readonly string[];
}

function synth(
  credentials: CallerCredentials | undefined,
  props: Partial<TenantQueryFrontendProps> = {},
): Synthesised {
  const chart = platformChart();
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream: {
      queryUrl: 'http://thanos-querier:9090',
      pods: { component: 'querier', podLabels: { app: 'querier' }, metricsPorts: [] },
      queryPort: { name: 'http', port: 9_090 },
      tenancyLabel: DEFAULT_TENANCY_LABEL,
    },
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...(credentials !== undefined && { credentials }),
    ...props,
  });
  const manifests = manifestsOf(chart);
  const { spec } = only(manifests, 'Deployment', 'tenant-query-frontend');
  const pod = at(spec, 'template', 'spec');
  return { frontend, pod, kinds: manifests.map(({ kind }) => kind).toSorted() };
}

describe('the credentials of a TenantQueryFrontend', () => {
  it('are tokens alone by default', () => {
    const { frontend, pod } = synth(undefined);
    expect(frontend.config.listener.tls).toEqual({
      certFile: '/etc/prometheus-tenancy-kit/tls/tls.crt',
      keyFile: '/etc/prometheus-tenancy-kit/tls/tls.key',
    });
    expect(frontend.config.access).toMatchObject({ tokenHeaders: ['authorization'] });
    expect(JSON.stringify(pod)).not.toMatch(/client-ca|front-proxy/);
  });

  it('bring a folder with the authority of clients, and nothing else', () => {
    const { frontend, pod, kinds } = synth({
      clientCertificates: { authority: TrustedAuthority.secret('clients', 'root.pem') },
    });
    const file = '/etc/prometheus-tenancy-kit/client-ca/ca.crt';
    expect(frontend.config.listener.tls).toMatchObject({ clientCaFile: file });
    expect(frontend.config.access).toMatchObject({
      clientCertificates: { allowSystemNames: false },
    });
    expect(listAt(pod, 'volumes')).toContainEqual({
      name: 'client-ca',
      projected: {
        sources: [{ secret: { name: 'clients', items: [{ key: 'root.pem', path: 'ca.crt' }] } }],
        defaultMode: 0o440,
      },
    });
    const [container] = listAt(pod, 'containers');
    const mounts = listAt(container, 'volumeMounts');
    expect(mounts).toContainEqual({
      name: 'client-ca',
      mountPath: '/etc/prometheus-tenancy-kit/client-ca',
      readOnly: true,
    });
    expect(JSON.stringify(mounts)).not.toContain('subPath');
    expect(kinds).toEqual(synth(undefined).kinds);
  });

  it('name front proxies, whose authority may stand in a ConfigMap', () => {
    const { frontend, pod } = synth({
      tokenHeaders: ['x-id-token'],
      clientCertificates: { authority: AUTHORITY, allowSystemNames: true },
      frontProxy: {
        authority: TrustedAuthority.configMap('proxies'),
        allowedNames: ['gateway'],
        groupHeader: 'x-forwarded-groups',
      },
    });
    expect(frontend.config.access).toMatchObject({
      tokenHeaders: ['x-id-token'],
      clientCertificates: { allowSystemNames: true },
      frontProxy: {
        allowedNames: ['gateway'],
        userHeader: 'x-remote-user',
        groupHeader: 'x-forwarded-groups',
      },
    });
    expect(listAt(pod, 'volumes')).toContainEqual({
      name: 'front-proxy-ca',
      projected: {
        sources: [{ configMap: { name: 'proxies', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
        defaultMode: 0o440,
      },
    });
    const parsed = parseQueryFrontendConfig(JSON.parse(JSON.stringify(frontend.config)));
    expect(parsed).toEqual({ ok: true, value: frontend.config });
  });

  it.each<[string, CallerCredentials, Partial<TenantQueryFrontendProps>, RegExp]>([
    [
      'certificates without TLS',
      { clientCertificates: { authority: AUTHORITY } },
      { unsafePlainHttp: true },
      /unsafePlainHttp/,
    ],
    [
      'front proxies without TLS',
      { frontProxy: { authority: AUTHORITY, allowedNames: ['a'] } },
      { unsafePlainHttp: true },
      /unsafePlainHttp/,
    ],
    [
      'one authority for clients and front proxies',
      {
        clientCertificates: { authority: AUTHORITY },
        frontProxy: { authority: TrustedAuthority.secret('clients'), allowedNames: ['a'] },
      },
      {},
      /one authority/,
    ],
    [
      'front proxies without names',
      { frontProxy: { authority: AUTHORITY, allowedNames: [] } },
      {},
      /allowedNames/,
    ],
    [
      'certificates whose rights nobody reviews',
      { clientCertificates: { authority: AUTHORITY } },
      { features: { review: 'self' } },
      /review "subject"/,
    ],
  ])('cannot be %s', (_what, credentials, props, message) => {
    const failing = (): unknown => synth(credentials, props);
    expect(failing).toThrow(SynthError);
    expect(failing).toThrow(message);
  });
});
