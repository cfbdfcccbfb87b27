import { describe, expect, it } from '@jest/globals';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import { readSynthOptions } from '../../charts/synth-options.ts';
import { at, type Manifest, manifestsOf, only, PLACEHOLDER } from '../lib/support/manifests.ts';
import { allProblems } from './checks/all-problems.ts';

function synth(certificates?: { readonly name: string }): Manifest[] {
  const more = certificates === undefined ? {} : { certificates };
  const tenants = [{ namespace: 'team-a' }];
  return manifestsOf(...new TenancyApp({ runtime: PLACEHOLDER, tenants, ...more }).charts);
}

function endpointsOf(manifests: readonly Manifest[]): unknown {
  const file = manifests.find((it) => it.metadata.name.startsWith('thanos-querier-endpoints-'));
  return JSON.parse(String(at(file, 'data', 'endpoints.yaml')));
}

describe('the platform with an issuer of certificates', () => {
  const manifests = synth({ name: 'authority' });
  const { spec } = only(manifests, 'Prometheus');

  it('has cert-manager make each certificate, for one end alone', () => {
    const made = manifests.filter(({ kind }) => kind === 'Certificate');
    expect(
      made.map((it) => [
        it.metadata.name,
        at(it.spec, 'dnsNames', 0),
        at(it.spec, 'usages', 0),
        at(it.spec, 'issuerRef', 'name'),
      ]),
    ).toEqual([
      ['thanos-grpc-server-tls', 'thanos-grpc', 'server auth', 'authority'],
      ['thanos-grpc-client-tls', 'thanos-grpc-client', 'client auth', 'authority'],
      ['prometheus-web-tls', 'localhost', 'server auth', 'authority'],
      ['prometheus-web-client-tls', 'prometheus-web-client', 'client auth', 'authority'],
    ]);
  });

  it("asks for them on Prometheus' web port and on gRPC", () => {
    expect(at(spec, 'web', 'tlsConfig', 'clientAuthType')).toBe('RequireAndVerifyClientCert');
    expect(at(spec, 'thanos', 'grpcServerTlsConfig')).toBeDefined();
    expect(endpointsOf(manifests)).toMatchObject({
      default_client_config: { tls_config: { enabled: true } },
    });
  });

  it('refers to nothing that is not there', () => {
    expect(allProblems(manifests)).toEqual([]);
  });

  it('has none made without one, and expects those of the web port', () => {
    const plain = synth();
    expect(plain.filter(({ kind }) => kind === 'Certificate')).toEqual([]);
    expect(at(only(plain, 'Prometheus').spec, 'web', 'tlsConfig', 'clientAuthType')).toBe(
      'RequireAndVerifyClientCert',
    );
    expect(endpointsOf(plain)).not.toHaveProperty('default_client_config');
  });

  it('takes the issuer from the command line', () => {
    expect(readSynthOptions(['--certificates', 'authority'])).toMatchObject({
      ok: true,
      value: { certificates: { name: 'authority' } },
    });
  });
});
