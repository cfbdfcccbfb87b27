import type { ValueType } from './ast.ts';

/** What a function takes and gives. */
export interface FunctionSignature {
  readonly argTypes: readonly ValueType[];
  /** Fewest arguments. */
  readonly atLeast: number;
  /** Most arguments; `Infinity` when the last one may be repeated without end. */
  readonly atMost: number;
  readonly returns: ValueType;
}

const V_V = signature('vector', ['vector']);
const M_V = signature('vector', ['matrix']);
// Date functions read the current time when their argument is left out.
const DATE = signature('vector', ['vector'], 0);

/**
 * The functions a query may call: those of Prometheus 3.15 (promql/parser/functions.go) that need
 * no feature flag. Names are case-sensitive.
 */
export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map([
  ...named(V_V, 'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor'),
  ...named(V_V, 'histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum'),
  ...named(V_V, 'ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp'),
  ...named(M_V, 'absent_over_time avg_over_time changes count_over_time delta deriv'),
  ...named(M_V, 'first_over_time idelta increase irate last_over_time max_over_time'),
  ...named(M_V, 'min_over_time present_over_time rate resets stddev_over_time'),
  ...named(M_V, 'stdvar_over_time sum_over_time'),
  ...named(DATE, 'day_of_month day_of_week day_of_year days_in_month hour minute month year'),
  ['clamp', signature('vector', ['vector', 'scalar', 'scalar'])],
  ['clamp_max', signature('vector', ['vector', 'scalar'])],
  ['clamp_min', signature('vector', ['vector', 'scalar'])],
  ['histogram_fraction', signature('vector', ['scalar', 'scalar', 'vector'])],
  ['histogram_quantile', signature('vector', ['scalar', 'vector'])],
  // The separator may be followed by any number of labels to join, none included.
  ['label_join', signature('vector', ['vector', 'string', 'string', 'string'], 3, Infinity)],
  ['label_replace', signature('vector', ['vector', 'string', 'string', 'string', 'string'])],
  ['pi', signature('scalar', [])],
  ['predict_linear', signature('vector', ['matrix', 'scalar'])],
  ['quantile_over_time', signature('vector', ['scalar', 'matrix'])],
  ['round', signature('vector', ['vector', 'scalar'], 1)],
  ['scalar', signature('scalar', ['vector'])],
  ['time', signature('scalar', [])],
  ['vector', signature('vector', ['scalar'])],
]);

const EXPERIMENTAL: ReadonlyMap<string, FunctionSignature> = new Map([
  ...named(M_V, 'mad_over_time ts_of_first_over_time ts_of_last_over_time'),
  ...named(M_V, 'ts_of_max_over_time ts_of_min_over_time'),
  ...named(signature('scalar', []), 'end range start step'),
  ...named(signature('scalar', ['scalar', 'scalar']), 'max_of min_of'),
  ...named(
    signature('vector', ['vector', 'string'], 1, Infinity),
    'sort_by_label sort_by_label_desc',
  ),
  ['double_exponential_smoothing', signature('vector', ['matrix', 'scalar', 'scalar'])],
  ['histogram_quantiles', signature('vector', ['vector', 'string', 'scalar', 'scalar'], 3, 12)],
  ['info', signature('vector', ['vector', 'vector'], 1)],
  ['start_timestamp', V_V],
]);

/** The names of the functions of Prometheus 3.15 behind `promql-experimental-functions`. */
export const EXPERIMENTAL_FUNCTIONS: ReadonlySet<string> = new Set(EXPERIMENTAL.keys());

/** Every function, those behind the flag included. */
export const ALL_FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map([
  ...FUNCTIONS,
  ...EXPERIMENTAL,
]);

/** The type an argument must have; arguments past the last type repeat it. */
export function argumentType(called: FunctionSignature, index: number): ValueType | undefined {
  return called.argTypes[Math.min(index, called.argTypes.length - 1)];
}

function signature(
  returns: ValueType,
  argTypes: readonly ValueType[],
  atLeast: number = argTypes.length,
  atMost: number = argTypes.length,
): FunctionSignature {
  return Object.freeze({ argTypes: Object.freeze(argTypes), atLeast, atMost, returns });
}

function named(called: FunctionSignature, names: string): [string, FunctionSignature][] {
  return names.split(' ').map((name) => [name, called]);
}
