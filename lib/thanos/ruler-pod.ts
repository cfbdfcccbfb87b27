import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { OBJSTORE_FILE } from '../objstore-secret.ts';
import { printGoDuration } from '../units.ts';
import { ALERTMANAGERS_FILE_NAME, printAlertmanagers } from './alertmanagers.ts';
import { addGrpcServer, programArgs, refuseSharedTenancyLabel } from './common-args.ts';
import { addConfigFolder, podFolders } from './pod-folders.ts';
import { THANOS_HTTP, THANOS_PORTS } from './ports.ts';
import type { RulerSettings } from './ruler-props.ts';
import type { RulesPlace, RulesSidecarParts } from './rules-sidecar.ts';
import type { ThanosPodSettings, ThanosWorkload } from './workload.ts';

const DATA_FOLDER = '/var/thanos/rule';
const CONFIG_FOLDER = '/etc/thanos/rule-config';
const PLATFORM_RULES_FOLDER = '/etc/thanos/rules/platform';
const QUERY_FILE_NAME = 'query.yaml';
const REMOTE_WRITE_FILE_NAME = 'remote-write.yaml';

/** Where a container beside the ruler puts the rules of tenants. */
export const SYNCED_RULES: RulesPlace = {
  volumeName: 'synced-rules',
  folder: '/etc/thanos/rules/synced',
  reloadUrl: `http://127.0.0.1:${THANOS_HTTP.port}/-/reload`,
};

/** What the pod of a ruler is made of. */
export interface RulerPodSettings {
  readonly subject: string;
  readonly settings: RulerSettings;
  readonly workload: ThanosWorkload;
  readonly sidecar: RulesSidecarParts | undefined;
}

/** Makes the pod of a ruler that the kit runs itself, with the files that it mounts. */
export function rulerPod(scope: Construct, props: RulerPodSettings): ThanosPodSettings {
  const { settings, sidecar, subject, workload } = props;
  const { grpcTls, objstore, rules } = settings;
  const config = addConfigFolder(scope, workload, {
    name: 'config',
    folder: CONFIG_FOLDER,
    data: configFiles(settings),
  });
  const platformRules =
    Object.keys(rules).length === 0
      ? undefined
      : addConfigFolder(scope, workload, {
          name: 'rules',
          volume: 'platform-rules',
          folder: PLATFORM_RULES_FOLDER,
          data: Object.fromEntries(Object.entries(rules).map(([key, it]) => [`${key}.yaml`, it])),
        });
  const { mounts, volumes } = podFolders({
    disk: DATA_FOLDER,
    objstore,
    config: [config, platformRules],
    grpcTls,
    grpcEnds: ['server'],
  });
  return {
    serviceAccountName: workload.name,
    container: {
      name: 'thanos-rule',
      args: rulerArgs(subject, settings, sidecar !== undefined),
      mounts: [...mounts, ...(sidecar === undefined ? [] : [syncedRulesMount()])],
      ports: THANOS_PORTS,
      // The write-ahead log of two hours is read first: up to ten minutes.
      startup: { periodSeconds: 10, failureThreshold: 60 },
      knowsPodName: true,
    },
    volumes: [
      ...volumes,
      ...(sidecar === undefined ? [] : [syncedRulesVolume(), ...(sidecar.volumes ?? [])]),
    ],
    sidecars: sidecar === undefined ? [] : [sidecar.container],
  };
}

/** The volume that a ruler shares with the container beside it. */
export function syncedRulesVolume(): k8s.Volume {
  return { name: SYNCED_RULES.volumeName, emptyDir: {} };
}

/** Where the ruler finds it. */
export function syncedRulesMount(): k8s.VolumeMount {
  return { name: SYNCED_RULES.volumeName, mountPath: SYNCED_RULES.folder, readOnly: true };
}

function configFiles(settings: RulerSettings): Record<string, string> {
  const { alertmanagers, mode, query } = settings;
  const { host, protocol } = new URL(query.queryUrl);
  const queryConfig = [{ static_configs: [host], scheme: protocol.replace(':', '') }];
  const files = {
    [QUERY_FILE_NAME]: `${JSON.stringify(queryConfig, null, 2)}\n`,
    ...(alertmanagers.length === 0
      ? {}
      : { [ALERTMANAGERS_FILE_NAME]: printAlertmanagers(alertmanagers) }),
  };
  if (mode.kind !== 'stateless') return files;
  const remoteWrite = { remote_write: [{ url: mode.remoteWrite.writeUrl, name: 'receive' }] };
  return { ...files, [REMOTE_WRITE_FILE_NAME]: `${JSON.stringify(remoteWrite, null, 2)}\n` };
}

function rulerArgs(subject: string, settings: RulerSettings, hasSidecar: boolean): string[] {
  const { alertmanagers, externalLabels, mode, objstore, replicaLabel } = settings;
  const ruleFolders = [
    ...(Object.keys(settings.rules).length === 0 ? [] : [PLATFORM_RULES_FOLDER]),
    ...(hasSidecar ? [SYNCED_RULES.folder] : []),
  ];
  const labels = Object.entries(externalLabels).map(([key, it]) => `${key}=${JSON.stringify(it)}`);
  const args = addGrpcServer(programArgs('rule', subject, settings.workload), settings.grpcTls)
    .enable('web.disable-cors')
    .value('data-dir', DATA_FOLDER)
    .each(
      'rule-file',
      ruleFolders.map((folder) => `${folder}/*.yaml`),
    )
    .value('query.config-file', `${CONFIG_FOLDER}/${QUERY_FILE_NAME}`)
    .optional(
      'alertmanagers.config-file',
      alertmanagers.length === 0 ? undefined : `${CONFIG_FOLDER}/${ALERTMANAGERS_FILE_NAME}`,
    )
    .optional('alert.query-url', settings.alertQueryUrl)
    .each('label', [...labels, `${replicaLabel}="$(POD_NAME)"`])
    // Both replicas send the same alert; without the label that tells them apart it is one.
    .value('alert.label-drop', replicaLabel)
    .value('eval-interval', printGoDuration(settings.evaluationInterval))
    .value('rule-query-offset', printGoDuration(settings.queryOffset))
    .value('rule-concurrent-evaluation', settings.concurrency)
    .value('tsdb.retention', printGoDuration(settings.retention))
    .optional('objstore.config-file', objstore === undefined ? undefined : OBJSTORE_FILE)
    .optional(
      'remote-write.config-file',
      mode.kind === 'stateless' ? `${CONFIG_FOLDER}/${REMOTE_WRITE_FILE_NAME}` : undefined,
    )
    .extra(settings.workload.extraArgs)
    .toArray();
  refuseSharedTenancyLabel(subject, settings.tenancyLabel, args);
  return args;
}
