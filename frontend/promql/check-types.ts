import type { BinaryStep, Expr, ValueType, VectorMatching } from './ast.ts';
import { excerpt } from './excerpt.ts';
import { argumentType, type FunctionSignature } from './functions.ts';
import type { TypeFacts, TypedPlace } from './problem.ts';
import { COMPARISONS, SET_OPERATORS } from './token.ts';

/** Checks the number and the types of a call's arguments. */
export function checkCall(
  name: string,
  called: FunctionSignature,
  args: readonly Expr[],
): TypeFacts | undefined {
  const { atLeast, atMost } = called;
  if (args.length < atLeast || args.length > atMost) {
    return { problem: 'argument_count', name, found: args.length, atLeast, atMost };
  }
  for (const [index, arg] of args.entries()) {
    const expected = argumentType(called, index);
    const facts = expected && mismatch(arg.type, [expected], 'argument', name);
    if (facts !== undefined) return facts;
  }
  return undefined;
}

/** Checks the number and the types of an aggregation's arguments. */
export function checkAggregation(
  name: string,
  hasParam: boolean,
  args: readonly Expr[],
): TypeFacts | undefined {
  const count = hasParam ? 2 : 1;
  const operand = args[count - 1];
  if (args.length !== count || operand === undefined) {
    return {
      problem: 'argument_count',
      name,
      found: args.length,
      atLeast: count,
      atMost: count,
    };
  }
  const facts = mismatch(operand.type, ['vector'], 'aggregation', name);
  if (facts !== undefined || !hasParam) return facts;
  const expected = name === 'count_values' ? 'string' : 'scalar';
  return mismatch(args[0]?.type ?? 'vector', [expected], 'parameter', name);
}

/** Checks that a signed expression is one that can be computed with. */
export function checkSigned(operator: string, operand: ValueType): TypeFacts | undefined {
  return mismatch(operand, COMPUTABLE, 'operand', operator);
}

/** Checks one operator of a chain. `left` is the type of all that stands before it. */
export function checkBinary(left: ValueType, step: BinaryStep): TypeFacts | undefined {
  const { operator, operand, bool, matching, fills } = step;
  const facts =
    mismatch(left, COMPUTABLE, 'operand', operator) ??
    mismatch(operand.type, COMPUTABLE, 'operand', operator);
  if (facts !== undefined) return facts;
  const isComparison = COMPARISONS.has(operator);
  if (bool && !isComparison) return { problem: 'bool_without_comparison', operator };
  if (!bool && isComparison && left === 'scalar' && operand.type === 'scalar') {
    return { problem: 'comparison_without_bool', operator };
  }
  const areVectors = left === 'vector' && operand.type === 'vector';
  return (
    checkMatching(operator, areVectors, matching) ??
    (fills.length > 0 ? checkFills(operator, areVectors) : undefined)
  );
}

function checkFills(operator: string, areVectors: boolean): TypeFacts | undefined {
  if (!areVectors) return { problem: 'fill_without_vectors', operator };
  return SET_OPERATORS.has(operator) ? { problem: 'fill_with_set_operator', operator } : undefined;
}

function checkMatching(
  operator: string,
  areVectors: boolean,
  matching: VectorMatching | undefined,
): TypeFacts | undefined {
  const label = matching && repeatedLabel(matching);
  if (label !== undefined) return { problem: 'group_label_repeated', label: excerpt(label) };
  const isSetOperator = SET_OPERATORS.has(operator);
  if (!areVectors) {
    if (isSetOperator) return { problem: 'set_operator_on_scalar', operator };
    const isEmpty = matching === undefined || matching.labels.length === 0;
    return isEmpty ? undefined : { problem: 'matching_without_vectors', operator };
  }
  return isSetOperator && matching?.group !== undefined
    ? { problem: 'group_with_set_operator', operator }
    : undefined;
}

/** Finds a label that `on` matches and `group_left` or `group_right` would take over as well. */
function repeatedLabel({ clause, labels, group }: VectorMatching): string | undefined {
  if (clause !== 'on' || group?.labels === undefined) return undefined;
  const matched = new Set(labels);
  return group.labels.find((label) => matched.has(label));
}

function mismatch(
  found: ValueType,
  expected: readonly ValueType[],
  place: TypedPlace,
  name: string,
): TypeFacts | undefined {
  if (expected.includes(found)) return undefined;
  return { problem: 'type_mismatch', found, expected, place, name };
}

const COMPUTABLE: readonly ValueType[] = Object.freeze(['scalar', 'vector']);
