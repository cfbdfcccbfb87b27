import { CLASSIC, type Era } from '../eras.ts';

/** Expressions that show one side of PromQL. */
export interface Family {
  readonly name: string;
  readonly era: Era;
  readonly expressions: readonly string[];
  /** Whether every server has to refuse these. */
  readonly isRefused: boolean;
}

/** Makes a family of expressions about the classic series that have to be answered. */
export function family(
  name: string,
  expressions: readonly string[],
  differing: Partial<Omit<Family, 'name' | 'expressions'>> = {},
): Family {
  return { name, expressions, era: CLASSIC, isRefused: false, ...differing };
}

/** Takes every nth expression of the families, counted through all of them. */
export function everyNth(families: readonly Family[], n: number): readonly Family[] {
  let index = 0;
  return families.map((family) => ({
    ...family,
    expressions: family.expressions.filter(() => (index += 1) % n === 0),
  }));
}
