import type { Duration } from 'cdk8s';
import { SynthError } from '../synth-error.ts';
import { printDuration } from '../units.ts';

/** A span of time by ages: from the older end to the younger one. */
export interface TimeWindow {
  /** Age of the oldest data, or `undefined` for all that there is. */
  readonly oldest: Duration | undefined;
  /** Age of the youngest data, or `undefined` for up to now. */
  readonly youngest: Duration | undefined;
}

/** One part of the blocks: a shard within a window. */
export interface StorePart {
  /** Its number among the shards, from 0. */
  readonly shard: number;
  /** Its window. */
  readonly window: TimeWindow;
  /** What its workload is called after the name of the gateway; nothing where there is one part. */
  readonly suffix: string;
}

/** What is divided, and how. */
export interface StoreDivision {
  readonly shards: number;
  /** Ages, the largest first. */
  readonly timePartitions: readonly Duration[];
  readonly minTime: Duration | undefined;
  readonly maxTime: Duration | undefined;
}

/** Sorts the ages at which the blocks are divided, the largest first. */
export function resolvePartitions(subject: string, ages: readonly Duration[]): Duration[] {
  const sorted = ages.toSorted((a, b) => b.toMilliseconds() - a.toMilliseconds());
  const distinct = new Set(sorted.map((age) => age.toMilliseconds()));
  if (distinct.size === ages.length && !distinct.has(0)) return sorted;
  throw new SynthError(
    `${subject} timePartitions`,
    'an age is zero or named twice, so a partition would be empty',
    'name each age once',
  );
}

/** The windows between the ages. Each begins where the one before it ends, so none can be missing. */
export function timeWindows(division: Omit<StoreDivision, 'shards'>): TimeWindow[] {
  const edges = [division.minTime, ...division.timePartitions, division.maxTime];
  return edges.slice(1).map((youngest, index) => ({ oldest: edges[index], youngest }));
}

/** Every shard of every window. */
export function storeParts(division: StoreDivision): StorePart[] {
  const windows = timeWindows(division);
  return windows.flatMap((window, index) =>
    Array.from({ length: division.shards }, (_, shard) => ({
      shard,
      window,
      suffix: [
        ...(windows.length === 1 ? [] : [windowName(window, index)]),
        ...(division.shards === 1 ? [] : [`shard-${shard}`]),
      ]
        .map((word) => `-${word}`)
        .join(''),
    })),
  );
}

// By its younger end, so that a division at one more age leaves the names of the others as they are.
function windowName({ oldest, youngest }: TimeWindow, index: number): string {
  if (youngest !== undefined) return `from-${printDuration(youngest)}`;
  return oldest === undefined ? `window-${index}` : 'recent';
}

/** Name of the file that tells a store gateway which blocks are its own. */
export const SHARD_FILE_NAME = 'shard.yaml';

/**
 * Prints the relabelling that keeps the blocks of one shard. It is JSON, which is YAML as well.
 *
 * Every block has a name, and the remainder of its hash is a number below that of the shards, so
 * each block is in exactly one.
 */
export function printShard(shard: number, shards: number): string {
  const rules = [
    { action: 'hashmod', source_labels: ['__block_id'], target_label: 'shard', modulus: shards },
    { action: 'keep', source_labels: ['shard'], regex: String(shard) },
  ];
  return `${JSON.stringify(rules, null, 2)}\n`;
}
