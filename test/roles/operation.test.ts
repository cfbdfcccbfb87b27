import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { type TempFolder, tempFolder } from '../adapters/temp-folder.ts';
import { ask, type Answer } from '../http/harness/ask.ts';
import { eventually } from '../http/harness/eventually.ts';
import {
  json,
  type RecordingUpstream,
  startUpstream,
  SUCCESS,
} from '../http/harness/recording-upstream.ts';
import { inspectable, probeAnswers, queriesOf, storesWith } from './inspected-upstream.ts';
import { type RunningProgram, startProgram } from './program.ts';

// Each of these starts a process.
jest.setTimeout(60_000);

const TOKEN = 'local-token';
const QUERY = '/api/v1/query?namespace=team-a&query=up';

let folder: TempFolder;
let tokens: string;
let upstream: RecordingUpstream;

beforeAll(async () => {
  folder = await tempFolder();
  const token = { token: TOKEN, username: 'jane', namespaces: ['team-a'] };
  const apiVersion = 'prometheus-tenancy-kit/v1alpha1';
  tokens = await folder.write(
    'tokens.json',
    JSON.stringify({ apiVersion, kind: 'StaticTokens', tokens: [token] }),
  );
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.respondWith(inspectable(json(SUCCESS)));
});

afterEach(async () => {
  await upstream[Symbol.asyncDispose]();
});

function configOf(more: object = {}, url: string = upstream.url): string {
  return JSON.stringify({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1', port: 0 },
    operations: { address: '127.0.0.1', port: 0 },
    upstream: { url },
    access: { kind: 'staticTokens', file: tokens },
    ...more,
  });
}

interface Running extends AsyncDisposable {
  readonly program: RunningProgram;
  readonly file: string;
  readonly operations: string;
  query(): Promise<Answer>;
  /** Writes the file and waits for what the program says of it. */
  reload(text: string, event: string): Promise<Readonly<Record<string, unknown>>>;
  /** The lines of our metrics whose name has this in it. */
  metrics(name: string): Promise<readonly string[]>;
}

async function run(file: string): Promise<Running> {
  const program = startProgram(['query-frontend', '--config', file]);
  const { listener, operations } = await program.event('started');
  return {
    program,
    file,
    operations: String(operations),
    query: () =>
      ask(`${String(listener)}${QUERY}`, { headers: { Authorization: `Bearer ${TOKEN}` } }),
    reload: async (text, event) => {
      const before = program.log.length;
      await writeFile(file, text);
      program.kill('SIGHUP');
      const happened = (): Readonly<Record<string, unknown>> | undefined =>
        program.log.slice(before).find((line) => line['event'] === event);
      await eventually(happened, (line) => line !== undefined, 15_000);
      return happened() ?? {};
    },
    metrics: async (name) => {
      const { text } = await ask(`${String(operations)}/metrics`);
      return text.split('\n').filter((line) => !line.startsWith('#') && line.includes(name));
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const running = async (name: string): Promise<Running> => run(await folder.write(name, configOf()));

describe('readiness', () => {
  it('is not there while a store shows the tenancy label, and nothing is sent upstream', async () => {
    upstream.respondWith(inspectable(json(SUCCESS), storesWith({ namespace: 'team-b' })));
    await using frontend = await running('unsafe.json');
    await frontend.program.event('upstream_unsafe');
    expect(await probeAnswers(frontend.operations, 503)).toEqual({
      ready: false,
      dependencies: [{ name: 'upstream', state: 'unsafe', reason: 'tenancy_label_external' }],
    });
    expect(await frontend.query()).toMatchObject({ status: 503 });
    expect(queriesOf(upstream)).toEqual([]);
    expect(await frontend.metrics('upstream_unsafe')).toEqual([
      'tenancy_query_frontend_upstream_unsafe{upstream="upstream",finding="tenancy_label_external"} 1',
      'tenancy_query_frontend_upstream_unsafe{upstream="upstream",finding="clusters_mixed"} 0',
    ]);

    upstream.respondWith(inspectable(json(SUCCESS), storesWith({ cluster: 'a' })));
    await probeAnswers(frontend.operations, 200);
    expect(await frontend.query()).toMatchObject({ status: 200 });
    expect(await frontend.metrics('query_frontend_ready')).toEqual([
      'tenancy_query_frontend_ready 1',
    ]);
  });

  it('is not there while the stores belong to several clusters', async () => {
    const stores = storesWith({ cluster: 'a' }, { cluster: 'b' });
    upstream.respondWith(inspectable(json(SUCCESS), stores));
    await using frontend = await running('clusters.json');
    const line = await frontend.program.event('upstream_unsafe');
    expect(line).toMatchObject({ level: 'error', reason: 'clusters_mixed' });
    await probeAnswers(frontend.operations, 503);
    await frontend.reload(configOf({ staticLabels: { cluster: 'a' } }), 'config_reloaded');
    await probeAnswers(frontend.operations, 200);
    expect(await frontend.query()).toMatchObject({ status: 200 });
    expect(queriesOf(upstream)[0]?.parameters).toContainEqual([
      'query',
      'up{cluster="a",namespace="team-a"}',
    ]);
  });

  it('waits for the first answer of the upstream, and says nothing of its address', async () => {
    await upstream[Symbol.asyncDispose]();
    await using frontend = await running('waiting.json');
    await frontend.program.event('upstream_waiting');
    const report = await probeAnswers(frontend.operations, 503);
    expect(report).toEqual({
      ready: false,
      dependencies: [{ name: 'upstream', state: 'waiting', reason: 'upstream_unavailable' }],
    });
    expect(await frontend.metrics('dependency_up')).toEqual([
      'tenancy_query_frontend_dependency_up{dependency="upstream"} 0',
    ]);
  });
});

describe('a change of the configuration', () => {
  it('works for new requests, while those under way end with the old one', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    upstream.respondWith(
      inspectable((response, recorded) => {
        void opened.then(() => {
          json('{"status":"success","data":"old"}')(response, recorded);
        });
      }),
    );
    await using other = await startUpstream();
    other.respondWith(inspectable(json('{"status":"success","data":"new"}')));
    await using frontend = await running('swap.json');
    await probeAnswers(frontend.operations, 200);

    const underWay = frontend.query();
    await eventually(
      () => queriesOf(upstream).length,
      (count) => count === 1,
    );
    await frontend.reload(configOf({}, other.url), 'config_reloaded');
    expect(await frontend.query()).toMatchObject({ status: 200, isWhole: true });
    expect(queriesOf(other)).toHaveLength(1);
    open();
    expect(await underWay).toMatchObject({ status: 200, isWhole: true });
    expect((await underWay).text).toContain('"old"');
    expect(queriesOf(upstream)).toHaveLength(1);
    await eventually(upstream.open, (count) => count === 0);
    await probeAnswers(frontend.operations, 200);
  });

  it('is refused with every mistake named, and the last good one stays', async () => {
    await using frontend = await running('mistakes.json');
    await probeAnswers(frontend.operations, 200);
    const wrong = configOf({ limits: { tenants: 0 }, listner: {} });
    const { problems } = await frontend.reload(wrong, 'config_refused');
    expect(problems).toEqual([
      `${frontend.file}: limits.tenants: must be at least 1`,
      `${frontend.file}: listner: unknown setting`,
    ]);
    expect(await frontend.query()).toMatchObject({ status: 200 });
    expect(await frontend.metrics('config_last_reload_successful')).toEqual([
      'tenancy_query_frontend_config_last_reload_successful 0',
    ]);

    await frontend.reload('{', 'config_refused');
    await frontend.reload(configOf({ limits: { tenants: 5 } }), 'config_reloaded');
    expect(await frontend.metrics('config_')).toEqual([
      'tenancy_query_frontend_config_reloads_total{outcome="refused"} 2',
      'tenancy_query_frontend_config_reloads_total{outcome="applied"} 1',
      'tenancy_query_frontend_config_last_reload_successful 1',
    ]);
  });

  it('is not taken while what it needs does not answer', async () => {
    await using frontend = await running('dead.json');
    await probeAnswers(frontend.operations, 200);
    const dead = configOf({}, 'http://127.0.0.1:1');
    const { error } = await frontend.reload(dead, 'config_failed');
    expect(error).toMatchObject({
      message: 'use the new configuration: upstream: upstream_unavailable',
    });
    expect(await frontend.query()).toMatchObject({ status: 200 });
    await probeAnswers(frontend.operations, 200);
  });

  it('does not hold up the end of the program', async () => {
    await using silent = await startUpstream();
    silent.respondWith(() => undefined);
    await using frontend = await running('silent.json');
    await probeAnswers(frontend.operations, 200);
    await writeFile(frontend.file, configOf({}, silent.url));
    frontend.program.kill('SIGHUP');
    await eventually(
      () => silent.recorded.length,
      (count) => count > 0,
    );
    frontend.program.kill('SIGTERM');
    expect(await frontend.program.ended).toMatchObject({ exitCode: 0, errors: '' });
    const events = frontend.program.log.map(({ event }) => event);
    expect(events).not.toContain('config_reloaded');
    expect(events.at(-1)).toBe('stopped');
  });

  it('names the settings that need a restart, and applies the others', async () => {
    await using frontend = await running('restart.json');
    await probeAnswers(frontend.operations, 200);
    const changed = configOf({
      listener: { address: '127.0.0.1', port: 1, maxConnections: 7 },
      operations: { address: '127.0.0.2', port: 0 },
      limits: { queryBytes: 64 },
    });
    const { settings } = await frontend.reload(changed, 'config_needs_restart');
    expect(settings).toEqual(['listener.port', 'listener.maxConnections', 'operations.address']);
    expect(await frontend.query()).toMatchObject({ status: 200 });
  });

  it('is found without a signal where a ConfigMap is mounted', async () => {
    const mount = join(folder.path, 'mount');
    await mkdir(join(mount, 'first'), { recursive: true });
    await mkdir(join(mount, 'second'));
    await writeFile(join(mount, 'first', 'config.json'), configOf());
    await writeFile(join(mount, 'second', 'config.json'), configOf({ limits: { tenants: 5 } }));
    await symlink('first', join(mount, '..data'));
    await symlink('..data/config.json', join(mount, 'config.json'));
    await using frontend = await run(join(mount, 'config.json'));
    await probeAnswers(frontend.operations, 200);
    await symlink('second', join(mount, '..new'));
    await rename(join(mount, '..new'), join(mount, '..data'));
    expect(await frontend.program.event('config_reloaded')).toMatchObject({ isComplete: true });
  });
});
