import { describe, expect, it } from '@jest/globals';
import {
  GrpcTls,
  TenantPrometheus,
  ThanosQuerier,
  ThanosReceive,
  ThanosStoreGateway,
} from '../../lib/index.ts';
import { everyThanos } from './support/every-thanos.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  platformChart,
  textAt,
  textsAt,
} from './support/manifests.ts';
import { podTemplates } from './support/pod-templates.ts';

const FILES = ['tls.crt', 'tls.key', 'ca.crt'];

function endpointsFile(all: readonly Manifest[]): unknown {
  const file = all.find(({ metadata }) => metadata.name.startsWith('thanos-querier-endpoints-'));
  return JSON.parse(textsAt(file, 'data')['endpoints.yaml'] ?? '');
}

describe('GrpcTls', () => {
  const certificates = platformChart();
  const issuer = { name: 'thanos-authority' };
  const grpcTls = GrpcTls.certManager(certificates, 'certificates', { issuer });
  const all = manifestsOf(everyThanos({ grpcTls }));

  it('has one certificate for those who answer and one for those who ask', () => {
    const made = manifestsOf(certificates);
    const summary = made.map(({ spec }) => [
      textAt(spec, 'secretName'),
      listAt(spec, 'dnsNames').join(),
      textAt(spec, 'usages', 0),
      textAt(spec, 'issuerRef', 'name'),
    ]);
    expect(summary).toEqual([
      ['thanos-grpc-server-tls', 'thanos-grpc', 'server auth', 'thanos-authority'],
      ['thanos-grpc-client-tls', 'thanos-grpc-client', 'client auth', 'thanos-authority'],
    ]);
  });

  it('has the querier expect the name and show the certificate that the stores ask for', () => {
    expect(endpointsFile(all)).toMatchObject({
      default_client_config: {
        server_name: 'thanos-grpc',
        tls_config: {
          enabled: true,
          cert_file: '/etc/thanos/grpc-client/tls.crt',
          key_file: '/etc/thanos/grpc-client/tls.key',
          ca_file: '/etc/thanos/grpc-client/ca.crt',
        },
      },
    });
  });

  it('names in arguments only files of Secrets that are mounted there', () => {
    let named = 0;
    for (const { owner, spec } of podTemplates(all)) {
      const container = at(spec, 'containers', 0);
      const mounts = listAt(container, 'volumeMounts');
      const paths = listAt(container, 'args')
        .map(String)
        .flatMap((arg) => /=(\/etc\/thanos\/grpc-.*)$/.exec(arg)?.[1] ?? []);
      for (const path of paths) {
        named += 1;
        const mount = mounts.find((it) => path.startsWith(`${textAt(it, 'mountPath')}/`));
        const volume = listAt(spec, 'volumes').find((it) => at(it, 'name') === at(mount, 'name'));
        const end = path.includes('grpc-server') ? 'server' : 'client';
        expect([owner, at(volume, 'secret', 'secretName')]).toEqual([
          owner,
          `thanos-grpc-${end}-tls`,
        ]);
        expect(FILES).toContain(path.split('/').at(-1));
      }
    }
    // Three for each end: two shards, router twice, ingestor, two rulers, querier.
    expect(named).toBe(3 * 8);
  });

  it('is on wherever the operator runs something', () => {
    const files = {
      caFile: '/etc/thanos/grpc-server/ca.crt',
      certFile: '/etc/thanos/grpc-server/tls.crt',
      keyFile: '/etc/thanos/grpc-server/tls.key',
    };
    const prometheus = only(all, 'Prometheus').spec;
    const ruler = only(all, 'ThanosRuler').spec;
    expect(at(prometheus, 'thanos', 'grpcServerTlsConfig')).toEqual(files);
    expect(at(ruler, 'grpcServerTlsConfig')).toEqual(files);
    for (const mounts of [
      listAt(prometheus, 'thanos', 'volumeMounts'),
      listAt(ruler, 'volumeMounts'),
    ]) {
      expect(mounts.map((it) => at(it, 'mountPath'))).toContain('/etc/thanos/grpc-server');
    }
  });

  it('leaves no server of gRPC without it', () => {
    const servers = all
      .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        args: listAt(spec, 'template', 'spec', 'containers', 0, 'args').map(String),
      }))
      .filter(({ args }) => args.some((arg) => arg.startsWith('--grpc-address=')));
    expect(servers).toHaveLength(7);
    for (const { args, name } of servers) {
      expect([name, args.filter((arg) => arg.startsWith('--grpc-server-tls-')).length]).toEqual([
        name,
        3,
      ]);
    }
  });

  it.each<[string, (tls: GrpcTls) => unknown, RegExp]>([
    [
      'stores of which one has no certificate',
      (tls) => {
        const chart = platformChart();
        const endpoints = [
          new ThanosStoreGateway(chart, 'store', { grpcTls: tls }),
          new TenantPrometheus(chart, 'prometheus', { cluster: 'main' }),
        ];
        return new ThanosQuerier(chart, 'querier', { endpoints });
      },
      /do not have the same certificates/,
    ],
    [
      'stores with certificates of different kinds',
      (tls) => {
        const chart = platformChart();
        const other = GrpcTls.fromSecrets({ serverName: 'other' });
        const endpoints = [
          new ThanosStoreGateway(chart, 'store', { grpcTls: tls }),
          new ThanosReceive(chart, 'receive', { cluster: 'main', grpcTls: other }),
        ];
        return new ThanosQuerier(chart, 'querier', { endpoints });
      },
      /do not have the same certificates/,
    ],
    [
      'a querier that cannot be told of certificates',
      (tls) => {
        const chart = platformChart();
        const endpoints = [new ThanosStoreGateway(chart, 'store', { grpcTls: tls })];
        return new ThanosQuerier(chart, 'querier', { endpoints, version: '0.41' });
      },
      /says nothing of certificates in Thanos 0.41/,
    ],
  ])('refuses %s', (_what, build, message) => {
    expect(() => build(grpcTls)).toThrow(message);
  });
});
