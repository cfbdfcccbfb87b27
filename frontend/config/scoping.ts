import * as v from 'valibot';
import { described, section } from './fields.ts';

/** How the PromQL of a caller is narrowed, and which parts of PromQL are taken at all. */
export interface ScopingConfig {
  readonly mode: 'intersect' | 'error';
  readonly features: FeaturesConfig;
}

/** Parts of PromQL under the names of Prometheus' feature flags. */
export interface FeaturesConfig {
  readonly 'promql-experimental-functions': boolean;
  readonly 'promql-duration-expr': boolean;
  readonly 'promql-extended-range-selectors': boolean;
  readonly 'promql-binop-fill-modifiers': boolean;
}

const UPSTREAM_NEEDS = 'Switch it on only where the upstream takes it.';

/** The settings of {@link ScopingConfig}. */
export const scoping: v.GenericSchema<ScopingInput | undefined, ScopingConfig> = section({
  mode: described(
    v.picklist(['intersect', 'error']),
    'intersect',
    'What becomes of a matcher that the caller wrote on the tenancy label: `intersect` keeps it beside that of the scope, so that what is outside gives an empty answer; `error` answers 400 unless it names a tenant of the scope.',
  ),
  features: section({
    'promql-experimental-functions': described(
      v.boolean(),
      false,
      `Experimental functions, \`limitk\` and \`limit_ratio\`; of \`info\` the form with two arguments. ${UPSTREAM_NEEDS}`,
    ),
    'promql-duration-expr': described(
      v.boolean(),
      false,
      `Computed durations, such as \`[5m * 2]\`. A server of Prometheus 3.15 always takes them, Thanos 0.42 does not. ${UPSTREAM_NEEDS}`,
    ),
    'promql-extended-range-selectors': described(
      v.boolean(),
      false,
      `\`anchored\` and \`smoothed\` behind selectors. ${UPSTREAM_NEEDS}`,
    ),
    'promql-binop-fill-modifiers': described(
      v.boolean(),
      false,
      `\`fill\`, \`fill_left\` and \`fill_right\` behind binary operators. ${UPSTREAM_NEEDS}`,
    ),
  }),
});

interface ScopingInput {
  readonly mode?: ScopingConfig['mode'] | undefined;
  readonly features?: { readonly [Name in keyof FeaturesConfig]?: boolean | undefined } | undefined;
}
