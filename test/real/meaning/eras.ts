/** When the expressions of a family are evaluated, in seconds since 1970. */
export interface Era {
  /** The moment of instant queries. */
  readonly time: number;
  /** First and last moment of range queries, and their distance. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const MINUTE = 60;

/** When the series that promtool stores begin: half an hour before a leap day. */
export const CLASSIC_START: number = Date.UTC(2024, 1, 28, 23, 30) / 1_000;
/** How long they go on. */
export const CLASSIC_SECONDS: number = 60 * MINUTE;

/** When the series that are written remotely begin: after the others, which they may not overlap. */
export const NATIVE_START: number = CLASSIC_START + CLASSIC_SECONDS + 5 * MINUTE;
/** How long they go on. */
export const NATIVE_SECONDS: number = 30 * MINUTE;

/** Floats and classic histograms. */
export const CLASSIC: Era = {
  time: CLASSIC_START + 50 * MINUTE + 7,
  start: CLASSIC_START + 22 * MINUTE,
  end: CLASSIC_START + 52 * MINUTE,
  step: 90,
};

/** Native histograms, and series with staleness markers. */
export const NATIVE: Era = {
  time: NATIVE_START + 25 * MINUTE + 7,
  start: NATIVE_START + 12 * MINUTE,
  end: NATIVE_START + 28 * MINUTE,
  step: 60,
};
