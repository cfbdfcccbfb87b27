/** Why the work on a request stops before its answer is complete. */
export type CancelReason = 'client_gone' | 'deadline' | 'upstream_failed';

/**
 * Stops the work on one request when its client goes away, its time is over, or the answer of the
 * upstream breaks off. The first reason is the cause; what follows from it is not.
 */
export class Cancellation {
  readonly #controller = new AbortController();
  #reason: CancelReason | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Aborts when the work is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it aborted, or `undefined` while the work goes on. */
  get reason(): CancelReason | undefined {
    return this.#reason;
  }

  /** Stops the work. The first reason stays. */
  cancel(reason: CancelReason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  /** Stops the work after `afterMs`, unless {@link Cancellation.close} comes first. */
  startDeadline(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.cancel('deadline');
    }, afterMs);
  }

  /** Ends the deadline; call it when the request is done. */
  close(): void {
    clearTimeout(this.#timer);
  }
}
