/** How {@link mapInParallel} goes through its items. */
export interface ParallelMapOptions<T, R> {
  /** Calls of `map` that may be under way at once. At least 1. */
  readonly limit: number;
  map(item: T): Promise<R>;
  /** Whether this result settles the matter, so that no further call is started. */
  isLast(result: R): boolean;
}

/**
 * Maps items in parallel and returns the results in the order of the items.
 *
 * Calls are started in that order. After a last result the ones under way are still awaited, so
 * the first last result in the order of the items is always among those returned, whichever came
 * first in time. A failure of `map` fails the whole.
 */
export async function mapInParallel<T, R>(
  items: readonly T[],
  options: ParallelMapOptions<T, R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const remaining = items.entries();
  let isOver = false;
  const work = async (): Promise<void> => {
    // One iterator is shared by all workers: each takes the next item that nobody has taken.
    for (const [index, item] of remaining) {
      const result = await options.map(item);
      results.set(index, result);
      isOver ||= options.isLast(result);
      if (isOver) return;
    }
  };
  const workers = Array.from({ length: Math.min(options.limit, items.length) }, () => work());
  await Promise.all(workers);
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
