import { describe, expect, it } from '@jest/globals';
import { TenantPrometheus, WebAccess } from '../../lib/index.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textsAt,
} from './support/manifests.ts';

function synth(webAccess: WebAccess, version = 'v3.15.0'): Manifest[] {
  const chart = platformChart();
  void new TenantPrometheus(chart, 'prometheus', {
    cluster: 'main',
    webAccess,
    prometheus: { image: 'prometheus', version },
  });
  return manifestsOf(chart);
}

describe('WebAccess.clientCertificates', () => {
  const manifests = synth(WebAccess.clientCertificates({ clientSecret: 'client' }));
  const { spec } = only(manifests, 'Prometheus');

  it('makes the web port ask every client for a certificate', () => {
    expect(at(spec, 'web', 'tlsConfig')).toEqual({
      cert: { secret: { name: 'prometheus-web-tls', key: 'tls.crt' } },
      keySecret: { name: 'prometheus-web-tls', key: 'tls.key' },
      client_ca: { secret: { name: 'prometheus-web-tls', key: 'ca.crt' } },
      clientAuthType: 'RequireAndVerifyClientCert',
      minVersion: 'TLS13',
    });
  });

  it('gives one to the sidecar and to the probes', () => {
    const [config] = manifests.filter((it) => it.kind === 'ConfigMap');
    expect(listAt(spec, 'volumes').slice(1)).toEqual([
      { name: 'web-client-config', configMap: { name: config?.metadata.name } },
      { name: 'web-client-certificate', secret: { secretName: 'client', defaultMode: 0o440 } },
    ]);
    expect(
      JSON.parse(textsAt(config, 'data')['prometheus.http-client-file.yaml'] ?? ''),
    ).toMatchObject({
      tls_config: { cert_file: '/etc/prometheus-tenancy-kit/web-client/tls.crt' },
    });
    expect(at(spec, 'containers', 0, 'readinessProbe', 'exec', 'command')).toContain(
      '--url=https://localhost:9090',
    );
    expect(
      listAt(spec, 'containers', 1, 'volumeMounts').map((it) => at(it, 'mountPath')),
    ).toContain('/etc/thanos/config');
  });

  it('lets Prometheus notice a changed configuration by itself', () => {
    expect(at(spec, 'additionalArgs')).toEqual([{ name: 'config.auto-reload' }]);
  });

  it.each(['v2.55.0', '3.14.2'])('refuses Prometheus %s, which cannot', (version) => {
    expect(() => synth(WebAccess.clientCertificates(), version)).toThrow(
      /prometheus\.version: is .*--config\.auto-reload.*WebAccess\.unsafeNetworkPolicy\(\)/,
    );
    expect(() => synth(WebAccess.unsafeNetworkPolicy(), version)).not.toThrow();
  });

  it.each(['3.15.0', 'v3.16.1', 'v4.0.0', 'main'])('takes Prometheus %s', (version) => {
    expect(() => synth(WebAccess.clientCertificates(), version)).not.toThrow();
  });
});

describe('WebAccess.certManager', () => {
  it('has both certificates made, each under the name that the other end expects', () => {
    const chart = platformChart();
    const issuer = { name: 'authority', kind: 'ClusterIssuer' } as const;
    const webAccess = WebAccess.certManager(chart, 'web', { issuer, clientSecret: 'client' });
    void new TenantPrometheus(chart, 'prometheus', { cluster: 'main', webAccess });
    const manifests = manifestsOf(chart);
    const made = manifests.filter(({ kind }) => kind === 'Certificate');
    expect(made.map((it) => [at(it.spec, 'secretName'), at(it.spec, 'dnsNames', 0)])).toEqual([
      ['prometheus-web-tls', 'localhost'],
      ['client', 'prometheus-web-client'],
    ]);
    expect(made.map((it) => at(it.spec, 'issuerRef', 'kind'))).toEqual([
      'ClusterIssuer',
      'ClusterIssuer',
    ]);
    const { spec } = only(manifests, 'Prometheus');
    expect(at(spec, 'web', 'tlsConfig', 'client_ca', 'secret', 'name')).toBe('prometheus-web-tls');
    expect(JSON.stringify(at(spec, 'volumes'))).toContain('"secretName":"client"');
  });
});

describe('WebAccess.unsafeNetworkPolicy', () => {
  it('adds nothing', () => {
    const { spec } = only(synth(WebAccess.unsafeNetworkPolicy()), 'Prometheus');
    for (const field of ['web', 'containers', 'additionalArgs', 'listenLocal']) {
      expect(at(spec, field)).toBeUndefined();
    }
  });
});
