import type { TenancyLabel } from '../tenant/tenancy-label.ts';
import { SynthError } from './synth-error.ts';
import { refuseTenancyLabelAmong } from './tenancy-labels.ts';

/** What a writer of blocks is told apart by. */
export interface BlockIdentity {
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** The value of the external label `cluster`. */
  readonly cluster: string;
  /** External labels that were given beside it. */
  readonly given: Readonly<Record<string, string>> | undefined;
  /** External labels that the construct sets itself, beside `cluster`. */
  readonly own: readonly string[];
}

/**
 * Refuses external labels that would join tenants, or let two writers of blocks be taken for one: blocks
 * with equal labels overlap, and the compactor then comes to a halt.
 */
export function refuseSharedIdentity(subject: string, identity: BlockIdentity): void {
  const { cluster, given = {}, own, tenancyLabel } = identity;
  refuseTenancyLabelAmong(`${subject} externalLabels`, tenancyLabel, [
    'cluster',
    ...own,
    ...Object.keys(given),
  ]);
  if (cluster === '') {
    throw new SynthError(
      `${subject} cluster`,
      'is empty, so blocks of two clusters in one bucket could not be told apart',
      'name the cluster',
    );
  }
  const taken = ['cluster', ...own].find((label) => given[label] !== undefined);
  if (taken === undefined) return;
  throw new SynthError(
    `${subject} externalLabels.${taken}`,
    'is set by the construct, and two values would contradict each other',
    taken === 'cluster' ? 'use the property cluster' : 'leave it out',
  );
}
