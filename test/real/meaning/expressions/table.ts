import { AGGREGATIONS } from './aggregations.ts';
import type { Family } from './family.ts';
import { FUNCTION_CALLS } from './functions.ts';
import { HISTOGRAMS } from './histograms.ts';
import { OPERATORS } from './operators.ts';
import { REFUSED } from './refused.ts';
import { SELECTORS } from './selectors.ts';

/** Every expression that is asked, by family. */
export const FAMILIES: readonly Family[] = [
  ...SELECTORS,
  ...FUNCTION_CALLS,
  ...AGGREGATIONS,
  ...OPERATORS,
  ...HISTOGRAMS,
  ...REFUSED,
];
