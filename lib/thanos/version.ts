/** A version of Thanos whose flags the kit knows, without the number of its patch. */
export type ThanosVersion = '0.38' | '0.39' | '0.40' | '0.41' | '0.42';

/** Those versions, the oldest first. */
export const THANOS_VERSIONS: readonly ThanosVersion[] = ['0.38', '0.39', '0.40', '0.41', '0.42'];

/** The version that the arguments are made for, unless a construct is told another. */
export const NEWEST_THANOS: ThanosVersion = '0.42';

/** Whether one version is as new as another, or newer. */
export function isAtLeast(version: ThanosVersion, least: ThanosVersion): boolean {
  return THANOS_VERSIONS.indexOf(version) >= THANOS_VERSIONS.indexOf(least);
}

/** The version that the tag of an image names, where it is one that the kit knows. */
export function versionOfImage(image: string): ThanosVersion | undefined {
  const tagged = /:v?(\d+\.\d+)\.\d+[^/]*$/.exec(image)?.[1];
  return THANOS_VERSIONS.find((it) => it === tagged);
}
