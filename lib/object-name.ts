import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { SynthError } from './synth-error.ts';

/** The longest name of a workload, which is the value of a label and the name of a Service as well. */
const LONGEST_NAME = 63;

/** That of a StatefulSet, whose pods have it and the hash of a revision in one label. */
export const LONGEST_STATEFUL_NAME = 52;

/** Refuses a name that Kubernetes would refuse, for the object or for its pods only. */
export function refuseUnfitName(name: string, longest: number = LONGEST_NAME): void {
  if (/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longest) return;
  throw new SynthError(
    JSON.stringify(name),
    `is no name of a workload, or longer than ${longest} characters`,
    'use a-z, 0-9 and dashes, and a shorter name',
  );
}

/**
 * Refuses a second object of one kind and name in one namespace, which would overwrite the first one at
 * an apply: the default names are the same for each use of a construct.
 */
export function refuseSecondObject(scope: Construct, kind: string, name: string): void {
  const { namespace } = Chart.of(scope);
  const other = scope.node.root.node
    .findAll()
    .find(
      (it) =>
        ApiObject.isApiObject(it) &&
        it.kind === kind &&
        it.name === name &&
        it.metadata.namespace === namespace,
    );
  if (other === undefined) return;
  throw new SynthError(
    `${kind} ${name} of ${scope.node.path}`,
    `is that of ${other.node.path} too, and would overwrite it`,
    'give one of them another name',
  );
}
