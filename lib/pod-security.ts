import type { k8s } from 'cdk8s-plus-28';

/** The user and group that own a process and its volumes. */
export interface RunAs {
  /** Numeric user; never 0. */
  readonly user: number;
  /** Numeric group, also of the volumes. */
  readonly group: number;
}

/** The `nobody` user, which the images of Prometheus and Thanos can run as. */
export const NOBODY: RunAs = { user: 65_534, group: 65_534 };

/** The user of the runtime; the image needs no entry for it. */
export const RUNTIME_USER: RunAs = { user: 65_532, group: 65_532 };

/** The pod half of the Pod Security Standard `restricted`. */
export function restrictedPod(runAs: RunAs): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: runAs.user,
    runAsGroup: runAs.group,
    fsGroup: runAs.group,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The container half of the Pod Security Standard `restricted`, and a read-only root. */
export function restrictedContainer(): k8s.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  };
}
