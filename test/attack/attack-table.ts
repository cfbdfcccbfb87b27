import type { Attack, Theme } from './attack.ts';
import { AUTHORIZATION_ATTACKS, TOKEN_ATTACKS } from './table/access.ts';
import { AVAILABILITY_ATTACKS } from './table/availability.ts';
import { HEADER_ATTACKS } from './table/headers.ts';
import { PARAMETER_ATTACKS } from './table/parameters.ts';
import { PATH_ATTACKS } from './table/paths.ts';
import { PROMQL_ATTACKS } from './table/promql.ts';

/**
 * Every attack, by theme, in the order of the list: what is tried, the one answer it gets, where that
 * answer is laid down, and where it is tested.
 */
export const ATTACKS_BY_THEME: Readonly<Record<Theme, readonly Attack[]>> = {
  'parameters and bodies': PARAMETER_ATTACKS,
  'paths and methods': PATH_ATTACKS,
  'headers and framing': HEADER_ATTACKS,
  tokens: TOKEN_ATTACKS,
  authorization: AUTHORIZATION_ATTACKS,
  'PromQL and the API': PROMQL_ATTACKS,
  'availability and observability': AVAILABILITY_ATTACKS,
};

/** The same in one list. */
export const ATTACKS: readonly Attack[] = Object.values(ATTACKS_BY_THEME).flat();

/** How many numbers the list of attacks has. */
export const LAST_NUMBER = 87;
