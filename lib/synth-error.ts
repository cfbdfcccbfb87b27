/**
 * A setting that cannot be synthesised, because it is unsafe or contradicts another one.
 *
 * The message says what is refused, why, and what to do instead, so that it can be acted on where
 * it appears: in the output of `cdk8s synth`.
 */
export class SynthError extends Error {
  override readonly name = 'SynthError';
  /** The construct or setting that was refused. */
  readonly subject: string;
  /** Why it was refused, as one clause. */
  readonly reason: string;
  /** What to do instead, as one clause. */
  readonly remedy: string;

  constructor(subject: string, reason: string, remedy: string) {
    super(`${subject}: ${reason}; ${remedy}`);
    this.subject = subject;
    this.reason = reason;
    this.remedy = remedy;
  }
}
