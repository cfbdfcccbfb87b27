import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  DEFAULT_OBJSTORE_KEY,
  DEFAULT_OBJSTORE_SECRET,
  type ObjstoreSecret,
} from '../objstore-secret.ts';

/** A construct whose pods work on blocks. */
export interface BlockUser extends IConstruct {
  /** The configuration of the object store that holds them. */
  readonly objstore: ObjstoreSecret;
}

/**
 * The constructs of one kind, in the whole application, that work on the same blocks: those of one Secret
 * in one namespace. That two Secrets name one bucket cannot be seen at synth.
 */
export function sharersOfBlocks<T extends BlockUser>(
  user: BlockUser,
  kind: new (...args: never[]) => T,
): T[] {
  return user.node.root.node
    .findAll()
    .filter((it): it is T => it instanceof kind && it !== user && place(it) === place(user));
}

function place(user: BlockUser): string {
  const { key = DEFAULT_OBJSTORE_KEY, name = DEFAULT_OBJSTORE_SECRET } = user.objstore;
  return JSON.stringify([Chart.of(user).namespace, name, key]);
}
