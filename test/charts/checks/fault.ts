import type { Json, Manifest } from '../../lib/support/manifests.ts';
import type { CheckName } from './all-problems.ts';

/** A mistake in the manifests, and the check that must see it. */
export interface Fault {
  readonly check: CheckName;
  readonly what: string;
  /** The object that is spoilt, by kind and name. */
  readonly of?: readonly [kind: string, name: string];
  /** Where in it something is put; absent, the object is left out. */
  readonly at?: readonly (string | number)[];
  /** What is put there; absent, what was there is taken away. */
  readonly value?: Json;
  /** An object that is there besides. */
  readonly added?: Manifest;
  /** What the check says. */
  readonly says: RegExp;
}

/** An object in the namespace of the platform. */
export function platformObject(
  apiVersion: string,
  kind: string,
  name: string,
  spec: Json,
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: 'monitoring' }, spec };
}

/** Labels of the pods of the querier. */
export const QUERIER_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/component': 'thanos-querier',
  'app.kubernetes.io/instance': 'thanos-querier',
};
