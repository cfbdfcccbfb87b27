import type { ApiObject, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { addAutoscaler, type Autoscaling, leastReplicas } from '../autoscaling.ts';
import { addDisruptionBudget, spreadEvenly } from '../availability.ts';
import { objectLabels, selectorLabels } from '../labels.ts';
import { LONGEST_STATEFUL_NAME, refuseUnfitName } from '../object-name.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { placementFields, podMetadata } from '../pod-placement.ts';
import { NOBODY, restrictedPod } from '../pod-security.ts';
import { toQuantity } from '../units.ts';
import { claimRetention, type ClaimRetention } from './claims.ts';
import { thanosContainer, type ThanosContainerSettings } from './container.ts';
import { brokenArgs } from './final-args.ts';
import { THANOS_GRACE_SECONDS, THANOS_HTTP } from './ports.ts';
import type { ThanosWorkloadSettings } from './workload-props.ts';

/** Who the pods of a Thanos workload are. */
export interface ThanosWorkload {
  /** Name of the workload. */
  readonly name: string;
  /** Labels of the objects and of the pods. */
  readonly labels: Record<string, string>;
  /** Labels that select the pods. */
  readonly podLabels: Record<string, string>;
}

/**
 * Names a workload.
 *
 * @param component - The role, such as `thanos-querier`.
 * @param name - Name of the workload.
 */
export function thanosWorkload(
  component: string,
  name: string,
  { versionLabel }: ThanosWorkloadSettings,
): ThanosWorkload {
  refuseUnfitName(name);
  const known = { component, instance: name, software: 'thanos', version: versionLabel };
  return { name, labels: objectLabels(known), podLabels: selectorLabels(known) };
}

/** A part of a workload that is made of several: the same, with a label more and a name of its own. */
export function partOfWorkload(
  workload: ThanosWorkload,
  name: string,
  label: Readonly<Record<string, string>>,
): ThanosWorkload {
  return {
    name,
    labels: { ...workload.labels, ...label },
    podLabels: { ...workload.podLabels, ...label },
  };
}

/** The pods of a workload, for network policies. */
export function podGroupOf(
  workload: ThanosWorkload,
  metricsPorts: readonly PodPort[] = [THANOS_HTTP],
): PodGroup {
  const component = workload.podLabels['app.kubernetes.io/component'] ?? workload.name;
  return { component, podLabels: workload.podLabels, metricsPorts };
}

/** What tells the pod of one Thanos workload from another's. */
export interface ThanosPodSettings {
  /** The ServiceAccount. */
  readonly serviceAccountName: string;
  /** The container of Thanos. */
  readonly container: Omit<ThanosContainerSettings, 'image' | 'resources' | 'env'>;
  /** Volumes beside that of the disk. */
  readonly volumes: readonly k8s.Volume[];
  /**
   * Containers beside that of Thanos.
   * @default - none
   */
  readonly sidecars?: readonly k8s.Container[];
}

/** A Deployment of Thanos pods, or a StatefulSet. */
export interface ThanosReplicas {
  /** Who the pods are. */
  readonly workload: ThanosWorkload;
  /** Image, resources and priority. */
  readonly settings: ThanosWorkloadSettings;
  /** The pods. */
  readonly pod: ThanosPodSettings;
  /** How many. One gets neither a budget nor a spread. */
  readonly replicas: number;
  /**
   * The label that carries the tenant, where an argument could give it to everything or take it away.
   * @default - no argument of the component could
   */
  readonly tenancyLabel?: TenancyLabel;
}

/** Adds a Deployment of pods that keep nothing, with its disruption budget and its autoscaler. */
export function addThanosDeployment(
  scope: Construct,
  subject: string,
  props: ThanosReplicas & { readonly autoscaling?: Autoscaling | undefined },
): k8s.KubeDeployment {
  const { autoscaling, workload } = props;
  const { labels, name, podLabels } = workload;
  const replicas = autoscaling === undefined ? props.replicas : leastReplicas(subject, autoscaling);
  const deployment = new k8s.KubeDeployment(scope, 'deployment', {
    metadata: { name, labels },
    spec: {
      ...(autoscaling === undefined ? { replicas } : {}),
      selector: { matchLabels: podLabels },
      strategy: { rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0) } },
      template: podTemplate(props, replicas),
    },
  });
  watchArgs(scope, deployment, props);
  addDisruptionBudget(scope, { name, replicas, podLabels, labels });
  if (autoscaling !== undefined) addAutoscaler(scope, { name, autoscaling, labels });
  return deployment;
}

/** The disk of each pod of a StatefulSet. It is the volume `data`. */
export interface ThanosDisk {
  /** Its size. */
  readonly size: Size;
  /** Its class, or `undefined` for that of the cluster. */
  readonly storageClassName: string | undefined;
  /**
   * What becomes of it when the pod goes for good.
   * @default 'keep'
   */
  readonly claims?: ClaimRetention;
}

/** Adds a StatefulSet of pods that have a disk each, with its disruption budget. */
export function addThanosStatefulSet(
  scope: Construct,
  props: ThanosReplicas & { readonly disk: ThanosDisk; readonly serviceName: string },
): k8s.KubeStatefulSet {
  const { replicas, workload } = props;
  const { labels, name, podLabels } = workload;
  refuseUnfitName(name, LONGEST_STATEFUL_NAME);
  const statefulSet = new k8s.KubeStatefulSet(scope, 'stateful-set', {
    metadata: { name, labels },
    spec: {
      serviceName: props.serviceName,
      replicas,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: podLabels },
      template: podTemplate(props, replicas),
      volumeClaimTemplates: [dataClaim(props.disk, podLabels)],
      ...claimRetention(props.disk.claims ?? 'keep'),
    },
  });
  watchArgs(scope, statefulSet, props);
  addDisruptionBudget(scope, { name, replicas, podLabels, labels });
  return statefulSet;
}

function watchArgs(scope: Construct, workload: ApiObject, { tenancyLabel }: ThanosReplicas): void {
  if (tenancyLabel === undefined) return;
  scope.node.addValidation({ validate: () => brokenArgs(workload, tenancyLabel) });
}

function podTemplate(props: ThanosReplicas, replicas: number): k8s.PodTemplateSpec {
  return {
    metadata: podMetadata(props.workload.labels, props.settings.placement),
    spec: podSpec(props, replicas),
  };
}

function podSpec({ pod, settings, workload }: ThanosReplicas, replicas: number): k8s.PodSpec {
  const { extraEnv: env, image, priorityClassName, resources } = settings;
  return {
    serviceAccountName: pod.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(NOBODY),
    terminationGracePeriodSeconds: THANOS_GRACE_SECONDS,
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...placementFields(settings.placement),
    ...(replicas < 2 ? {} : { topologySpreadConstraints: spreadEvenly(workload.podLabels) }),
    containers: [
      thanosContainer({ ...pod.container, env, image, resources }),
      ...(pod.sidecars ?? []),
    ],
    ...(pod.volumes.length === 0 ? {} : { volumes: [...pod.volumes] }),
  };
}

function dataClaim(
  disk: ThanosDisk,
  labels: Record<string, string>,
): k8s.KubePersistentVolumeClaimProps {
  const { size, storageClassName } = disk;
  return {
    metadata: { name: 'data', labels },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClassName === undefined ? {} : { storageClassName }),
      resources: { requests: { storage: toQuantity(size) } },
    },
  };
}
