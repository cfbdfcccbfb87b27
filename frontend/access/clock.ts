/** Two readings of time. Spans are taken from the first, expiry dates from the second. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back and never jumps. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; an operator or NTP may move it either way. */
  wallMs(): number;
}
