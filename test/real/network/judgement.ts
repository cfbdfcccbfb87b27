import { type Connection, isReachable, type ManifestPolicy } from '../../../lib/index.ts';
import type { NetworkQuestion } from '../harness/network-oracle.ts';

/** A connection on which two judges are not of one mind. */
export interface Disagreement {
  readonly connection: string;
  /** What the function of the kit says. */
  readonly own: boolean;
  /** What the other judge says. */
  readonly other: boolean;
}

/**
 * Compares what the function of the kit says of connections with what another judge says.
 *
 * @param policies - What the function is given. @defaultValue the same as the other judge
 */
export function disagreements(
  question: NetworkQuestion,
  answers: readonly boolean[],
  policies: readonly ManifestPolicy[] = question.policies,
): readonly Disagreement[] {
  return question.connections.flatMap((connection, index) => {
    const own = isReachable(policies, connection);
    const other = answers[index];
    if (other === undefined) throw new RangeError(`no answer to ${connectionText(connection)}`);
    return own === other ? [] : [{ connection: connectionText(connection), own, other }];
  });
}

/** A connection as a line of text. */
export function connectionText({ from, port, protocol = 'TCP', to }: Connection): string {
  return `${from.name} -> ${to.name}: ${port}/${protocol}`;
}
