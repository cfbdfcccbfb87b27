import http from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Access } from '../../frontend/access/access.ts';
import { createTelemetry } from '../../frontend/http/telemetry.ts';
import { accept } from '../../frontend/result.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import { identityOf } from './harness/fake-access.ts';
import { type Frontend, startFrontend } from './harness/frontend.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const USERS = 10_000;
const CLIENTS = 16;

const telemetry = createTelemetry();
let frontend: Frontend;
let agent: http.Agent;

/** Every token is that of another user, who may read everything. */
const EVERYBODY: Access = {
  identify: async (token) => accept({ identity: identityOf(token), source: 'live' }),
  authorize: async (_identity, tenants) =>
    accept({ scope: TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants), source: 'live' }),
};

beforeAll(async () => {
  frontend = await startFrontend({
    access: EVERYBODY,
    telemetry,
  });
  frontend.upstream.respondWith(json(SUCCESS));
  agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
});

afterAll(async () => {
  agent.destroy();
  await frontend[Symbol.asyncDispose]();
});

async function series(): Promise<readonly string[]> {
  const { body } = await telemetry.exposition();
  return body
    .split('\n')
    .filter((line) => line.startsWith('tenancy_query_frontend'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

async function askAs(turn: number): Promise<void> {
  const headers = {
    Authorization: `Bearer user-${turn}-made-up`,
    'User-Agent': `agent-${turn}`,
    'X-Dashboard-Uid': `dashboard-${turn}`,
  };
  const paths = [
    `/namespaces/ns-${turn}/api/v1/query?query=metric_${turn}`,
    `/namespaces/ns-${turn}/api/v1/unknown-${turn}`,
    `/namespaces/ns-${turn}/api/v1/query?query=metric_${turn}{`,
  ];
  await frontend.ask(paths[turn % 3] ?? '', { headers, agent });
}

async function ask(first: number, last: number): Promise<void> {
  let next = first;
  const client = async (): Promise<void> => {
    while (next < last) {
      next += 1;
      await askAs(next - 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

it('the number of series is the same after ten thousand users as after a few', async () => {
  await ask(0, 60);
  const before = await series();
  expect(before.length).toBeGreaterThan(10);
  await ask(60, USERS);
  const after = await series();
  expect(after.toSorted()).toEqual(before.toSorted());
  expect(frontend.upstream.recorded.length).toBeGreaterThan(USERS / 4);
  expect(after.join('\n')).not.toMatch(/user-|ns-|metric_|agent-|dashboard-|unknown-/);
}, 120_000);
