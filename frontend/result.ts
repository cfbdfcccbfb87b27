/** The outcome of a step that may refuse its input. Refusing is normal work, so it is a value. */
export type Result<T, R> = Accepted<T> | Refused<R>;

/** The input was accepted, and `value` is what it became. */
export interface Accepted<T> {
  readonly ok: true;
  readonly value: T;
}

/** The input was understood and refused, and `rejection` says why, as data. */
export interface Refused<R> {
  readonly ok: false;
  readonly rejection: R;
}

/** Wraps an accepted value. */
export function accept<T>(value: T): Accepted<T> {
  return { ok: true, value };
}

/** Wraps a reason for refusal. */
export function refuse<R>(rejection: R): Refused<R> {
  return { ok: false, rejection };
}
