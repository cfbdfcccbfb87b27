/** A hash that nobody outside this process can compute, so that cache keys tell nothing. */
export interface KeyedHash {
  /**
   * Digests several texts into one of fixed length.
   *
   * Each part goes in behind its own length: `['ab', 'c']` and `['a', 'bc']` differ. The key is
   * drawn at random for each process.
   */
  digest(parts: readonly string[]): string;
}
