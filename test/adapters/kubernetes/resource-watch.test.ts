import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { ResourceWatch } from '../../../frontend/adapters/kubernetes/resource-watch.ts';
import { eventually } from '../../http/harness/eventually.ts';
import { type FakeApiServer, type SeenRequest, startFakeApiServer } from './fake-api-server.ts';

interface Following extends Disposable {
  readonly events: string[];
  readonly watch: ResourceWatch;
}

function follow(server: FakeApiServer, needsObjects = true): Following {
  const events: string[] = [];
  const watch = new ResourceWatch({
    client: server.client,
    path: '/api/v1/namespaces',
    labelSelector: 'tenant',
    needsObjects,
    started: (objects) => events.push(`started ${objects.map(({ name }) => name).join(',')}`),
    changed: ({ name }, isGone) => events.push(`${isGone ? 'gone' : 'there'} ${name}`),
    broke: ({ code }) => events.push(`broke ${code}`),
  });
  return {
    events,
    watch,
    [Symbol.dispose]: () => {
      watch.stop();
    },
  };
}

function parametersOf({ path }: SeenRequest): Record<string, string> {
  return Object.fromEntries(new URL(path, 'https://x').searchParams);
}

const isWatch = (request: SeenRequest): boolean => request.path.includes('watch=1');
const item = (name: string): object => ({ metadata: { name, labels: { tenant: 'true' } } });
const page = (version: string, names: readonly string[], next = ''): object => ({
  metadata: { resourceVersion: version, continue: next },
  items: names.map((name) => item(name)),
});
const line = (type: string, name: string, resourceVersion: string): string =>
  `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;

/** Leaves watches open, and keeps their responses so that a test can write to them. */
async function server(list: (request: SeenRequest) => object): Promise<{
  readonly api: FakeApiServer;
  readonly open: ServerResponse[];
}> {
  const open: ServerResponse[] = [];
  const api = await startFakeApiServer((request, response) => {
    if (!isWatch(request)) return { body: list(request) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    open.push(response);
    return undefined;
  });
  return { api, open };
}

describe('ResourceWatch', () => {
  it('reads every page, and follows from the version of the list', async () => {
    const { api, open } = await server((request) =>
      parametersOf(request)['continue'] === 'more' ? page('7', ['b']) : page('7', ['a'], 'more'),
    );
    await using _api = api;
    using following = follow(api);
    const { events } = following;
    await eventually(
      () => open.length,
      (it) => it === 1,
    );
    expect(events).toEqual(['started a,b']);
    expect(api.requests.map((request) => parametersOf(request))).toEqual([
      { limit: '250', labelSelector: 'tenant' },
      { limit: '250', continue: 'more', labelSelector: 'tenant' },
      {
        watch: '1',
        resourceVersion: '7',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '60',
        labelSelector: 'tenant',
      },
    ]);
    expect(
      api.requests.every(({ headers }) => headers.accept?.includes('PartialObjectMetadata')),
    ).toBe(true);
  });

  it('reads one object alone where only changes matter', async () => {
    const { api, open } = await server(() => page('7', ['a'], 'more'));
    await using _api = api;
    using following = follow(api, false);
    const { events } = following;
    await eventually(
      () => open.length,
      (it) => it === 1,
    );
    expect(events).toEqual(['started ']);
    expect(api.requests).toHaveLength(2);
    expect(api.requests.map((request) => parametersOf(request)['limit'])).toEqual(['1', undefined]);
  });

  it('tells of changes, in whatever pieces they come', async () => {
    const { api, open } = await server(() => page('7', []));
    await using _api = api;
    using following = follow(api);
    const { events } = following;
    await eventually(
      () => open.length,
      (it) => it === 1,
    );
    const text = line('ADDED', 'a', '8') + line('MODIFIED', 'a', '9') + line('DELETED', 'ä', '10');
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7) open[0]?.write(bytes.subarray(at, at + 7));
    await eventually(
      () => events.length,
      (it) => it === 4,
    );
    expect(events).toEqual(['started ', 'there a', 'there a', 'gone ä']);
  });

  it('goes on where it was when the API server ends a watch in good order', async () => {
    const { api, open } = await server(() => page('7', []));
    await using _api = api;
    using following = follow(api);
    const { events } = following;
    await eventually(
      () => open.length,
      (it) => it === 1,
    );
    open[0]?.write(line('ADDED', 'a', '8'));
    open[0]?.end(line('BOOKMARK', '', '12'));
    await eventually(
      () => open.length,
      (it) => it === 2,
    );
    expect(events).toEqual(['started ', 'there a']);
    const watches = api.requests.filter((request) => isWatch(request));
    expect(watches.map((request) => parametersOf(request)['resourceVersion'])).toEqual(['7', '12']);
  });

  it.each<[string, (response: ServerResponse | undefined) => void, string]>([
    ['breaks off', (response) => response?.destroy(), 'broke watch_broken'],
    [
      'has forgotten where we were',
      (response) => {
        const gone = { type: 'ERROR', object: { kind: 'Status', code: 410 } };
        response?.end(`${JSON.stringify(gone)}\n`);
      },
      'broke watch_expired',
    ],
    [
      'says something else',
      (response) => response?.end('<html>\n'),
      'broke api_server_answer_malformed',
    ],
    [
      'sends an event without a version',
      (response) => response?.end('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n'),
      'broke api_server_answer_malformed',
    ],
  ])('says so and begins anew when the API server %s', async (_case, breakIt, problem) => {
    const { api, open } = await server(() => page('7', ['a']));
    await using _api = api;
    using following = follow(api);
    const { events } = following;
    await eventually(
      () => open.length,
      (it) => it === 1,
    );
    breakIt(open[0]);
    await eventually(
      () => events.length,
      (it) => it === 3,
    );
    expect(events).toEqual(['started a', problem, 'started a']);
  });

  it('says that it may not follow, and tries again', async () => {
    await using api = await startFakeApiServer(() => ({ status: 403, body: {} }));
    using following = follow(api);
    const { events } = following;
    await eventually(
      () => events.length,
      (it) => it >= 2,
    );
    expect(new Set(events)).toEqual(new Set(['broke api_server_refused']));
  });

  it('is silent once it is stopped', async () => {
    const { api, open } = await server(() => page('7', []));
    await using _api = api;
    using following = follow(api);
    const { events, watch } = following;
    await eventually(
      () => open.length,
      (it) => it === 1,
    );
    watch.stop();
    open[0]?.write(line('ADDED', 'a', '8'));
    await eventually(
      () => open[0]?.destroyed,
      (it) => it === true,
    );
    expect(events).toEqual(['started ']);
  });
});
