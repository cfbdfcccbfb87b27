import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type TempFolder, tempFolder } from '../adapters/temp-folder.ts';
import { ask } from '../http/harness/ask.ts';
import { eventually } from '../http/harness/eventually.ts';
import { json, startUpstream, SUCCESS } from '../http/harness/recording-upstream.ts';
import { inspectable, probeAnswers, queriesOf } from './inspected-upstream.ts';
import { runProgram, startProgram } from './program.ts';

// Each of these starts a process.
jest.setTimeout(30_000);

const TOKEN = 'local-token';
const QUERY = '/api/v1/query?namespace=team-a&query=up';
const HEADERS = { Authorization: `Bearer ${TOKEN}` };

let folder: TempFolder;
let tokens: string;

beforeAll(async () => {
  folder = await tempFolder();
  tokens = await folder.write(
    'tokens.yaml',
    [
      'apiVersion: prometheus-tenancy-kit/v1alpha1',
      'kind: StaticTokens',
      'tokens:',
      `  - token: ${TOKEN}`,
      '    username: jane',
      '    namespaces: [team-a]',
    ].join('\n'),
  );
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

interface Settings {
  readonly upstreamUrl?: string;
  readonly port?: number;
  readonly more?: string;
}

function configFile(name: string, settings: Settings = {}): Promise<string> {
  const { upstreamUrl = 'http://127.0.0.1:1', port = 0, more = '' } = settings;
  return folder.write(
    name,
    [
      'apiVersion: prometheus-tenancy-kit/v1alpha1',
      'kind: QueryFrontend',
      `listener: {address: 127.0.0.1, port: ${port}}`,
      'operations: {address: 127.0.0.1, port: 0}',
      `upstream: {url: "${upstreamUrl}"}`,
      `access: {kind: staticTokens, file: "${tokens}"}`,
      more,
    ].join('\n'),
  );
}

describe('the role query-frontend', () => {
  it('answers, is ready, and ends in order at SIGTERM', async () => {
    await using upstream = await startUpstream();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    upstream.respondWith(
      inspectable((response, recorded) => {
        void opened.then(() => {
          json(SUCCESS)(response, recorded);
        });
      }),
    );
    const file = await configFile('whole.yaml', { upstreamUrl: upstream.url });
    await using program = startProgram(['query-frontend', '--config', file]);
    const { listener, operations } = await program.event('started');
    expect(await ask(`${String(operations)}/-/healthy`)).toMatchObject({ status: 200 });
    expect(await probeAnswers(String(operations), 200)).toEqual({
      ready: true,
      dependencies: [{ name: 'upstream', state: 'reachable' }],
    });

    const answer = ask(`${String(listener)}${QUERY}`, { headers: HEADERS });
    await eventually(
      () => queriesOf(upstream),
      (queries) => queries.length === 1,
    );
    program.kill('SIGTERM');
    await program.event('stopping');
    await sleep(50);
    expect(await ask(`${String(operations)}/-/ready`)).toMatchObject({ status: 503 });
    const metrics = await ask(`${String(operations)}/metrics`);
    expect(metrics.text).toContain('tenancy_query_frontend_requests_total');
    open();
    expect(await answer).toMatchObject({ status: 200, text: SUCCESS, isWhole: true });
    const ended = await program.ended;
    expect(ended).toMatchObject({ exitCode: 0, errors: '' });
    expect(program.log.map(({ event }) => event)).toEqual([
      'started',
      'stopping',
      'decision',
      'stopped',
    ]);
    expect(ended.output).not.toContain(TOKEN);
  });

  it('ends when it cannot listen, and leaves nothing running', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    const { port } = taken.address() as AddressInfo;
    const file = await configFile('taken.yaml', { port });
    const ended = await runProgram('query-frontend', '--config', file);
    await new Promise((resolve) => {
      taken.close(resolve);
    });
    expect(ended.exitCode).toBe(1);
    expect(JSON.parse(ended.output)).toMatchObject({ event: 'start_failed' });
    expect(ended.output).toContain('EADDRINUSE');
  });

  it('refuses static tokens inside a cluster', async () => {
    const file = await configFile('cluster.yaml');
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    await using program = startProgram(['query-frontend', '--config', file], env);
    const { exitCode, output } = await program.ended;
    expect(exitCode).toBe(1);
    expect(output).toContain('static tokens are for local use');
  });
});

describe('the command line of a role', () => {
  it('checks a configuration without starting anything', async () => {
    const file = await configFile('right.yaml');
    expect(await runProgram('query-frontend', '--config', file, '--check-config')).toEqual({
      exitCode: 0,
      output: '',
      errors: '',
    });
  });

  it('says every mistake in a configuration with the file and the place', async () => {
    const file = await configFile('wrong.yaml', { more: 'limits: {tenants: 0}\nlistner: {}' });
    expect(await runProgram('query-frontend', '--config', file, '--check-config')).toEqual({
      exitCode: 1,
      output: '',
      errors: `${file}: limits.tenants: must be at least 1\n${file}: listner: unknown setting\n`,
    });
  });

  it.each([
    ['another kind', 'kind: Other', 'kind is "Other", and this role reads "QueryFrontend"'],
    ['no kind', '', 'kind is undefined, and this role reads "QueryFrontend"'],
  ])('tells a document of %s apart', async (_what, line, message) => {
    const text = `apiVersion: prometheus-tenancy-kit/v1alpha1\n${line}`;
    const file = await folder.write('kind.yaml', text);
    expect(await runProgram('query-frontend', '--config', file)).toEqual({
      exitCode: 2,
      output: '',
      errors: `${file}: ${message}\n`,
    });
  });

  it('tells a document of another version apart', async () => {
    const file = await folder.write('version.yaml', 'apiVersion: v2\nkind: QueryFrontend');
    const { exitCode, errors } = await runProgram('query-frontend', '--config', file);
    expect(exitCode).toBe(2);
    expect(errors).toBe(
      `${file}: apiVersion is "v2", and this program reads "prometheus-tenancy-kit/v1alpha1"\n`,
    );
  });

  it('says which file cannot be read, once', async () => {
    const { exitCode, errors } = await runProgram('query-frontend', '--config', '/nowhere.yaml');
    expect(exitCode).toBe(2);
    expect(errors).toBe('/nowhere.yaml cannot be read\n');
  });

  it.each([
    [['query-frontend'], 'query-frontend: option --config is missing\n'],
    [['query-frontend', '--config', 'a', '--config', 'b'], 'query-frontend: option --config was given more than once\n'], // prettier-ignore
  ])('refuses %j', async (args, errors) => {
    expect(await runProgram(...args)).toEqual({ exitCode: 2, output: '', errors });
  });

  it('shows its options', async () => {
    const { exitCode, output } = await runProgram('query-frontend', '--help');
    expect(exitCode).toBe(0);
    expect(output).toMatch(/--config FILE/);
    expect(output).toMatch(/--check-config/);
  });
});
