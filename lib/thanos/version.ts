import { SynthError } from '../synth-error.ts';

/** A version of Thanos whose flags the kit knows, without the number of its patch. */
export type ThanosVersion = '0.38' | '0.39' | '0.40' | '0.41' | '0.42';

/** Those versions, the oldest first. */
export const THANOS_VERSIONS: readonly ThanosVersion[] = ['0.38', '0.39', '0.40', '0.41', '0.42'];

const OLDEST_MINOR = 38;

/** The version that the arguments are made for, unless a construct is told another. */
export const NEWEST_THANOS: ThanosVersion = '0.42';

/** Whether one version is as new as another, or newer. */
export function isAtLeast(version: ThanosVersion, least: ThanosVersion): boolean {
  return THANOS_VERSIONS.indexOf(version) >= THANOS_VERSIONS.indexOf(least);
}

/**
 * The version that the tag of an image names, where it is one that the kit knows. A newer one is
 * `undefined`: what it no longer knows it says when it starts.
 *
 * @throws {SynthError} If it is older than all of them.
 */
export function versionOfImage(subject: string, image: string): ThanosVersion | undefined {
  const [, major, minor] = /:v?(\d+)\.(\d+)\.\d+[^/]*$/.exec(image) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  if (Number(major) === 0 && Number(minor) < OLDEST_MINOR) {
    throw new SynthError(
      `${subject} image`,
      `${image} is older than any Thanos whose arguments the kit knows`,
      `use ${THANOS_VERSIONS[0]} or newer, or name the version that it really is`,
    );
  }
  return THANOS_VERSIONS.find((it) => it === `${major}.${minor}`);
}
