import { Duration } from 'cdk8s';
import { REPLICA_LABEL } from '../prometheus/tenant-prometheus-props.ts';
import { SynthError } from '../synth-error.ts';
import { refuseTenancyLabelAmong } from '../tenancy-labels.ts';
import { printGoDuration } from '../units.ts';
import type { BlockServer, CompactorDeduplication, CompactorSettings } from './compactor-props.ts';
import { RESOURCE_REPLICA_LABEL, RULER_REPLICA_LABEL } from './ruler-props.ts';

/** Refuses settings of a compactor that would lose data, or join tenants. */
export function refuseLoss(
  subject: string,
  settings: CompactorSettings,
  stores: readonly BlockServer[],
): void {
  refuseLostResolutions(subject, settings);
  refuseEarlyDeletion(subject, settings.deleteDelay, stores);
  refuseUnfitDeduplication(subject, settings);
}

// Thanos downsamples a block when it spans 40 hours, and one of five minutes when it spans 10 days. It
// refuses less than that itself, and that is not enough: blocks get to these spans by compaction, to 2
// and then to 14 days, which waits for the youngest of them and for one more. The oldest has to be there
// still: at 50 hours and at 16 days. The rest is for a compactor that was away.
const UNTIL_TWO_DAYS_ARE_WHOLE = Duration.days(3);
const UNTIL_FOURTEEN_DAYS_ARE_WHOLE = Duration.days(17);
const LEAST_OF_FIVE_MINUTES = Duration.days(10);

function refuseLostResolutions(subject: string, settings: CompactorSettings): void {
  const { downsampling, retention } = settings;
  if (!downsampling) return;
  const { fiveMinutes, raw } = retention;
  refuseShorter(`${subject} retention.raw`, raw, UNTIL_TWO_DAYS_ARE_WHOLE, 'five minutes');
  // Of a raw block of 14 days, blocks of five minutes are made once more, and those of an hour of them.
  const isRawKept = !isShorter(raw, UNTIL_FOURTEEN_DAYS_ARE_WHOLE);
  refuseShorter(
    `${subject} retention.fiveMinutes`,
    fiveMinutes,
    isRawKept ? LEAST_OF_FIVE_MINUTES : UNTIL_FOURTEEN_DAYS_ARE_WHOLE,
    'one hour',
  );
}

function isShorter(span: Duration | undefined, least: Duration): boolean {
  return span !== undefined && span.toMilliseconds() < least.toMilliseconds();
}

function refuseShorter(
  subject: string,
  span: Duration | undefined,
  least: Duration,
  made: string,
): void {
  if (!isShorter(span, least)) return;
  throw new SynthError(
    subject,
    `blocks would be deleted before those of ${made} are made of them, and the data lost`,
    `keep at least ${printGoDuration(least)}, or switch downsampling off`,
  );
}

function refuseEarlyDeletion(
  subject: string,
  deleteDelay: Duration,
  stores: readonly BlockServer[],
): void {
  const late = stores.find(
    (it) => it.ignoreDeletionMarksDelay.toMilliseconds() >= deleteDelay.toMilliseconds(),
  );
  if (late === undefined) return;
  throw new SynthError(
    `${subject} deleteDelay`,
    `blocks would be deleted while ${late.name} still serves them, and queries fail`,
    `set it above ${printGoDuration(late.ignoreDeletionMarksDelay)}, or lower ignoreDeletionMarksDelay`,
  );
}

function refuseUnfitDeduplication(subject: string, settings: CompactorSettings): void {
  const { deduplication, tenancyLabel } = settings;
  if (deduplication === undefined) return;
  const { replicaLabels, unsafeIrreversible } = deduplication;
  refuseTenancyLabelAmong(`${subject} deduplication.replicaLabels`, tenancyLabel, replicaLabels);
  if (replicaLabels.length === 0) {
    throw new SynthError(
      `${subject} deduplication.replicaLabels`,
      'is empty, so nothing would be merged',
      'name the labels of replicas, or leave deduplication out',
    );
  }
  refuseUnfitAlgorithm(subject, deduplication);
  const acknowledged: boolean = unsafeIrreversible;
  if (acknowledged) return;
  throw new SynthError(
    `${subject} deduplication`,
    'merges blocks for good, and a wrong label merges series that differ',
    'set unsafeIrreversible to true, or leave deduplication out: queries deduplicate as well',
  );
}

// Each of them scraped or evaluated at times of its own.
const UNEQUAL_REPLICAS = [REPLICA_LABEL, RULER_REPLICA_LABEL, RESOURCE_REPLICA_LABEL];

function refuseUnfitAlgorithm(subject: string, deduplication: CompactorDeduplication): void {
  const { algorithm, replicaLabels } = deduplication;
  const unfit = replicaLabels.find((label) => UNEQUAL_REPLICAS.includes(label));
  if (algorithm !== 'oneToOne' || unfit === undefined) return;
  throw new SynthError(
    `${subject} deduplication.algorithm`,
    `oneToOne keeps the samples of every replica told apart by ${unfit}, so sums over time double`,
    'use penalty',
  );
}
