import { THANOS_IMAGE, THANOS_VERSION } from '../images.ts';
import type { ContainerResources } from '../resources.ts';
import { NEWEST_THANOS, type ThanosVersion } from './version.ts';

/** Settings that every Thanos workload of the kit has. */
export interface ThanosWorkloadProps {
  /** @default - those that the component names */
  readonly resources?: ContainerResources;
  /**
   * Image of Thanos.
   * @default - quay.io/thanos/thanos in the tested version
   */
  readonly image?: string;
  /**
   * The version in that image, which must know every argument.
   * @default '0.42'
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
}

/** Those settings with every default filled in. */
export interface ThanosWorkloadSettings {
  readonly resources: ContainerResources;
  readonly image: string;
  readonly version: ThanosVersion;
  /** The version label of the objects, where it is known. */
  readonly versionLabel: string;
  readonly priorityClassName: string | undefined;
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly extraArgs: readonly string[];
}

/** Fills in the defaults. */
export function resolveWorkload(
  props: ThanosWorkloadProps,
  resources: ContainerResources,
): ThanosWorkloadSettings {
  const version = props.version ?? NEWEST_THANOS;
  return {
    resources: props.resources ?? resources,
    image: props.image ?? THANOS_IMAGE,
    version,
    versionLabel: props.image === undefined ? THANOS_VERSION : `v${version}`,
    priorityClassName: props.priorityClassName,
    serviceAccountAnnotations: props.serviceAccountAnnotations ?? {},
    extraArgs: props.extraArgs ?? [],
  };
}
