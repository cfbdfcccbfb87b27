import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { addDisruptionBudget, spreadEvenly } from '../availability.ts';
import { plainPodFields } from '../plain-pod-fields.ts';
import { placementFields, podMetadata } from '../pod-placement.ts';
import { NOBODY, restrictedPod } from '../pod-security.ts';
import { OBJSTORE_FILE } from '../objstore-secret.ts';
import { finalSpec } from '../prometheus/final-spec.ts';
import { foreignRules, type FinalSpec } from '../prometheus/tenancy-walls.ts';
import { resourceFields } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import { refuseTenancyLabelAmong } from '../tenancy-labels.ts';
import { printDuration, toQuantity } from '../units.ts';
import { ALERTMANAGERS_FILE_NAME, printAlertmanagers } from './alertmanagers.ts';
import { refuseSharedTenancyLabel } from './common-args.ts';
import { grpcFiles } from './grpc-tls.ts';
import { podFolders } from './pod-folders.ts';
import { THANOS_HTTP } from './ports.ts';
import { syncedRulesMount, syncedRulesVolume } from './ruler-pod.ts';
import type { RulerMode, RulerSettings } from './ruler-props.ts';
import type { RulesSidecarParts } from './rules-sidecar.ts';
import type { ThanosWorkload } from './workload.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a ThanosRuler resource is made of. */
export interface RulerResourceProps {
  readonly subject: string;
  readonly workload: ThanosWorkload;
  readonly settings: RulerSettings;
  readonly mode: Extract<RulerMode, { readonly kind: 'resource' }>;
  readonly sidecar: RulesSidecarParts | undefined;
}

/** Adds a ThanosRuler resource, which is checked again after every patch. */
export function addRulerResource(scope: Construct, props: RulerResourceProps): ApiObject {
  const { settings, subject, workload } = props;
  const { labels, name, podLabels } = workload;
  refuseContainerSettings(subject, settings);
  const resource = new ApiObject(scope, 'resource', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ThanosRuler',
    metadata: { name, labels },
    spec: {
      ...evaluationFields(scope, props),
      ...ruleFields(props),
      ...podFields(props),
      ...storageFields(settings),
    },
  });
  scope.node.addValidation({ validate: () => brokenRulerWalls(finalSpec(resource), settings) });
  const { replicas } = settings;
  addDisruptionBudget(scope, { name, replicas, podLabels, labels });
  return resource;
}

function refuseContainerSettings(subject: string, { workload }: RulerSettings): void {
  if (workload.extraArgs.length > 0) {
    throw new SynthError(
      `${subject} extraArgs`,
      'the operator refuses those that it sets itself',
      'use the fields of the resource, by a JSON patch',
    );
  }
  if (Object.keys(workload.extraEnv).length === 0) return;
  throw new SynthError(
    `${subject} extraEnv`,
    'the operator makes the container, and its resource has no field for variables',
    'patch `containers` of the resource by a JSON patch',
  );
}

/** Says what is wrong with a ThanosRuler resource that is about to be written. */
function brokenRulerWalls(spec: FinalSpec, settings: RulerSettings): string[] {
  const given = spec['labels'];
  const labels = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const dropped = Array.isArray(spec['alertDropLabels']) ? spec['alertDropLabels'].map(String) : [];
  try {
    refuseTenancyLabelAmong('spec.labels', settings.tenancyLabel, [...labels, ...dropped]);
    refuseSharedTenancyLabel('spec.additionalArgs', settings.tenancyLabel, writtenArgs(spec));
    return foreignRules(spec);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error), ...foreignRules(spec)];
  }
}

function writtenArgs(spec: FinalSpec): string[] {
  const given: readonly unknown[] = Array.isArray(spec['additionalArgs'])
    ? spec['additionalArgs']
    : [];
  return given.map((it) => {
    const argument = new Map<string, unknown>(Object.entries(Object(it)));
    return `--${String(argument.get('name'))}=${String(argument.get('value'))}`;
  });
}

function evaluationFields(scope: Construct, { settings, workload }: RulerResourceProps): Fields {
  const { alertmanagers, alertQueryUrl } = settings;
  return {
    labels: settings.externalLabels,
    queryEndpoints: [settings.query.queryUrl],
    evaluationInterval: printDuration(settings.evaluationInterval),
    ruleQueryOffset: printDuration(settings.queryOffset),
    ruleConcurrentEval: settings.concurrency,
    retention: printDuration(settings.retention),
    ...(alertQueryUrl === undefined ? {} : { alertQueryUrl }),
    ...(alertmanagers.length === 0
      ? {}
      : { alertmanagersConfig: addAlertmanagersSecret(scope, workload, settings) }),
  };
}

// The operator takes this file from a Secret only. There is nothing secret in it.
function addAlertmanagersSecret(
  scope: Construct,
  { labels, name }: ThanosWorkload,
  { alertmanagers }: RulerSettings,
): Fields {
  const secret = new k8s.KubeSecret(scope, 'alertmanagers', {
    metadata: { name: `${name}-alertmanagers`, labels },
    stringData: { [ALERTMANAGERS_FILE_NAME]: printAlertmanagers(alertmanagers) },
  });
  return { name: secret.name, key: ALERTMANAGERS_FILE_NAME };
}

function ruleFields({ mode }: RulerResourceProps): Fields {
  const { ruleNamespaceSelector, ruleSelector } = mode;
  return {
    ...(ruleSelector === undefined ? {} : { ruleSelector }),
    ...(ruleNamespaceSelector === undefined ? {} : { ruleNamespaceSelector }),
  };
}

function podFields({ settings, sidecar, workload }: RulerResourceProps): Fields {
  const { grpcTls, replicas } = settings;
  const { image, placement, priorityClassName, resources, versionLabel } = settings.workload;
  const files = grpcFiles('server');
  const { mounts, volumes } = podFolders({
    objstore: settings.objstore ?? {},
    grpcTls,
    grpcEnds: ['server'],
  });
  const plain = plainPodFields({
    ...placementFields(placement),
    containers: sidecar === undefined ? [] : [sidecar.container],
    volumes: [
      ...volumes,
      ...(sidecar === undefined ? [] : [syncedRulesVolume(), ...(sidecar.volumes ?? [])]),
    ],
  });
  return {
    image,
    version: versionLabel,
    replicas,
    serviceAccountName: workload.name,
    enableServiceLinks: false,
    podMetadata: podMetadata(workload.podLabels, placement),
    portName: THANOS_HTTP.name,
    resources: resourceFields(resources),
    securityContext: restrictedPod(NOBODY),
    logFormat: 'json',
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(replicas < 2 ? {} : { topologySpreadConstraints: spreadEvenly(workload.podLabels) }),
    ...(grpcTls === undefined
      ? {}
      : {
          grpcServerTlsConfig: { caFile: files.ca, certFile: files.cert, keyFile: files.key },
        }),
    ...plain,
    volumeMounts: [...mounts, ...(sidecar === undefined ? [] : [syncedRulesMount()])],
  };
}

function storageFields({ storage, storageClassName }: RulerSettings): Fields {
  return {
    objectStorageConfigFile: OBJSTORE_FILE,
    storage: {
      volumeClaimTemplate: {
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClassName === undefined ? {} : { storageClassName }),
          resources: { requests: { storage: toQuantity(storage).value } },
        },
      },
    },
  };
}
