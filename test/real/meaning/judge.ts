import { ask, type Question, type Reading } from './answer.ts';
import type { Answerer, Comparison } from './comparison.ts';
import type { Era } from './eras.ts';
import type { Family } from './expressions/family.ts';
import { type PlantedFault, plantFaults } from './faults.ts';
import type { Verdict } from './verdict.ts';

const QUESTIONS_AT_ONCE = 4;

/** How an expression is asked: by GET, or with the parameters in a form. */
export type Asked = 'get' | 'form';

/** A planted fault, and whether it changes an answer. */
export interface JudgedFault extends PlantedFault {
  readonly isSeen: boolean;
}

/** Asks every expression of some families as an instant query and as a range query. */
export function judgeFamilies(
  comparison: Comparison,
  families: readonly Family[],
  method: Asked = 'get',
): Promise<readonly Verdict[]> {
  const asked = families.flatMap((family) =>
    family.expressions.flatMap((expression) =>
      questionsOf(expression, family.era).map((question) => ({
        name: family.name,
        question: { ...question, method },
        reading: readingOf(expression),
      })),
    ),
  );
  return inParallel(asked, (it) => judge(comparison, it.name, it.question, it.reading));
}

/** Asks questions that list series, label names or label values. */
export function judgeLists(
  comparison: Comparison,
  questions: readonly Question[],
): Promise<readonly Verdict[]> {
  return inParallel(questions, (it) => judge(comparison, 'lists', it, { isOrdered: false }));
}

/** Plants faults into the expressions of some families, and asks the shared server the outcome. */
export function judgeFaults(
  { alone, shared }: Comparison,
  families: readonly Family[],
  tenant: string,
): Promise<readonly JudgedFault[]> {
  const planted = families.flatMap((family) =>
    family.expressions.flatMap((expression) =>
      plantFaults(expression, tenant).map((fault) => ({ family, expression, fault })),
    ),
  );
  return inParallel(planted, async ({ family, expression, fault }) => {
    const reading = readingOf(expression);
    const say = async (server: Answerer, query: string): Promise<string> => {
      const answers = questionsOf(query, family.era).map((it) => ask(server, it, reading));
      return (await Promise.all(answers)).map(({ said }) => said).join('\n');
    };
    const [right, faulty] = await Promise.all([say(alone, expression), say(shared, fault.query)]);
    return { ...fault, isSeen: right !== faulty };
  });
}

async function judge(
  { scoped, alone, shared }: Comparison,
  family: string,
  question: Question,
  reading: Reading,
): Promise<Verdict> {
  const plain = { ...question, method: 'get' } as const;
  const { path, parameters, method = 'get' } = question;
  const shown = parameters.filter(([name]) => name === 'query' || name === 'match[]');
  return {
    family,
    path: method === 'get' ? path : `${method} ${path}`,
    text: shown.map(([, value]) => value).join(' & '),
    scoped: await ask(scoped, question, reading),
    alone: await ask(alone, plain, reading),
    unscoped: await ask(shared, plain, reading),
  };
}

function questionsOf(expression: string, era: Era): readonly [Question, Question] {
  const query = ['query', expression] as const;
  const range = (['start', 'end', 'step'] as const).map((it) => [it, String(era[it])] as const);
  return [
    { path: '/api/v1/query', parameters: [query, ['time', String(era.time)]] },
    { path: '/api/v1/query_range', parameters: [query, ...range] },
  ];
}

function readingOf(expression: string): Reading {
  return {
    isOrdered: /^(?:sort|sort_desc|topk|bottomk)\(/.test(expression),
    // These infer labels from matchers, and ours is one of the matchers.
    ...(/^absent(?:_over_time)?\(/.test(expression) && { ignoredLabel: 'namespace' }),
  };
}

/** Maps with a few promises at once, and keeps the order. */
async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, worker));
  return results;
}
