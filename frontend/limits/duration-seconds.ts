import type { Duration, DurationBinary, DurationCall } from '../promql/ast.ts';
import type { Evaluation } from './evaluation.ts';

/** Computes a duration as the PromQL engine does. Not a number where the engine has none either. */
export function durationSeconds(duration: Duration, evaluation: Evaluation): number {
  switch (duration.kind) {
    case 'durationLiteral':
      return duration.seconds;
    case 'durationCall':
      return callSeconds(duration, evaluation);
    case 'durationUnary': {
      const seconds = durationSeconds(duration.operand, evaluation);
      return duration.operator === '-' ? -seconds : seconds;
    }
    case 'durationBinary':
      return chainSeconds(duration, evaluation);
    case 'durationParen':
      return durationSeconds(duration.operand, evaluation);
    default:
      return duration satisfies never;
  }
}

function callSeconds(call: DurationCall, evaluation: Evaluation): number {
  const args = call.args.map((arg) => durationSeconds(arg, evaluation));
  switch (call.name) {
    case 'step':
      return evaluation.stepSeconds;
    case 'range':
      return evaluation.endSeconds - evaluation.startSeconds;
    case 'min_of':
      return Math.min(...args);
    case 'max_of':
      return Math.max(...args);
    default:
      return call.name satisfies never;
  }
}

function chainSeconds(chain: DurationBinary, evaluation: Evaluation): number {
  let seconds = durationSeconds(chain.first, evaluation);
  for (const { operator, operand } of chain.steps) {
    seconds = OPERATIONS[operator](seconds, durationSeconds(operand, evaluation));
  }
  return seconds;
}

const OPERATIONS: Readonly<
  Record<DurationBinary['steps'][number]['operator'], (left: number, right: number) => number>
> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
};
