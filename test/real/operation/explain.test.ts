import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from '../harness/http-request.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import type { RunningFrontend } from '../query-frontend/support/frontend-process.ts';
import { get, withToken } from '../query-frontend/support/question.ts';
import {
  startTwoTenants,
  TWO_TENANTS_PARTS,
  type TwoTenants,
} from '../query-frontend/support/two-tenants.ts';

await describeReal('an explanation', TWO_TENANTS_PARTS, () => {
  let tenants: TwoTenants;
  let frontend: RunningFrontend;
  let token: string;

  beforeAll(async () => {
    tenants = await startTwoTenants();
    frontend = await tenants.startFrontend();
    token = await tenants.tokenOf('team-a');
  }, 300_000);

  afterAll(() => tenants?.stop());

  const explain = async (...namespaces: readonly string[]): Promise<unknown> => {
    const question = get('/-/explain', { namespace: namespaces, query: 'sum(shop_orders)' });
    const { status, text } = await frontend.ask(withToken(question, token));
    expect(status).toBe(200);
    return readPath(JSON.parse(text), 'data');
  };

  it('names the caller as the API server does, and what it was asked', async () => {
    expect(await explain('team-a')).toMatchObject({
      identity: {
        username: 'system:serviceaccount:team-a:grafana',
        groups: expect.arrayContaining(['system:serviceaccounts:team-a', 'system:authenticated']),
      },
      attributes: { verb: 'get', group: '', resource: 'namespace', subresource: 'metrics' },
      namespaces: [{ name: 'team-a', verdict: 'allowed' }],
      query: { outcome: 'sent', text: 'sum(shop_orders{namespace="team-a"})' },
    });
  });

  it('says the same of a namespace of others and of one that there is not', async () => {
    for (const stranger of ['team-b', 'team-nowhere']) {
      const first = await explain('team-a', stranger);
      expect(readPath(first, 'namespaces', 1)).toEqual({
        name: stranger,
        verdict: 'denied',
        source: 'live',
      });
      expect(readPath(first, 'query')).toMatchObject({ outcome: 'refused', code: 'tenant_denied' });
      const second = await explain('team-a', stranger);
      expect(readPath(second, 'namespaces', 1, 'source')).toBe('cache');
    }
  });

  it('sends nothing upstream, and leaves no token in the log', async () => {
    await explain('team-a');
    expect(tenants.proxy.requests).toEqual([]);
    expect(await readFile(frontend.logFile, 'utf8')).not.toContain(token);
  });

  it('is one of a frontend that names the API server among its dependencies', async () => {
    const { text } = await sendRequest({ url: `${frontend.operationsUrl}/-/ready` });
    expect(JSON.parse(text)).toEqual({
      ready: true,
      dependencies: [
        { name: 'api_server', state: 'answering' },
        { name: 'upstream', state: 'reachable' },
      ],
    });
  });
});
