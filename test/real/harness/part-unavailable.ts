import type { PartName } from './parts.ts';

/** What is to be told about a part that cannot be had. */
export interface PartUnavailableDetails {
  readonly part: PartName | 'chromium' | 'operator-crds' | 'certificate-crd';
  /** Why it cannot be had here. */
  readonly reason: string;
  /** What to do to have it. */
  readonly hint: string;
}

/** A part can be neither found nor built on this machine. */
export class PartUnavailable extends Error {
  override readonly name = 'PartUnavailable';
  readonly part: PartName | 'chromium' | 'operator-crds' | 'certificate-crd';
  readonly hint: string;

  constructor({ part, reason, hint }: PartUnavailableDetails, options?: ErrorOptions) {
    super(`${part} cannot be had: ${reason}; ${hint}`, options);
    this.part = part;
    this.hint = hint;
  }
}
