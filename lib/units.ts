import type { Duration, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';

const MILLISECONDS: readonly (readonly [unit: string, amount: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** Prints a time span the way Prometheus and Thanos read it, in the largest unit that fits. */
export function printDuration(duration: Duration): string {
  const total = duration.toMilliseconds();
  const fitting = MILLISECONDS.find(([, amount]) => total > 0 && total % amount === 0);
  return fitting === undefined ? `${total}ms` : `${total / fitting[1]}${fitting[0]}`;
}

/**
 * Prints a time span in hours or smaller units, which every program in Go reads.
 *
 * Some flags and files of Thanos know days and some do not, and no document says which.
 */
export function printGoDuration(duration: Duration): string {
  const printed = printDuration(duration);
  return printed.endsWith('d') ? `${duration.toHours()}h` : printed;
}

/** Prints a size the way Kubernetes reads it. */
export function toQuantity(size: Size): k8s.Quantity {
  return k8s.Quantity.fromString(printBinary(size));
}

/** Prints a size the way Prometheus and Thanos read it. Their units are powers of 1,024 too. */
export function printBytes(size: Size): string {
  return `${printBinary(size)}B`;
}

function printBinary(size: Size): string {
  const kibibytes = size.toKibibytes();
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}Mi` : `${kibibytes}Ki`;
}
