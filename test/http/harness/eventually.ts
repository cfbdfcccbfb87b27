import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, and fails with the last value when it takes too long. */
export async function eventually<T>(
  read: () => T,
  isRight: (value: T) => boolean,
  withinMs = 8_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const value = read();
    if (isRight(value)) return;
    if (performance.now() > endMs) throw new Error(`still ${JSON.stringify(value)}`);
    await sleep(5);
  }
}
