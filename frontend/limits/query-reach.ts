import type { Expr, Subquery, TimeModifier } from '../promql/ast.ts';
import { durationSeconds } from './duration-seconds.ts';
import type { Evaluation } from './evaluation.ts';

/** How far a query reaches in time: the greatest value over all its selectors. */
export interface QueryReach {
  /** Seconds before its evaluation that a selector reads: ranges, and those of subqueries around it. */
  readonly lookbackSeconds: number;
  /** Seconds that `offset` and `@` move a selector out of the evaluated range, either way. */
  readonly offsetSeconds: number;
  /** Points of a subquery for one point of its result; multiplied where subqueries are nested. */
  readonly subqueryPoints: number;
}

/** The step of a subquery that names none, unless the upstream is set up otherwise. */
const DEFAULT_SUBQUERY_STEP_SECONDS = 60;

// When a part of the query is evaluated, and what subqueries around it add.
interface Moment {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly windowSeconds: number;
  readonly points: number;
}

/** Measures how far a query reaches. What cannot be computed is not a number, never a small one. */
export function measureReach(expr: Expr, evaluation: Evaluation): QueryReach {
  const reach = { lookbackSeconds: 0, offsetSeconds: 0, subqueryPoints: 0 };
  const note = (moment: Moment, ownSeconds: number): void => {
    reach.lookbackSeconds = Math.max(reach.lookbackSeconds, moment.windowSeconds + ownSeconds);
    reach.offsetSeconds = Math.max(
      reach.offsetSeconds,
      evaluation.startSeconds - moment.fromSeconds,
      moment.toSeconds - evaluation.endSeconds,
    );
  };
  const visit = (node: Expr, moment: Moment): void => {
    switch (node.kind) {
      case 'number':
      case 'string':
        return;
      case 'vectorSelector':
        note(moved(moment, node.modifiers, evaluation), evaluation.lookbackDeltaSeconds);
        return;
      case 'matrixSelector': {
        const modifiers = [...node.selector.modifiers, ...node.modifiers];
        note(moved(moment, modifiers, evaluation), durationSeconds(node.range, evaluation));
        return;
      }
      case 'subquery': {
        const inner = inSubquery(node, moved(moment, node.modifiers, evaluation), evaluation);
        reach.subqueryPoints = Math.max(reach.subqueryPoints, inner.points);
        visit(node.operand, inner);
        return;
      }
      case 'call':
        for (const arg of node.args) visit(arg, moment);
        return;
      case 'aggregation':
        if (node.param !== undefined) visit(node.param, moment);
        visit(node.operand, moment);
        return;
      case 'binary':
        visit(node.first, moment);
        for (const step of node.steps) visit(step.operand, moment);
        return;
      case 'unary':
      case 'paren':
        visit(node.operand, moment);
        return;
      default:
        node satisfies never;
    }
  };
  visit(expr, {
    fromSeconds: evaluation.startSeconds,
    toSeconds: evaluation.endSeconds,
    windowSeconds: 0,
    points: 1,
  });
  return reach;
}

// The engine applies `@` first, wherever it is written.
function moved(moment: Moment, modifiers: readonly TimeModifier[], evaluation: Evaluation): Moment {
  let { fromSeconds, toSeconds, windowSeconds } = moment;
  for (const modifier of modifiers) {
    if (modifier.kind !== 'at') continue;
    fromSeconds = toSeconds = pinned(modifier.at, evaluation);
    // Every step of a subquery around it reads the same moment.
    windowSeconds = 0;
  }
  for (const modifier of modifiers) {
    if (modifier.kind !== 'offset') continue;
    const seconds = durationSeconds(modifier.offset, evaluation);
    fromSeconds -= seconds;
    toSeconds -= seconds;
  }
  return { ...moment, fromSeconds, toSeconds, windowSeconds };
}

function pinned(at: Extract<TimeModifier, { kind: 'at' }>['at'], evaluation: Evaluation): number {
  if (at === 'start') return evaluation.startSeconds;
  return at === 'end' ? evaluation.endSeconds : durationSeconds(at, evaluation);
}

function inSubquery(node: Subquery, moment: Moment, evaluation: Evaluation): Moment {
  const rangeSeconds = durationSeconds(node.range, evaluation);
  const stepSeconds =
    node.step === undefined
      ? DEFAULT_SUBQUERY_STEP_SECONDS
      : durationSeconds(node.step, evaluation);
  return {
    ...moment,
    windowSeconds: moment.windowSeconds + rangeSeconds,
    points: moment.points * (rangeSeconds / stepSeconds),
  };
}
