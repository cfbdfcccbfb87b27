import { Duration } from 'cdk8s';
import { SynthError } from './synth-error.ts';

const SHORTEST = Duration.hours(6);

/** Refuses to keep blocks on a disk for so short a time that some never get to the object store. */
export function refuseShortRetention(subject: string, retention: Duration): void {
  if (retention.toMilliseconds() >= SHORTEST.toMilliseconds()) return;
  throw new SynthError(
    `${subject} retention`,
    'blocks of two hours would be deleted before an upload that failed once is tried again',
    `keep at least ${SHORTEST.toHumanString()}`,
  );
}
