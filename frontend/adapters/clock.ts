import type { Clock } from '../access/clock.ts';

/** The clocks of the machine. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};
