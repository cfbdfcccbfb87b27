import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SynthError } from '../synth-error.ts';

/** The roles of the runtime that ship as code inside manifests. */
export type RuntimeRole = 'query-frontend';

/** The runtime of one role as one file of JavaScript. */
export interface RuntimeBundle {
  /** What it does. */
  readonly role: RuntimeRole;
  /** Name of the file, which ends in `.mjs`: Node then reads it as a module. */
  readonly fileName: string;
  /** The whole program. */
  readonly code: string;
}

/** Ways to get a {@link RuntimeBundle}. */
export const RuntimeBundle: {
  /**
   * Reads the bundle that the package carries.
   *
   * In a clone there is none until it is built; the app of the clone bundles the sources itself.
   */
  packaged(role: RuntimeRole): RuntimeBundle;
} = {
  packaged(role) {
    const fileName = `${role}.mjs`;
    const candidates = PACKAGED_FOLDERS.map((folder) =>
      fileURLToPath(new URL(`${folder}/${fileName}`, import.meta.url)),
    );
    const file = candidates.find((candidate) => existsSync(candidate));
    if (file !== undefined) return { role, fileName, code: readFileSync(file, 'utf8') };
    throw new SynthError(
      `RuntimeBundle ${role}`,
      `this package carries no bundle (looked for ${candidates.join(', ')})`,
      'build it with `npm run build`, or pass a bundle of your own',
    );
  },
};

// From `build/lib/query-frontend/` in the package, and from `lib/query-frontend/` in a clone.
const PACKAGED_FOLDERS = ['../../bundles', '../../build/bundles'];

/** Bytes of code that a ConfigMap may hold; a bundle of this size or more throws. */
export const MAX_BUNDLE_BYTES = 200_000;

// `kubectl apply` on the client side keeps a copy of the object in an annotation, and all
// annotations together may take 262,144 bytes. The rest is left to the object around the code.
const MAX_ANNOTATION_BYTES = 256_000;

/** Refuses a bundle that a plain `kubectl apply -k` could not create. */
export function requireShippable(bundle: RuntimeBundle): void {
  const subject = `RuntimeBundle ${bundle.role}`;
  const bytes = Buffer.byteLength(bundle.code);
  if (bytes >= MAX_BUNDLE_BYTES) {
    throw new SynthError(
      subject,
      `it has ${bytes} bytes, and ${MAX_BUNDLE_BYTES} is too many for a ConfigMap that kubectl applies`,
      'leave a dependency out of the role, or run the runtime from an image',
    );
  }
  const annotation = annotationBytes(bundle.code);
  if (annotation < MAX_ANNOTATION_BYTES) return;
  throw new SynthError(
    subject,
    `its copy in the annotation of kubectl would take ${annotation} bytes`,
    'leave a dependency out of the role, or run the runtime from an image',
  );
}

/** The bytes of a text in that annotation, where `<`, `>` and `&` take six bytes each. */
export function annotationBytes(text: string): number {
  const escapedForHtml = text.match(/[<>&]/g)?.length ?? 0;
  return Buffer.byteLength(JSON.stringify(text)) + 5 * escapedForHtml;
}
