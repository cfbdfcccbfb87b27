/** How one parameter is read: what it may hold, and what to say when it holds something else. */
export interface ParameterKind {
  /** Whether a value is of this kind. */
  readonly accepts: (value: string) => boolean;
  /** What a right value looks like, for the error message. */
  readonly expected: string;
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const DURATION = /^(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;

/** A point in time: seconds since 1970 as a decimal number, or RFC 3339. */
export const TIMESTAMP: ParameterKind = {
  accepts: (value) =>
    (DECIMAL.test(value) && Math.abs(Number(value)) < 1e13) ||
    (RFC_3339.test(value) && !Number.isNaN(Date.parse(value))),
  expected: 'a time in seconds since 1970 or in RFC 3339',
};

/** A time span: seconds as a positive decimal number, or a Prometheus duration such as `1h30m`. */
export const DURATION_KIND: ParameterKind = {
  accepts: (value) =>
    (DECIMAL.test(value) && Number(value) > 0 && Number(value) < 1e10) ||
    (DURATION.test(value) && /[1-9]/.test(value)),
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

/** A switch that a caller may only turn off: partial answers are never a caller's wish. */
export const SWITCH_OFF: ParameterKind = {
  accepts: (value) => /^(?:false|0)$/.test(value),
  expected: '"false"',
};

/** The coarsest data that Thanos may take: a duration, `auto`, or a number of seconds. */
export const RESOLUTION: ParameterKind = {
  accepts: (value) => value === 'auto' || /^0s?$/.test(value) || DURATION_KIND.accepts(value),
  expected: 'a duration, "0s" or "auto"',
};
