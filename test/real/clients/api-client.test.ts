import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { AT, RANGE, shows } from '../query-frontend/support/tenant-series.ts';
import {
  type Installation,
  INSTALLATION_PARTS,
  startInstallation,
} from './support/installation.ts';

/** What the library made of one call: see `test/real/tools/api-client`. */
interface Outcome {
  readonly call: string;
  readonly data: unknown;
  readonly warnings: readonly string[] | null;
  readonly error: string;
  readonly detail: string;
  readonly requests: readonly string[];
}

type Outcomes = ReadonlyMap<string, Outcome>;

/** Calls that the library sends as POST, and once more as GET where that is refused. */
const POSTED = [
  'Query',
  'QueryRange',
  'QueryWithOptions',
  'Series',
  'LabelNames',
  'LabelNamesOfMatch',
  'QueryExemplars',
  'FormatQuery',
];

const GOT = [
  'LabelValues',
  'LabelValuesOfMatch',
  'LabelValuesOfAllTime',
  'Rules',
  'RulesOfMatch',
  'Alerts',
];

/** Calls whose endpoints tell of the server and not of a tenant's data, or change something. */
const MISSING = [
  'AlertManagers',
  'Config',
  'Flags',
  'Runtimeinfo',
  'Targets',
  'TargetsMetadata',
  'TSDB',
  'TSDBBlocks',
  'WalReplay',
];
const MISSING_WRITES = ['Snapshot', 'DeleteSeries', 'CleanTombstones'];

/** Members that say when and how long, or in which file: no two servers agree on them. */
const UNCOMPARABLE = new Set([
  'activeAt',
  'evaluationTime',
  'file',
  'lastEvaluation',
  'timestamp',
  'scrape_timestamp',
]);

const QUESTION = {
  '--query': 'shop_orders or checkout_seconds_bucket',
  '--match': '{__name__=~"shop_orders|.+_only"}',
  '--label': 'shop',
  '--start': RANGE.start,
  '--end': AT.time,
};

await describeReal('the Go client library', [...INSTALLATION_PARTS, 'api-client'], () => {
  let installation: Installation;
  let alone: Outcomes;
  let own: Outcomes;

  beforeAll(async () => {
    installation = await startInstallation();
    alone = await ask(installation.aloneUrl);
    own = await ask(`${installation.url}/namespaces/team-a`);
  }, 300_000);

  afterAll(() => installation?.stop());

  beforeEach(() => {
    installation.proxy.forget();
  });

  const ask = async (
    url: string,
    question: Readonly<Record<string, string>> = {},
  ): Promise<Outcomes> => {
    const { caFile, tokenFile } = installation;
    const secrets = { '--ca-file': caFile, '--token-file': tokenFile };
    const flags = {
      ...QUESTION,
      ...(url.startsWith('https:') && secrets),
      ...question,
      '--url': url,
    };
    const args = Object.entries(flags).map(([name, value]) => `${name}=${value}`);
    const { exitCode, stdout, stderr } = await runProgram(await partBinary('api-client'), args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    const outcomes = lines.map((line) => JSON.parse(line) as Outcome);
    return new Map(outcomes.map((outcome) => [outcome.call, outcome]));
  };

  it('was asked for everything it can do', () => {
    const known = [...POSTED, ...GOT, 'Metadata', 'Buildinfo', ...MISSING, ...MISSING_WRITES];
    expect([...own.keys()].toSorted()).toEqual(known.toSorted());
  });

  describe.each([
    ...POSTED.map((call) => ({ call, methods: ['POST'] })),
    ...GOT.map((call) => ({ call, methods: ['GET'] })),
  ])('$call', ({ call, methods }) => {
    it('gets the own data, and nothing else, at once', () => {
      const outcome = own.get(call);
      expect(comparable(outcome)).toEqual(comparable(alone.get(call)));
      expect(outcome).toMatchObject({ error: '', warnings: null });
      expect(outcome?.requests).toEqual(methods.map((method) => `${method} 200`));
      const text = JSON.stringify(outcome);
      // A query that was formatted is the query that was asked, without any data.
      expect(shows(text, 'team-a')).toBe(call !== 'FormatQuery');
      expect(shows(text, 'team-b')).toBe(false);
    });
  });

  it('gets no metadata unless an installation shows it, and then the own', async () => {
    expect(own.get('Metadata')).toMatchObject({ data: {}, error: '' });
    const shown = await ask(`${installation.urlWithMetadata}/namespaces/team-a`);
    expect(shown.get('Metadata')).toEqual(alone.get('Metadata'));
    expect(shows(JSON.stringify(shown.get('Metadata')), 'team-a')).toBe(true);
  });

  it('learns the version', () => {
    const { data, requests } = own.get('Buildinfo') ?? {};
    expect(data).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(requests).toEqual(['GET 200']);
  });

  it.each(MISSING)('is told that there is no endpoint for %s', (call) => {
    expect(own.get(call)).toMatchObject({
      data: null,
      error: 'client_error: client error: 404',
      detail: expect.stringContaining('"code":"route_unknown"'),
      requests: ['GET 404'],
    });
  });

  it.each(MISSING_WRITES)('cannot call %s', (call) => {
    expect(own.get(call)).toMatchObject({
      error: 'client_error: client error: 404',
      requests: ['POST 404'],
    });
  });

  it('is told why it is denied another namespace, after it tried each POST as GET', async () => {
    const foreign = await ask(`${installation.url}/namespaces/team-b`);
    for (const call of [...POSTED, ...GOT, 'Metadata', 'Buildinfo']) {
      expect(foreign.get(call)).toMatchObject({
        data: null,
        error: 'client_error: client error: 403',
        detail: expect.stringContaining('not allowed to read metrics in namespace team-b'),
        requests: POSTED.includes(call) ? ['POST 403', 'GET 403'] : ['GET 403'],
      });
    }
    expect(installation.proxy.requests).toEqual([]);
  });

  it('gets the message about a query that is refused, and not only its status', async () => {
    const refused = await ask(`${installation.url}/namespaces/team-a`, { '--query': 'sum(' });
    for (const call of ['Query', 'QueryRange', 'QueryExemplars', 'FormatQuery']) {
      expect(refused.get(call)?.error).toMatch(/^bad_data: line 1, column 5: /);
      expect(refused.get(call)?.requests).toEqual(['POST 400']);
    }
    expect(refused.get('Series')?.error).toBe('');
  });

  it('gets the error of the engine', async () => {
    const query = 'shop_orders + on () {job="shop"}';
    const refused = await ask(`${installation.url}/namespaces/team-a`, { '--query': query });
    const expected = await ask(installation.aloneUrl, { '--query': query });
    expect(refused.get('Query')?.error).toMatch(/^execution: /);
    expect(refused.get('Query')).toEqual(expected.get('Query'));
  });

  it('gets an empty answer for another namespace in the query', async () => {
    const theirs = '{namespace="team-b"}';
    const question = { '--query': theirs, '--match': theirs };
    const answers = await ask(`${installation.url}/namespaces/team-a`, question);
    const expected = await ask(installation.aloneUrl, question);
    for (const call of ['Query', 'QueryRange', 'Series', 'LabelNamesOfMatch', 'QueryExemplars']) {
      expect(answers.get(call)).toEqual(expected.get(call));
    }
    expect(answers.get('Series')).toMatchObject({ data: [], error: '' });
  });

  it('is told that it has no token', async () => {
    const answers = await ask(installation.url, { '--token-file': '' });
    for (const call of [...POSTED, ...GOT]) {
      expect(answers.get(call)).toMatchObject({
        error: 'client_error: client error: 401',
        detail: expect.stringContaining('"code":"token_missing"'),
      });
      // The library repeats what is forbidden, and not what lacks a token.
      expect(answers.get(call)?.requests).toHaveLength(1);
    }
    expect(installation.proxy.requests).toEqual([]);
  });
});

/** Takes from an outcome what depends on the moment. */
function comparable(outcome: Outcome | undefined): unknown {
  return JSON.parse(JSON.stringify(outcome), (name, value: unknown) =>
    UNCOMPARABLE.has(name) ? undefined : value,
  );
}
