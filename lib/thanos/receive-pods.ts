import { OBJSTORE_FILE } from '../objstore-secret.ts';
import type { PodPort } from '../pod-group.ts';
import { printGoDuration } from '../units.ts';
import type { ThanosArgs } from './args.ts';
import { addGrpcServer, programArgs, refuseSharedTenancyLabel } from './common-args.ts';
import { grpcFiles, type GrpcTls } from './grpc-tls.ts';
import { HASHRING_FILE_NAME } from './hashring.ts';
import { type ConfigFolder, podFolders } from './pod-folders.ts';
import { THANOS_PORTS } from './ports.ts';
import { RECEIVE_REPLICA_LABEL, type ReceiveSettings } from './receive-props.ts';
import type { ThanosPodSettings } from './workload.ts';
import type { ThanosWorkloadSettings } from './workload-props.ts';

/** Where remote writes are taken. */
export const REMOTE_WRITE: PodPort = { name: 'remote-write', port: 19_291 };

/** Where a router finds the list of ingestors. */
export const HASHRINGS_FOLDER = '/etc/thanos/hashrings';

const DATA_FOLDER = '/var/thanos/receive';
const PORTS = [...THANOS_PORTS, REMOTE_WRITE];

/** The pod of a router, which keeps nothing. */
export function routerPod(
  subject: string,
  hashrings: ConfigFolder,
  settings: ReceiveSettings,
): ThanosPodSettings {
  const { grpcTls } = settings;
  const args = receiveArgs(subject, settings, settings.routerWorkload)
    .each('label', externalLabels(settings))
    .value('receive.hashrings-file', `${HASHRINGS_FOLDER}/${HASHRING_FILE_NAME}`)
    .value('receive.hashrings-algorithm', 'ketama')
    .value('receive.replication-factor', settings.replicationFactor);
  addForwarding(args, grpcTls);
  const { mounts, volumes } = podFolders({
    scratch: DATA_FOLDER,
    config: [hashrings],
    grpcTls,
    grpcEnds: ['server', 'client'],
  });
  return {
    serviceAccountName: settings.name,
    container: {
      name: 'thanos-receive',
      args: finish(subject, settings, args, settings.routerWorkload),
      mounts,
      ports: PORTS,
      startup: { periodSeconds: 2, failureThreshold: 60 },
      knowsPodName: true,
    },
    volumes,
  };
}

/** The pod of an ingestor, which keeps series and uploads them. */
export function ingestorPod(
  subject: string,
  serviceAccountName: string,
  settings: ReceiveSettings,
): ThanosPodSettings {
  const { grpcTls, objstore } = settings;
  const args = receiveArgs(subject, settings, settings.workload)
    .each('label', externalLabels(settings))
    .value('tsdb.retention', printGoDuration(settings.retention))
    .value('tsdb.too-far-in-future.time-window', printGoDuration(settings.tooFarInFuture))
    .value('objstore.config-file', OBJSTORE_FILE);
  const { mounts, volumes } = podFolders({
    disk: DATA_FOLDER,
    objstore,
    grpcTls,
    grpcEnds: ['server'],
  });
  return {
    serviceAccountName,
    container: {
      name: 'thanos-receive',
      args: finish(subject, settings, args, settings.workload),
      mounts,
      ports: PORTS,
      // The write-ahead logs are read first: up to half an hour.
      startup: { periodSeconds: 10, failureThreshold: 180 },
      knowsPodName: true,
    },
    volumes,
  };
}

function receiveArgs(
  subject: string,
  settings: ReceiveSettings,
  workload: ThanosWorkloadSettings,
): ThanosArgs {
  return (
    addGrpcServer(programArgs('receive', subject, workload), settings.grpcTls)
      .value('remote-write.address', `0.0.0.0:${REMOTE_WRITE.port}`)
      // It cannot be switched off, knows no certificates, and nobody uses it here.
      .value('receive.capnproto-address', '127.0.0.1:19391')
      .value('tsdb.path', DATA_FOLDER)
      .value('receive.tenant-header', settings.tenantHeader)
      .value('receive.tenant-label-name', settings.tenantLabel)
  );
}

// Thanos refuses to start without an external label, a router too.
function externalLabels({ externalLabels: labels }: ReceiveSettings): string[] {
  const given = Object.entries(labels).map(([key, it]) => `${key}=${JSON.stringify(it)}`);
  return [...given, `${RECEIVE_REPLICA_LABEL}="$(POD_NAME)"`];
}

function addForwarding(args: ThanosArgs, tls: GrpcTls | undefined): void {
  if (tls === undefined) return;
  const { ca, cert, key } = grpcFiles('client');
  args
    .enable('remote-write.client-tls-secure')
    .value('remote-write.client-tls-cert', cert)
    .value('remote-write.client-tls-key', key)
    .value('remote-write.client-tls-ca', ca)
    .value('remote-write.client-server-name', tls.serverName);
}

function finish(
  subject: string,
  settings: ReceiveSettings,
  args: ThanosArgs,
  workload: ThanosWorkloadSettings,
): string[] {
  const written = args.extra(workload.extraArgs).toArray();
  refuseSharedTenancyLabel(subject, settings.tenancyLabel, written);
  return written;
}
