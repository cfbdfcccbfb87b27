import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, only, textAt, textsAt } from '../../../lib/support/manifests.ts';
import { sendRequest } from '../../harness/http-request.ts';
import { poll } from '../../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../../harness/prometheus.ts';
import { type RunningThanos, startThanosSidecar } from '../../harness/thanos.ts';
import { seriesOf } from '../../query-frontend/support/tenant-series.ts';
import { freeAddresses, type LocalPods } from './local-pods.ts';

/** The one pod of the Prometheus of the manifests. */
export interface PrometheusPod {
  readonly prometheus: RunningPrometheus;
  readonly sidecar: RunningThanos;
}

/** The job whose targets are those of tenants. */
export const TENANTS_JOB = 'tenants';

/**
 * Starts Prometheus and its sidecar as the operator makes them of the resource, as far as these tests
 * need it. It holds old series of two tenants, which are uploaded when this returns. It scrapes itself,
 * as the platform and as each tenant.
 *
 * @param folder - Where the certificates of gRPC are, if there are any.
 * @param started - What stops all of it.
 */
export async function startPrometheusPod(
  manifests: readonly Manifest[],
  folder: string,
  pods: LocalPods,
  started: AsyncDisposableStack,
): Promise<PrometheusPod> {
  const { spec } = only(manifests, 'Prometheus');
  const labels = {
    ...textsAt(spec, 'externalLabels'),
    [textAt(spec, 'prometheusExternalLabelName')]: 'monitoring/tenancy',
    [textAt(spec, 'replicaExternalLabelName')]: 'prometheus-tenancy-0',
  };
  const config = (target: string): string =>
    JSON.stringify({
      global: { scrape_interval: '1s', external_labels: labels },
      scrape_configs: [
        { job_name: 'prometheus', static_configs: [{ targets: [target] }] },
        {
          job_name: TENANTS_JOB,
          static_configs: ['team-a', 'team-b'].map((namespace) => ({
            targets: [target],
            labels: { namespace },
          })),
          // `up` is enough of them.
          metric_relabel_configs: [{ action: 'drop', source_labels: ['__name__'], regex: '.+' }],
        },
      ],
    });
  const prometheus = await startPrometheus({
    config: config('127.0.0.1:9'),
    openMetrics: seriesOf('team-a', 'team-b'),
    flags: ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'],
  });
  started.defer(prometheus.stop);
  await writeFile(prometheus.configFile, config(`127.0.0.1:${prometheus.port}`));
  await sendRequest({ url: `${prometheus.url}/-/reload`, method: 'POST' });
  const objstore = join(folder, 'objstore.yaml');
  const secret = only(manifests, 'Secret', 'thanos-objstore-secret');
  await writeFile(objstore, textsAt(secret, 'stringData')['thanos.yaml'] ?? '');
  const addresses = await freeAddresses();
  const sidecar = await startThanosSidecar(prometheus, [
    `--objstore.config-file=${objstore}`,
    `--grpc-address=${addresses.grpc}`,
    ...tlsFlags(spec, folder),
  ]);
  started.defer(sidecar.stop);
  pods.placeAt({
    name: 'prometheus-tenancy-0',
    labels: textsAt(spec, 'podMetadata', 'labels'),
    spec: {},
    ...addresses,
  });
  await poll(
    async () => {
      const { text } = await sendRequest({ url: `${sidecar.httpUrl}/metrics` });
      return /^thanos_shipper_uploads_total [1-9]/m.test(text) ? true : undefined;
    },
    { what: 'the sidecar to upload its block', withinMs: 120_000 },
  );
  return { prometheus, sidecar };
}

function tlsFlags(spec: unknown, folder: string): string[] {
  const tls = textsAt(spec, 'thanos', 'grpcServerTlsConfig');
  const flags = { certFile: 'cert', keyFile: 'key', caFile: 'client-ca' };
  return Object.entries(flags).flatMap(([field, flag]) => {
    const file = tls[field]?.replace('/etc/thanos/grpc-server', folder);
    return file === undefined ? [] : [`--grpc-server-tls-${flag}=${file}`];
  });
}
