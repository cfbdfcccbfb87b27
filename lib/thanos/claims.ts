import type { k8s } from 'cdk8s-plus-28';

/**
 * What becomes of the disks of pods that go for good: they stay, they go with a replica that is scaled
 * away, or also with the whole StatefulSet. Each shard and each partition is a StatefulSet of its own.
 *
 * Only what holds copies has this choice. On other disks may be what is in no object store yet.
 */
export type ClaimRetention = 'keep' | 'deleteWhenScaled' | 'delete';

/** The same in the words of a StatefulSet, which keeps disks by itself. */
export function claimRetention(
  retention: ClaimRetention,
): Pick<k8s.StatefulSetSpec, 'persistentVolumeClaimRetentionPolicy'> {
  if (retention === 'keep') return {};
  return {
    persistentVolumeClaimRetentionPolicy: {
      whenScaled: 'Delete',
      whenDeleted: retention === 'delete' ? 'Delete' : 'Retain',
    },
  };
}
