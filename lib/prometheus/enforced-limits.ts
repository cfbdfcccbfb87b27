import { Size } from 'cdk8s';
import { SynthError } from '../synth-error.ts';
import { printBytes } from '../units.ts';

/**
 * What one scrape of a tenant may bring. A monitor may set less for itself, never more.
 *
 * Every limit is on by default: without it one tenant can fill the memory of the Prometheus that all
 * of them share.
 */
export interface EnforcedLimits {
  /**
   * Samples in one scrape; above it the scrape fails.
   * @default 50_000
   */
  readonly samples?: number;
  /**
   * Targets of one scrape pool; above it all of them fail.
   * @default 500
   */
  readonly targets?: number;
  /**
   * Labels of one sample.
   * @default 64
   */
  readonly labels?: number;
  /**
   * Characters of a label name.
   * @default 256
   */
  readonly labelNameLength?: number;
  /**
   * Characters of a label value.
   * @default 2_048
   */
  readonly labelValueLength?: number;
  /**
   * Targets that relabelling dropped and Prometheus remembers.
   * @default 100
   */
  readonly keepDroppedTargets?: number;
  /**
   * Bytes of one scrape, uncompressed.
   * @default Size.mebibytes(32)
   */
  readonly bodySize?: Size;
}

/** The limits in the words of the operator. Zero would mean no limit, so it throws. */
export function enforcedLimitFields(
  subject: string,
  limits: EnforcedLimits = {},
): Readonly<Record<string, number | string>> {
  const bodySize = limits.bodySize ?? Size.mebibytes(32);
  const numbers = {
    enforcedSampleLimit: limits.samples ?? 50_000,
    enforcedTargetLimit: limits.targets ?? 500,
    enforcedLabelLimit: limits.labels ?? 64,
    enforcedLabelNameLengthLimit: limits.labelNameLength ?? 256,
    enforcedLabelValueLengthLimit: limits.labelValueLength ?? 2_048,
    enforcedKeepDroppedTargets: limits.keepDroppedTargets ?? 100,
  };
  for (const [field, value] of Object.entries({ ...numbers, bodySize: bodySize.toKibibytes() })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SynthError(
      `${subject} ${field}`,
      'zero switches the limit off, and anything else must be a whole number',
      'set a number above what the largest tenant needs',
    );
  }
  return { ...numbers, enforcedBodySizeLimit: printBytes(bodySize) };
}
