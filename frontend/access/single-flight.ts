/**
 * Lets equal calls that overlap share one flight.
 *
 * A flight belongs to nobody: the caller that started it may go away, and the others still get the
 * outcome. It must therefore carry its own deadline.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** Joins the flight under `key`, or starts one. A failure reaches everyone who joined. */
  run(key: string, start: () => Promise<T>): Promise<T> {
    const current = this.#flights.get(key);
    if (current !== undefined) return current;
    const flight = start().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
