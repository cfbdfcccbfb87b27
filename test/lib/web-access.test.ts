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

function synth(webAccess: WebAccess): Manifest[] {
  const chart = platformChart();
  void new TenantPrometheus(chart, 'prometheus', { cluster: 'main', webAccess });
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
});

describe('WebAccess.networkPolicy', () => {
  it('adds nothing', () => {
    const { spec } = only(synth(WebAccess.networkPolicy()), 'Prometheus');
    for (const field of ['web', 'containers', 'additionalArgs', 'listenLocal']) {
      expect(at(spec, field)).toBeUndefined();
    }
  });
});
