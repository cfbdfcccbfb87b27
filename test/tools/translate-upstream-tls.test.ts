import { describe, expect, it } from '@jest/globals';
import { translate } from '../../frontend/tools/translate/translate.ts';

const KRP = ['--secure-listen-address=:8443', '--tls-cert-file=/c', '--tls-private-key-file=/k'];
const KRP_TLS = [
  '--upstream-ca-file=/ca',
  '--upstream-client-cert-file=/cert',
  '--upstream-client-key-file=/key',
];
const PLP_TLS = [
  '-upstream-ca-cert=/ca',
  '-upstream-client-cert=/cert',
  '-upstream-client-key=/key',
  '-upstream-server-name=thanos.svc',
];
const TLS = { caFile: '/ca', certFile: '/cert', keyFile: '/key' };

function upstreamOf(
  kubeRbacProxy: readonly string[] | undefined,
  promLabelProxy?: readonly string[],
): unknown {
  const translated = translate({ kubeRbacProxy, promLabelProxy });
  if (!translated.ok) return translated.rejection;
  const { document, findings } = translated.value;
  const said = findings.filter(({ subject }) => /upstream-/.test(subject));
  return {
    upstream: document['upstream'],
    said: said.map(({ kind, subject }) => `${kind} ${subject}`),
  };
}

describe('the TLS of an upstream', () => {
  it('is taken over from kube-rbac-proxy where it stands alone', () => {
    const url = 'https://thanos:9090';
    expect(upstreamOf([...KRP, `--upstream=${url}`, ...KRP_TLS])).toEqual({
      upstream: { url, tls: TLS },
      said: [],
    });
  });

  it('is taken over from prom-label-proxy, and that of the way to it is dropped', () => {
    const url = 'https://thanos:9090';
    const plp = ['-insecure-listen-address=127.0.0.1:8080', '-label=namespace', `-upstream=${url}`];
    const krp = [...KRP, '--upstream=http://127.0.0.1:8080', ...KRP_TLS];
    expect(upstreamOf(krp, [...plp, ...PLP_TLS])).toEqual({
      upstream: { url, tls: { ...TLS, serverName: 'thanos.svc' } },
      said: [
        'note --upstream-ca-file',
        'note --upstream-client-cert-file',
        'note --upstream-client-key-file',
      ],
    });
  });

  it('is dropped where the upstream is asked in clear', () => {
    const url = 'http://thanos:9090';
    expect(upstreamOf([...KRP, `--upstream=${url}`, '--upstream-ca-file=/ca'])).toEqual({
      upstream: { url },
      said: ['note --upstream-ca-file'],
    });
  });

  it('is warned of where half of a client certificate is missing', () => {
    const url = 'https://thanos:9090';
    const flags = ['--upstream-ca-file=/ca', '--upstream-client-key-file=/key'];
    expect(upstreamOf([...KRP, `--upstream=${url}`, ...flags])).toEqual({
      upstream: { url, tls: { caFile: '/ca' } },
      said: ['warning --upstream-client-key-file'],
    });
  });
});
