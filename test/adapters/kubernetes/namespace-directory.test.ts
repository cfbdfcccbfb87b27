import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { SILENT_OBSERVER } from '../../../frontend/access/access-observer.ts';
import {
  MAPPING_FRESH_MS,
  NamespaceDirectory,
} from '../../../frontend/adapters/kubernetes/namespace-directory.ts';
import { TENANT_NAMESPACE_LABEL } from '../../../tenant/tenancy-label.ts';
import { FakeClock, tenants } from '../../access/fakes.ts';
import { eventually } from '../../http/harness/eventually.ts';
import { type FakeApiServer, startFakeApiServer } from './fake-api-server.ts';

function namespace(name: string, tenant: string): object {
  return {
    metadata: { name, resourceVersion: '2', labels: { [TENANT_NAMESPACE_LABEL]: tenant, x: 'y' } },
  };
}

interface Setup extends AsyncDisposable {
  readonly api: FakeApiServer;
  readonly clock: FakeClock;
  readonly directory: NamespaceDirectory;
  readonly tell: (type: string, object: object) => void;
  readonly breakOff: () => void;
  readonly events: readonly string[];
}

async function setUp(...items: readonly object[]): Promise<Setup> {
  const clock = new FakeClock();
  const open: ServerResponse[] = [];
  const events: string[] = [];
  const state = { isAway: false };
  const api = await startFakeApiServer(({ path }, response) => {
    if (state.isAway) return { status: 503, body: {} };
    if (!path.includes('watch=1')) return { body: { metadata: { resourceVersion: '1' }, items } };
    response.flushHeaders();
    open.push(response);
    return undefined;
  });
  const log = (_level: string, event: string): void => {
    events.push(event);
  };
  const { client } = api;
  const directory = new NamespaceDirectory({ client, clock, observer: SILENT_OBSERVER, log });
  await eventually(
    () => open.length,
    (it) => it === 1,
  );
  return {
    api,
    clock,
    directory,
    events,
    tell: (type, object) => open.at(-1)?.write(`${JSON.stringify({ type, object })}\n`),
    breakOff: () => {
      state.isAway = true;
      open.at(-1)?.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      directory.stop();
      await api[Symbol.asyncDispose]();
    },
  };
}

const [A, RED, C] = tenants('a', 'red', 'c');
if (A === undefined || RED === undefined || C === undefined) throw new TypeError('no tenants');

const ITEMS = [
  namespace('b', 'red'),
  namespace('a', 'red'),
  namespace('c', 'true'),
  namespace('d', 'Not_A_Tenant'),
];

describe('the directory of namespaces', () => {
  it('lists labelled namespaces as tenants of their own', async () => {
    await using it = await setUp(...ITEMS);
    expect(it.directory.eachItsOwn.tenants()).toEqual(['a', 'b', 'c']);
  });

  it('groups them by the tenant that their label names', async () => {
    await using it = await setUp(...ITEMS);
    const { mapping } = it.directory;
    expect(mapping.tenants()).toEqual(['c', 'red']);
    expect(mapping.namespacesOf(RED)?.toSorted()).toEqual(['a', 'b']);
    expect(mapping.namespacesOf(C)).toEqual(['c']);
    expect(mapping.namespacesOf(A)).toEqual([]);
    expect(mapping.tenantOf(A)).toBe('red');
    expect(mapping.tenantOf(RED)).toBeUndefined();
  });

  it('follows namespaces that come, go, and change their tenant', async () => {
    await using it = await setUp(namespace('a', 'red'));
    const { mapping } = it.directory;
    it.tell('ADDED', namespace('c', 'true'));
    it.tell('MODIFIED', namespace('a', 'blue'));
    await eventually(
      () => mapping.tenants()?.join(),
      (names) => names === 'blue,c',
    );
    it.tell('MODIFIED', namespace('c', 'No_Tenant'));
    it.tell('DELETED', namespace('a', 'blue'));
    await eventually(
      () => mapping.tenants()?.join(),
      (names) => names === '',
    );
  });

  it('knows the namespaces of no tenant once the watch is broken for long', async () => {
    await using it = await setUp(namespace('a', 'red'));
    const { mapping, eachItsOwn } = it.directory;
    it.breakOff();
    await eventually(
      () => it.events.at(-1),
      (event) => event === 'namespaces_not_followed',
    );
    it.clock.advance(MAPPING_FRESH_MS);
    expect(mapping.namespacesOf(RED)).toEqual(['a']);
    it.clock.advance(1);
    expect(mapping.namespacesOf(RED)).toBeUndefined();
    expect(mapping.tenants()).toBeUndefined();
    expect(mapping.tenantOf(A)).toBe('a');
    expect(eachItsOwn.tenants()).toEqual(['a']);
  });
});
