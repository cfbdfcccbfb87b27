import type { k8s } from 'cdk8s-plus-28';
import type { PodPort } from '../pod-group.ts';
import { restrictedContainer } from '../pod-security.ts';
import { type ContainerResources, toResourceRequirements } from '../resources.ts';
import { type ProbeTiming, thanosContainerPorts, thanosProbe } from './ports.ts';

/** The variable that holds the name of a pod. */
export const POD_NAME = 'POD_NAME';

/** What tells the container of one Thanos component from another's. */
export interface ThanosContainerSettings {
  /** Name of the container. */
  readonly name: string;
  /** Image of Thanos. */
  readonly image: string;
  /** The whole argument list. */
  readonly args: readonly string[];
  /** CPU and memory. */
  readonly resources: ContainerResources;
  /** Where volumes appear. */
  readonly mounts: readonly k8s.VolumeMount[];
  /** How long the component may take to become ready for the first time. */
  readonly startup: ProbeTiming;
  /** The ports it listens on, that of HTTP among them. */
  readonly ports: readonly PodPort[];
  /**
   * The name of the pod as the variable `POD_NAME`, which arguments may refer to.
   * @default false
   */
  readonly knowsPodName?: boolean;
  /** Further variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** The container of a Thanos component, with its three probes and nothing it could escalate by. */
export function thanosContainer(settings: ThanosContainerSettings): k8s.Container {
  const env = [
    ...(settings.knowsPodName === true ? [NAME_OF_POD] : []),
    ...Object.entries(settings.env).map(([name, value]): k8s.EnvVar => ({ name, value })),
  ];
  return {
    name: settings.name,
    image: settings.image,
    imagePullPolicy: 'IfNotPresent',
    args: [...settings.args],
    ...(env.length === 0 ? {} : { env }),
    ports: thanosContainerPorts(settings.ports),
    resources: toResourceRequirements(settings.resources),
    securityContext: restrictedContainer(),
    startupProbe: thanosProbe('/-/ready', settings.startup),
    livenessProbe: thanosProbe('/-/healthy', { periodSeconds: 30, failureThreshold: 4 }),
    readinessProbe: thanosProbe('/-/ready', { periodSeconds: 5, failureThreshold: 3 }),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(settings.mounts.length === 0 ? {} : { volumeMounts: [...settings.mounts] }),
  };
}

const NAME_OF_POD: k8s.EnvVar = {
  name: POD_NAME,
  valueFrom: { fieldRef: { fieldPath: 'metadata.name' } },
};
