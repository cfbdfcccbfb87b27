import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Oracle, startOracle } from './promql-oracle.ts';
import type { Rewriting } from './promql-verdicts.ts';
import { describeReal } from './skip.ts';

const ADDED = { label: 'namespace', op: '=', value: 'team-a' } as const;

await describeReal('the oracle', ['promql-oracle'], () => {
  let oracle: Oracle;

  beforeAll(async () => {
    oracle = await startOracle();
  });

  afterAll(() => oracle.stop());

  it('describes a query without positions', async () => {
    const [tight, loose] = await oracle.judge(['(up{a="b"}+1)', '( up { a = "b" } + 1 ) # one']);
    expect(tight).toEqual(loose);
    expect(tight).toEqual({
      ok: true,
      type: 'vector',
      tree: {
        kind: 'ParenExpr',
        expr: {
          kind: 'BinaryExpr',
          op: '+',
          lhs: {
            kind: 'VectorSelector',
            name: 'up',
            matchers: [
              ['a', '=', 'b'],
              ['__name__', '=', 'up'],
            ],
          },
          rhs: { kind: 'NumberLiteral', value: 1 },
        },
      },
      selectors: [
        {
          name: 'up',
          matchers: [
            { name: 'a', op: '=', value: 'b' },
            { name: '__name__', op: '=', value: 'up' },
          ],
        },
      ],
      kinds: {
        'node:ParenExpr': 1,
        'node:BinaryExpr': 1,
        'op:+': 1,
        'node:VectorSelector': 1,
        'name:outside': 1,
        'matcher:=': 2,
        'node:NumberLiteral': 1,
      },
    });
  });

  it('says where a refused query goes wrong, in bytes', async () => {
    const [refusal] = await oracle.judge(['{é="é"} up']);
    expect(refusal).toEqual({
      ok: false,
      error: expect.stringContaining('parse error'),
      pos: 1,
    });
  });

  it('takes line separators of every kind for parts of a query', async () => {
    const value = 'a\u2028b\rc\nd\u2029e\u0085f';
    const judgements = await oracle.judge([`{a=${JSON.stringify(value)}}`, value]);
    expect(judgements).toMatchObject([
      { ok: true, selectors: [{ matchers: [{ value }] }] },
      { ok: false, error: expect.stringContaining('unexpected character') },
    ]);
  });

  it('gives bytes that are no text as bytes', async () => {
    const [verdict] = await oracle.judge(['{a="\\xff"}']);
    expect(verdict).toMatchObject({ selectors: [{ matchers: [{ value: { bytes: 'ff' } }] }] });
  });

  it.each<[string, string, string, object]>([
    ['every selector scoped', 'up + up', 'up{namespace="team-a"} + up{namespace="team-a"}', {}],
    [
      'a parameter forgotten',
      'topk(scalar(n), up)',
      'topk(scalar(n), up{namespace="team-a"})',
      { unscoped: 1 },
    ],
    [
      'the matcher on another label',
      'up',
      'up{namespac="team-a"}',
      { sameTree: false, unscoped: 1 },
    ],
    ['another value', 'up', 'up{namespace="team-b"}', { sameTree: false, unscoped: 1 }],
    ['another operator', 'up', 'up{namespace=~"team-a"}', { sameTree: false, unscoped: 1 }],
    [
      'a matcher of the caller kept',
      'up{namespace="b"}',
      'up{namespace="b",namespace="team-a"}',
      {},
    ],
    [
      'a matcher of the caller lost',
      'up{namespace="b"}',
      'up{namespace="team-a"}',
      { sameTree: false },
    ],
    [
      'the added matcher twice',
      'up',
      'up{namespace="team-a",namespace="team-a"}',
      { sameTree: false },
    ],
    [
      'the same matcher written before, and added again',
      'up{namespace="team-a"}',
      'up{namespace="team-a",namespace="team-a"}',
      { sameTree: false },
    ],
    [
      'the same matcher written before, and printed once',
      'up{namespace="team-a",job="x"}',
      'up{job="x",namespace="team-a"}',
      {},
    ],
    [
      'the same matcher written before another on its label, and added again',
      'up{namespace="team-a",namespace!="b"}',
      'up{namespace="team-a",namespace!="b",namespace="team-a"}',
      {},
    ],
    [
      'the same matcher written before another on its label, and moved',
      'up{namespace="team-a",namespace!="b"}',
      'up{namespace!="b",namespace="team-a"}',
      { sameTree: false },
    ],
    [
      'the same matcher written twice, and lost once',
      'up{namespace="team-a",namespace="team-a"}',
      'up{namespace="team-a"}',
      { sameTree: false },
    ],
    ['a lost offset', 'up offset 1m', 'up{namespace="team-a"}', { sameTree: false }],
    ['a lost parenthesis', '(up)', 'up{namespace="team-a"}', { sameTree: false }],
    ['an added @ modifier', 'up', 'up{namespace="team-a"} @ 1', { sameTree: false }],
    ['not a number twice', 'up > NaN', 'up{namespace="team-a"} > nan', {}],
    [
      'a changed duration expression',
      'up[5m*2]',
      'up{namespace="team-a"}[5m*3]',
      { sameTree: false },
    ],
  ])('recognises %s', async (_what, input, output, difference) => {
    const [comparison] = await oracle.compare([{ input, output, ...ADDED }]);
    expect(comparison).toMatchObject({
      inputOk: true,
      outputOk: true,
      sameTree: true,
      unscoped: 0,
      ...difference,
    });
  });

  it('keeps the order of a flood of questions that are asked at once', async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `metric_${i}`);
    const [judgements, comparisons] = await Promise.all([
      oracle.judge(names),
      oracle.compare(names.map((input): Rewriting => ({ input, output: `-${input}`, ...ADDED }))),
    ]);
    expect(judgements.map((one) => one.ok && one.selectors[0]?.name)).toEqual(names);
    expect(comparisons.filter((one) => one.outputOk && !one.sameTree)).toHaveLength(names.length);
  });

  it('takes what a server without feature flags takes', async () => {
    const queries = ['up[5m*2]', 'up[5m] smoothed', 'a + fill(0) b', 'info(up)', 'limitk(1, up)'];
    const verdicts = await oracle.accept(queries);
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, false, false, false, false]);
  });

  it('takes what feature flags allow', async () => {
    const bold = await startOracle({
      experimentalFunctions: true,
      extendedRangeSelectors: true,
      binopFillModifiers: true,
    });
    const queries = [
      'rate(up[5m] smoothed)',
      'a + fill(0) b',
      'info(up, {a="b"})',
      'limitk(1, up)',
    ];
    const verdicts = await bold.accept(queries);
    await bold.stop();
    expect(verdicts).toEqual(queries.map(() => ({ ok: true, type: 'vector' })));
  });

  it('reads match[] parameters', async () => {
    const reader = await startOracle({ seriesSelectors: true });
    const verdicts = await reader.accept(['up{a="b"}', '{}', 'up + 1', 'up[5m]', 'up offset 5m']);
    await reader.stop();
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, true, false, false, false]);
  });

  it('lists the language', async () => {
    const { functions, aggregators, operators, keywords } = await oracle.functions();
    expect(functions).toContainEqual({
      name: 'round',
      argTypes: ['vector', 'scalar'],
      variadic: 1,
      returnType: 'vector',
      experimental: false,
    });
    expect(aggregators).toContainEqual({ name: 'limitk', hasParam: true, experimental: true });
    expect(operators).toContain('unless');
    expect(keywords).toContain('group_left');
  });

  it('rejects questions when its process has ended', async () => {
    const ended = await startOracle();
    await ended.stop();
    await expect(ended.judge(['up'])).rejects.toThrow('the oracle ended');
  });
});
