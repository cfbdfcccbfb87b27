import type { PartName } from './parts.ts';
import type { SystemProgram } from './system-program.ts';

/** What a test can need: a program, definitions of resources, or a network of its own. */
export type NeededPart =
  PartName | SystemProgram | 'operator-crds' | 'certificate-crd' | 'network-namespace';

/** What is to be told about a part that cannot be had. */
export interface PartUnavailableDetails {
  readonly part: NeededPart;
  /** Why it cannot be had here. */
  readonly reason: string;
  /** What to do to have it. */
  readonly hint: string;
}

/** A part can be neither found nor built on this machine. */
export class PartUnavailable extends Error {
  override readonly name = 'PartUnavailable';
  readonly part: NeededPart;
  readonly hint: string;

  constructor({ part, reason, hint }: PartUnavailableDetails, options?: ErrorOptions) {
    super(`${part} cannot be had: ${reason}; ${hint}`, options);
    this.part = part;
    this.hint = hint;
  }
}
