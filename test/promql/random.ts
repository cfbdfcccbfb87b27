/** Choices that follow from a seed alone, so that a failing run can be repeated. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Gives a whole number from 0 to below `bound`. */
  below(bound: number): number {
    // Mulberry32: one multiplication chain over a counter.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  }

  /** Gives `true` this many times in a hundred. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }

  /** Gives one of the items, of which there is at least one. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** Gives one of the texts of a space-separated list. */
  word(list: string): string {
    const words = list.split(' ');
    return words[this.below(words.length)] ?? '';
  }
}
