import { NODE_IMAGE_REPOSITORY, NODE_IMAGE_TAG } from '../images.ts';
import { SynthError } from '../synth-error.ts';

/** The image that runs the code: a plain Node. */
export interface NodeImage {
  /** @default 'docker.io/library/node' */
  readonly repository?: string;
  /**
   * The tag: Node 24 or newer.
   * @default '24-slim'
   */
  readonly tag?: string;
  /**
   * The digest, such as `sha256:...`, which then decides instead of the tag.
   * @default - none: the tag decides
   */
  readonly digest?: string;
}

/** The image in the words of a container. */
export function printNodeImage(subject: string, image: NodeImage): string {
  const repository = image.repository ?? NODE_IMAGE_REPOSITORY;
  const tagged = `${repository}:${image.tag ?? NODE_IMAGE_TAG}`;
  if (image.digest === undefined) return tagged;
  if (/^sha256:[0-9a-f]{64}$/.test(image.digest)) return `${tagged}@${image.digest}`;
  throw new SynthError(
    `${subject} image.digest`,
    `${JSON.stringify(image.digest)} is not a digest`,
    'write sha256: and 64 hexadecimal digits',
  );
}
