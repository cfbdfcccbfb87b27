import { k8s } from 'cdk8s-plus-28';
import { spreadEvenly } from '../availability.ts';
import type { PodPort } from '../pod-group.ts';
import { placementFields } from '../pod-placement.ts';
import { restrictedContainer, restrictedPod, RUNTIME_USER } from '../pod-security.ts';
import { toResourceRequirements } from '../resources.ts';
import { frontendFolders } from './frontend-folders.ts';
import { folderMounts, folderVolumes } from './mounted-folder.ts';
import { OPERATIONS_PORT } from './ports.ts';
import type { MountedCode } from './runtime-code.ts';
import type { TenantQueryFrontendSettings } from './tenant-query-frontend-props.ts';

/** Where the serving certificate is mounted. */
export const CERTIFICATE_FOLDER = '/etc/prometheus-tenancy-kit/tls';

const CONFIG_FOLDER = '/etc/prometheus-tenancy-kit/config';

/** What the pod of the frontend is made of. */
export interface FrontendPodSettings {
  /** The settings of the construct. */
  readonly settings: TenantQueryFrontendSettings;
  /** The labels that select the pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The code of the runtime. */
  readonly code: MountedCode;
  /** The port that tenants connect to. */
  readonly tenantPort: PodPort;
  /** The ConfigMap of the configuration. */
  readonly configMapName: string;
  /** The file in it. */
  readonly configFileName: string;
  /** The Secret of the serving certificate, or `undefined` for plain HTTP. */
  readonly certificateSecret: string | undefined;
}

/** The pod of the frontend. It alone of the kit's workloads, with Prometheus, holds a token. */
export function frontendPodSpec(pod: FrontendPodSettings): k8s.PodSpec {
  return {
    serviceAccountName: pod.settings.name,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: restrictedPod(RUNTIME_USER),
    // Longer than the delay and the deadline of a query, so that a rollout cuts none short.
    terminationGracePeriodSeconds: 45,
    ...placementFields(pod.settings.placement),
    topologySpreadConstraints: spreadEvenly(pod.podLabels),
    ...(pod.settings.priorityClassName === undefined
      ? {}
      : { priorityClassName: pod.settings.priorityClassName }),
    containers: [container(pod)],
    volumes: [
      ...pod.code.volumes,
      { name: 'config', configMap: { name: pod.configMapName } },
      ...certificateVolume(pod.certificateSecret),
      ...folderVolumes(frontendFolders(pod.settings)),
    ],
  };
}

function container(pod: FrontendPodSettings): k8s.Container {
  return {
    name: 'query-frontend',
    image: pod.settings.image,
    imagePullPolicy: 'IfNotPresent',
    ...(pod.code.command.length > 0 && { command: [...pod.code.command] }),
    args: [...pod.code.args, '--config', `${CONFIG_FOLDER}/${pod.configFileName}`],
    ports: [pod.tenantPort, OPERATIONS_PORT].map(({ name, port }) => ({
      name,
      containerPort: port,
      protocol: 'TCP',
    })),
    resources: toResourceRequirements(pod.settings.resources),
    securityContext: restrictedContainer(),
    startupProbe: probe('/-/healthy', 1, 60),
    livenessProbe: probe('/-/healthy', 10, 3),
    readinessProbe: probe('/-/ready', 5, 3),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      ...pod.code.mounts,
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
      ...certificateMount(pod.certificateSecret),
      ...folderMounts(frontendFolders(pod.settings)),
    ],
  };
}

function probe(path: string, periodSeconds: number, failureThreshold: number): k8s.Probe {
  return {
    httpGet: { path, port: k8s.IntOrString.fromString(OPERATIONS_PORT.name), scheme: 'HTTP' },
    periodSeconds,
    failureThreshold,
    timeoutSeconds: 5,
  };
}

function certificateVolume(secretName: string | undefined): k8s.Volume[] {
  if (secretName === undefined) return [];
  const items = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }));
  return [{ name: 'tls', secret: { secretName, items, defaultMode: 0o440 } }];
}

function certificateMount(secretName: string | undefined): k8s.VolumeMount[] {
  return secretName === undefined
    ? []
    : [{ name: 'tls', mountPath: CERTIFICATE_FOLDER, readOnly: true }];
}
