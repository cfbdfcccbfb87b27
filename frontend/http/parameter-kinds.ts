/** How one parameter is read: what it may hold, and what to say when it holds something else. */
export interface ParameterKind {
  /** Whether a value is of this kind. */
  readonly accepts: (value: string) => boolean;
  /** Whether a value of this kind is one that does not travel on. @defaultValue all of them do */
  readonly withholds?: (value: string) => boolean;
  /** What a right value looks like, for the error message. */
  readonly expected: string;
}

const MAX_DURATION_SECONDS = 1e10;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const DURATION = /^(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  y: 31_536_000,
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
  ms: 0.001,
};

/** Reads a {@link TIMESTAMP} into seconds since 1970. */
export function readTimestamp(value: string): number | undefined {
  if (DECIMAL.test(value)) return Math.abs(Number(value)) < 1e13 ? Number(value) : undefined;
  const milliseconds = RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1_000;
}

/** Reads a {@link DURATION_KIND} into seconds. */
export function readDuration(value: string): number | undefined {
  const seconds = DECIMAL.test(value) ? Number(value) : readUnits(value);
  return seconds > 0 && seconds < MAX_DURATION_SECONDS ? seconds : undefined;
}

function readUnits(value: string): number {
  if (!DURATION.test(value)) return Number.NaN;
  let seconds = 0;
  for (const [, count, unit = ''] of value.matchAll(/(\d+)([a-z]+)/g)) {
    seconds += Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  }
  return seconds;
}

/** A point in time: seconds since 1970 as a decimal number, or RFC 3339. */
export const TIMESTAMP: ParameterKind = {
  accepts: (value) => readTimestamp(value) !== undefined,
  expected: 'a time in seconds since 1970 or in RFC 3339',
};

/** A time span: seconds as a positive decimal number, or a Prometheus duration such as `1h30m`. */
export const DURATION_KIND: ParameterKind = {
  accepts: (value) => readDuration(value) !== undefined,
  expected: 'a positive number of seconds or a duration such as 1h30m',
};

/** A whole number of results, where 0 means no limit. */
export const COUNT: ParameterKind = {
  accepts: (value) => /^\d{1,10}$/.test(value),
  expected: 'a whole number, 0 or more',
};

/** The query statistics that Prometheus offers. */
export const STATS: ParameterKind = {
  accepts: (value) => value === '' || value === 'true' || value === 'all',
  expected: '"all" or "true"',
};

/** A switch. */
export const SWITCH: ParameterKind = {
  accepts: (value) => /^(?:true|false|1|0)$/.test(value),
  expected: '"true" or "false"',
};

/**
 * A switch that a caller may only turn off: partial answers are never a caller's wish. Data sources
 * that are set up to switch it on get what the upstream is set up to answer.
 */
export const SWITCH_OFF: ParameterKind = {
  ...SWITCH,
  withholds: (value) => value === 'true' || value === '1',
};

/** The coarsest data that Thanos may take: a duration, `auto`, or a number of seconds. */
export const RESOLUTION: ParameterKind = {
  accepts: (value) => value === 'auto' || /^0s?$/.test(value) || DURATION_KIND.accepts(value),
  expected: 'a duration, "0s" or "auto"',
};

/** A whole number of results, at least 1. */
export const POSITIVE_COUNT: ParameterKind = {
  accepts: (value) => /^[1-9]\d{0,8}$/.test(value),
  expected: 'a whole number, 1 or more',
};

/** The kind of rules that is asked for. */
export const RULE_TYPE: ParameterKind = {
  accepts: (value) => value === 'alert' || value === 'record',
  expected: '"alert" or "record"',
};

/** Longest text that is taken as a name or as a matcher, in characters. */
const MAX_TEXT = 1_024;

/** A name, a token or a matcher, which the upstream reads. */
export const SHORT_TEXT: ParameterKind = {
  accepts: (value) => value.length <= MAX_TEXT,
  expected: `a text of at most ${MAX_TEXT} characters`,
};
