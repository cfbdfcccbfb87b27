import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SynthError } from '../synth-error.ts';

/**
 * The roles of the runtime that ship as code inside manifests. `query-frontend-ui` is the query
 * frontend with a web UI.
 */
export type RuntimeRole = 'query-frontend' | 'query-frontend-ui';

/** One file of a bundle. */
export interface RuntimeFile {
  /** Its name, which ends in `.mjs`: Node then reads it as a module. */
  readonly name: string;
  readonly code: string;
}

/** The runtime of one role as JavaScript, in files that lie in one folder. */
export interface RuntimeBundle {
  /** What it does. */
  readonly role: RuntimeRole;
  /** The files; `<role>.mjs` is the one that is started. */
  readonly files: readonly RuntimeFile[];
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
    const folders = PACKAGED_FOLDERS.map((it) => fileURLToPath(new URL(it, import.meta.url)));
    const folder = folders.find((it) => existsSync(join(it, `${role}.mjs`)));
    if (folder !== undefined) {
      const files = [`${role}.mjs`, `${role}-shared.mjs`].map((name) => ({
        name,
        code: readFileSync(join(folder, name), 'utf8'),
      }));
      return { role, files };
    }
    throw new SynthError(
      `RuntimeBundle ${role}`,
      `this package carries no bundle (looked in ${folders.join(', ')})`,
      'build it with `npm run build`, or pass a bundle of your own',
    );
  },
};

// From `build/lib/query-frontend/` in the package, and from `lib/query-frontend/` in a clone.
const PACKAGED_FOLDERS = ['../../bundles', '../../build/bundles'];

/** Bytes of code that a ConfigMap may hold; a file of this size or more throws. */
export const MAX_FILE_BYTES = 200_000;

// `kubectl apply` on the client side keeps a copy of the object in an annotation, and all
// annotations together may take 262,144 bytes. The rest is left to the object around the code.
const MAX_ANNOTATION_BYTES = 256_000;

/** Refuses a bundle that a plain `kubectl apply -k` could not create. Each file is an object. */
export function requireShippable(bundle: RuntimeBundle): void {
  for (const { name, code } of bundle.files) {
    const subject = `RuntimeBundle ${bundle.role}, ${name}`;
    const bytes = Buffer.byteLength(code);
    const annotation = annotationBytes(code);
    const reason =
      bytes >= MAX_FILE_BYTES
        ? `it has ${bytes} bytes, and ${MAX_FILE_BYTES} is too many for a ConfigMap that kubectl applies`
        : `its copy in the annotation of kubectl would take ${annotation} bytes`;
    if (bytes < MAX_FILE_BYTES && annotation < MAX_ANNOTATION_BYTES) continue;
    const remedy = 'leave a dependency out of the role, or run the runtime from an image';
    throw new SynthError(subject, reason, remedy);
  }
}

/** The bytes of a text in that annotation, where `<`, `>` and `&` take six bytes each. */
export function annotationBytes(text: string): number {
  const escapedForHtml = text.match(/[<>&]/g)?.length ?? 0;
  return Buffer.byteLength(JSON.stringify(text)) + 5 * escapedForHtml;
}
