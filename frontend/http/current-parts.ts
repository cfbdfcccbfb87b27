interface Generation<P> {
  readonly parts: P;
  readonly release: () => void;
  users: number;
  isRetired: boolean;
}

/**
 * Parts that can be replaced while work goes on. Work that began with the old ones ends with them,
 * so that no request is decided by one configuration and sent by another; they are released when
 * the last of it is done.
 */
export class CurrentParts<P> {
  #latest: Generation<P>;
  readonly #live = new Set<Generation<P>>();

  /** @param release - Called once, when nobody needs the parts any more. */
  constructor(parts: P, release: () => void = () => undefined) {
    this.#latest = this.#begin(parts, release);
  }

  /** The parts that new work begins with. */
  get latest(): P {
    return this.#latest.parts;
  }

  /** Does one piece of work with the parts of now, whatever replaces them meanwhile. */
  async use<T>(work: (parts: P) => Promise<T>): Promise<T> {
    const generation = this.#latest;
    generation.users += 1;
    try {
      return await work(generation.parts);
    } finally {
      generation.users -= 1;
      if (generation.isRetired && generation.users === 0) this.#end(generation);
    }
  }

  /** Lets new work begin with other parts. */
  replace(parts: P, release: () => void = () => undefined): void {
    const old = this.#latest;
    this.#latest = this.#begin(parts, release);
    old.isRetired = true;
    if (old.users === 0) this.#end(old);
  }

  /** Releases everything at once, also what is in use. */
  close(): void {
    for (const generation of this.#live) this.#end(generation);
  }

  #begin(parts: P, release: () => void): Generation<P> {
    const generation = { parts, release, users: 0, isRetired: false };
    this.#live.add(generation);
    return generation;
  }

  #end(generation: Generation<P>): void {
    if (this.#live.delete(generation)) generation.release();
  }
}
