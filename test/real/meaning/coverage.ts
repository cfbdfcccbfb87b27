import {
  type BinaryStep,
  type Expr,
  mapChildren,
  type MatcherOperator,
  type TimeModifier,
} from '../../../frontend/promql/ast.ts';
import { EXPERIMENTAL_FUNCTIONS, FUNCTIONS } from '../../../frontend/promql/functions.ts';
import { parseQuery } from '../../../frontend/promql/parse.ts';
import { hasSelector } from '../../../frontend/promql/scope.ts';
import {
  AGGREGATORS,
  COMPARISONS,
  EXPERIMENTAL_AGGREGATORS,
  PRECEDENCE,
} from '../../../frontend/promql/token.ts';

const KINDS: Readonly<Record<Expr['kind'], true>> = {
  number: true,
  string: true,
  vectorSelector: true,
  matrixSelector: true,
  subquery: true,
  call: true,
  aggregation: true,
  unary: true,
  binary: true,
  paren: true,
};

const MATCHERS: Readonly<Record<MatcherOperator, true>> = {
  '=': true,
  '!=': true,
  '=~': true,
  '!~': true,
};

const CLAUSES = ['by before', 'by after', 'without before', 'without after'];
const MATCHINGS = ['on', 'ignoring', 'group_left', 'group_left ()', 'group_right'];
const MODIFIERS = ['offset', 'offset -', '@ number', '@ start', '@ end'];

/** Everything of PromQL, as far as its tables tell, that some expression has to use. */
export function requiredFeatures(): readonly string[] {
  const aggregators = [...AGGREGATORS.keys()].filter((it) => !EXPERIMENTAL_AGGREGATORS.has(it));
  const withParam = aggregators.filter((it) => AGGREGATORS.get(it)?.hasParam === true);
  return [
    ...Object.keys(KINDS).map((kind) => `kind ${kind}`),
    ...[...FUNCTIONS.keys()].map((name) => `function ${name}`),
    ...aggregators.flatMap((it) => [`aggregation ${it}`, `aggregation ${it} by`]),
    ...aggregators.map((it) => `aggregation ${it} without`),
    ...withParam
      .filter((it) => it !== 'count_values')
      .map((it) => `aggregation ${it} with a selector in its parameter`),
    ...CLAUSES.map((clause) => `grouping ${clause}`),
    ...[...PRECEDENCE.keys()].map((operator) => `operator ${operator}`),
    ...[...COMPARISONS].map((operator) => `operator ${operator} bool`),
    ...MATCHINGS.map((matching) => `matching ${matching}`),
    ...MODIFIERS.map((modifier) => `modifier ${modifier}`),
    ...Object.keys(MATCHERS).map((operator) => `tenancy label ${operator}`),
    ...['+', '-'].map((operator) => `sign ${operator}`),
    'subquery without step',
    'subquery with step',
  ];
}

/** The functions and aggregations behind a feature flag, which have to be refused. */
export function experimentalNames(): readonly string[] {
  return [...EXPERIMENTAL_FUNCTIONS, ...EXPERIMENTAL_AGGREGATORS];
}

/** The features that expressions use, in the words of {@link requiredFeatures}. */
export function usedFeatures(expressions: readonly string[]): ReadonlySet<string> {
  const used = new Set<string>();
  const visit = (node: Expr): Expr => {
    used.add(`kind ${node.kind}`);
    for (const feature of featuresOf(node)) used.add(feature);
    return mapChildren(node, visit);
  };
  for (const expression of expressions) {
    const parsed = parseQuery(expression);
    if (parsed.ok) visit(parsed.value);
  }
  return used;
}

function featuresOf(node: Expr): readonly string[] {
  switch (node.kind) {
    case 'call':
      return [`function ${node.name}`];
    case 'aggregation':
      return aggregationFeatures(node);
    case 'binary':
      return node.steps.flatMap(stepFeatures);
    case 'unary':
      return [`sign ${node.operator}`];
    case 'vectorSelector':
      return [
        ...node.modifiers.map(modifierFeature),
        ...node.matchers
          .filter(({ label }) => label === 'namespace')
          .map(({ operator }) => `tenancy label ${operator}`),
      ];
    case 'matrixSelector':
      return node.modifiers.map(modifierFeature);
    case 'subquery':
      return [
        `subquery ${node.step === undefined ? 'without' : 'with'} step`,
        ...node.modifiers.map(modifierFeature),
      ];
    case 'number':
    case 'string':
    case 'paren':
      return [];
    default:
      return node satisfies never;
  }
}

function aggregationFeatures(node: Extract<Expr, { kind: 'aggregation' }>): readonly string[] {
  const { operator, grouping, param } = node;
  const features = [`aggregation ${operator}`];
  if (grouping !== undefined) {
    features.push(`aggregation ${operator} ${grouping.clause}`);
    features.push(`grouping ${grouping.clause} ${grouping.placement}`);
  }
  if (param !== undefined && hasSelector(param)) {
    features.push(`aggregation ${operator} with a selector in its parameter`);
  }
  return features;
}

function stepFeatures({ operator, bool, matching }: BinaryStep): readonly string[] {
  const features = [`operator ${operator}`];
  if (bool) features.push(`operator ${operator} bool`);
  if (matching === undefined) return features;
  features.push(`matching ${matching.clause}`);
  const { group } = matching;
  if (group === undefined) return features;
  features.push(`matching ${group.side}`);
  if (group.labels?.length === 0) features.push(`matching ${group.side} ()`);
  return features;
}

function modifierFeature(modifier: TimeModifier): string {
  if (modifier.kind === 'offset') {
    const { offset } = modifier;
    const isNegative = offset.kind === 'durationLiteral' && offset.seconds < 0;
    return `modifier offset${isNegative ? ' -' : ''}`;
  }
  if (modifier.kind !== 'at') return `modifier ${modifier.kind}`;
  return typeof modifier.at === 'string' ? `modifier @ ${modifier.at}` : 'modifier @ number';
}
