import { THANOS_IMAGE, THANOS_VERSION } from '../images.ts';
import { type PodPlacement, placementOf } from '../pod-placement.ts';
import type { ContainerResources } from '../resources.ts';
import { fitEnv } from './env.ts';
import { NEWEST_THANOS, type ThanosVersion, versionOfImage } from './version.ts';

/** Settings that every Thanos workload of the kit has. */
export interface ThanosWorkloadProps extends PodPlacement {
  /** @default - those that the component names */
  readonly resources?: ContainerResources;
  /**
   * Image of Thanos.
   * @default - quay.io/thanos/thanos in the tested version
   */
  readonly image?: string;
  /**
   * The version in that image, which must know every argument.
   * @default - what the tag of the image says, or 0.42 where it names none or a newer one. An older one
   *   than 0.38 throws
   */
  readonly version?: ThanosVersion;
  /**
   * The PriorityClass of the pods. It must exist.
   * @default - that of the cluster
   */
  readonly priorityClassName?: string;
  /**
   * Annotations of the ServiceAccount, by which clouds give its pods an identity: the role of AWS, the
   * service account of Google or the client of Azure that may use the object store.
   * @default - none
   */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /**
   * Further arguments, each as one text. One that is unknown or deprecated throws, and so does one that
   * is set already or that a property sets.
   * @default - none
   */
  readonly extraArgs?: readonly string[];
  /**
   * Variables of the container of Thanos, such as the proxies on the way to the object store. Connections
   * between pods take a proxy too, so `NO_PROXY` must then hold the names and addresses of the cluster, such
   * as `.svc,.cluster.local,10.0.0.0/8`. Whoever may see the pod can read the variables: one that is named
   * like a secret throws.
   * @default - none
   */
  readonly extraEnv?: Readonly<Record<string, string>>;
}

/** Those settings with every default filled in. */
export interface ThanosWorkloadSettings {
  readonly resources: ContainerResources;
  readonly image: string;
  readonly version: ThanosVersion;
  /** The version label of the objects, where it is known. */
  readonly versionLabel: string;
  readonly priorityClassName: string | undefined;
  readonly placement: PodPlacement;
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly extraArgs: readonly string[];
  readonly extraEnv: Readonly<Record<string, string>>;
}

/**
 * Fills in the defaults.
 *
 * @throws {SynthError} If the image is too old, or a variable is not to be set.
 */
export function resolveWorkload(
  subject: string,
  props: ThanosWorkloadProps,
  resources: ContainerResources,
): ThanosWorkloadSettings {
  const image = props.image ?? THANOS_IMAGE;
  const version = props.version ?? versionOfImage(subject, image) ?? NEWEST_THANOS;
  return {
    resources: props.resources ?? resources,
    image,
    version,
    versionLabel: props.image === undefined ? THANOS_VERSION : `v${version}`,
    priorityClassName: props.priorityClassName,
    placement: placementOf(props),
    serviceAccountAnnotations: props.serviceAccountAnnotations ?? {},
    extraArgs: props.extraArgs ?? [],
    extraEnv: fitEnv(`${subject} extraEnv`, props.extraEnv ?? {}),
  };
}
