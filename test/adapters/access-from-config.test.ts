import { describe, expect, it } from '@jest/globals';
import { createAccess } from '../../frontend/adapters/access-from-config.ts';
import {
  type KubernetesAccessConfig,
  parseQueryFrontendConfig,
} from '../../frontend/config/query-frontend.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { bearer, identityOf, tenants } from '../access/fakes.ts';
import { eventually } from '../http/harness/eventually.ts';
import { type Answering, startFakeApiServer } from './kubernetes/fake-api-server.ts';
import { tempFolder } from './temp-folder.ts';

const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };

function kubernetesConfig(apiServer: object): KubernetesAccessConfig {
  const parsed = parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://127.0.0.1:1' },
    access: { kind: 'kubernetes', apiServer, audiences: ['own'] },
  });
  if (!parsed.ok || parsed.value.access.kind !== 'kubernetes') throw new TypeError('no config');
  return parsed.value.access;
}

const answering: Answering = ({ path, body }) => {
  if (path.endsWith('/tokenreviews')) {
    const user = { username: 'jane', groups: ['devs'] };
    return { status: 201, body: { status: { authenticated: true, user, audiences: ['own'] } } };
  }
  const allowed = JSON.stringify(body ?? null).includes('"namespace":"a"');
  return path.endsWith('/subjectaccessreviews')
    ? { status: 201, body: { status: { allowed } } }
    : { status: 403, body: {} };
};

describe('createAccess for the API server', () => {
  it('identifies and authorizes over it, and is ready', async () => {
    await using server = await startFakeApiServer(answering);
    const { url, caFile, tokenFile } = server;
    const config = kubernetesConfig({ url, caFile, tokenFile });
    const running = await createAccess(config, DEFAULT_TENANCY_LABEL, { env: IN_CLUSTER });
    expect(await running.ready()).toEqual({ isReady: true });
    const identified = await running.access.identify(bearer('abc'));
    if (!identified.ok) throw new TypeError('rejected');
    const { identity } = identified.value;
    expect(identity).toEqual({ username: 'jane', uid: '', groups: ['devs'], extra: {} });
    expect((await running.access.authorize(identity, tenants('a'))).ok).toBe(true);
    expect(await running.access.authorize(identity, tenants('a', 'b'))).toEqual({
      ok: false,
      rejection: { code: 'tenant_denied', tenant: 'b' },
    });
    running.stop();
  });

  it('does without a local check where discovery is forbidden, and reports an outage', async () => {
    await using server = await startFakeApiServer(answering);
    const { url, caFile, tokenFile } = server;
    const config = kubernetesConfig({ url, caFile, tokenFile });
    const events: string[] = [];
    const log = (_level: string, event: string): void => {
      events.push(event);
    };
    const running = await createAccess(config, DEFAULT_TENANCY_LABEL, { env: IN_CLUSTER, log });
    server.answer(() => ({ status: 500, body: {} }));
    expect(await running.ready()).toEqual({ isReady: false, reason: 'api_server_failed' });
    expect(await running.access.identify(bearer('abc'))).toMatchObject({
      rejection: { code: 'access_review_unavailable' },
    });
    server.answer(answering);
    expect((await running.access.identify(bearer('abc'))).ok).toBe(true);
    expect(events).toEqual(['access_reviews_failing', 'access_reviews_answered_again']);
    running.stop();
  });

  it('obeys the API server that asks for quiet', async () => {
    await using server = await startFakeApiServer(() => ({
      status: 429,
      headers: { 'retry-after': '30' },
      body: {},
    }));
    const { url, caFile, tokenFile } = server;
    const config = kubernetesConfig({ url, caFile, tokenFile });
    const running = await createAccess(config, DEFAULT_TENANCY_LABEL, { env: IN_CLUSTER });
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await running.access.identify(bearer(`t-${turn}`))).toMatchObject({
        rejection: { code: 'access_review_unavailable', retryAfterSeconds: 30 },
      });
    }
    expect(server.requests).toHaveLength(1);
    running.stop();
  });

  it('is not ready before the namespaces are known that it needs to know', async () => {
    const page = { metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'a' } }] };
    let isForbidden = true;
    await using server = await startFakeApiServer((request, response) => {
      if (!request.path.startsWith('/api/v1/namespaces?')) return answering(request, response);
      if (isForbidden) return { status: 403, body: {} };
      if (!request.path.includes('watch=1')) return { body: page };
      response.flushHeaders();
      return undefined;
    });
    const { url, caFile, tokenFile } = server;
    const config = kubernetesConfig({ url, caFile, tokenFile });
    const allNamespaces = { ...config.allNamespaces, enabled: true };
    const running = await createAccess({ ...config, allNamespaces }, DEFAULT_TENANCY_LABEL, {
      env: IN_CLUSTER,
    });
    expect(await running.ready()).toEqual({ isReady: false, reason: 'namespaces_unknown' });
    isForbidden = false;
    await eventually(
      () => server.requests.some(({ path }) => path.includes('watch=1')),
      (isWatching) => isWatching,
    );
    expect(await running.ready()).toEqual({ isReady: true });
    running.stop();
  });

  it('carries the static labels into every scope', async () => {
    await using server = await startFakeApiServer(answering);
    const { url, caFile, tokenFile } = server;
    const staticLabels = [{ name: 'cluster', value: 'one' }];
    const config = kubernetesConfig({ url, caFile, tokenFile });
    const options = { env: IN_CLUSTER, staticLabels };
    const running = await createAccess(config, DEFAULT_TENANCY_LABEL, options);
    const authorized = await running.access.authorize(identityOf('jane'), tenants('a'));
    expect(authorized).toMatchObject({ value: { scope: { staticLabels } } });
    running.stop();
  });

  it('speaks https only', async () => {
    const config = kubernetesConfig({ url: 'http://127.0.0.1:1' });
    await expect(
      createAccess(config, DEFAULT_TENANCY_LABEL, { env: IN_CLUSTER }),
    ).rejects.toMatchObject({ code: 'api_server_url_invalid' });
  });
});

describe('createAccess for static tokens', () => {
  it.each([
    [{}, false, true],
    [IN_CLUSTER, false, false],
    [IN_CLUSTER, true, true],
  ])('with environment %j and unsafeInCluster %j', async (env, unsafeInCluster, isAccepted) => {
    await using folder = await tempFolder();
    const tokens = [{ token: 'abc', username: 'jane', namespaces: ['a'] }];
    const head = { apiVersion: 'prometheus-tenancy-kit/v1alpha1', kind: 'StaticTokens' };
    const file = await folder.write('t.json', JSON.stringify({ ...head, tokens }));
    const creating = createAccess(
      { kind: 'staticTokens', file, unsafeInCluster },
      DEFAULT_TENANCY_LABEL,
      { env },
    );
    if (!isAccepted) {
      await expect(creating).rejects.toMatchObject({ code: 'static_tokens_in_cluster' });
      return;
    }
    const running = await creating;
    expect(await running.ready()).toEqual({ isReady: true });
    expect((await running.access.identify(bearer('abc'))).ok).toBe(true);
    expect((await running.access.identify(bearer('abd'))).ok).toBe(false);
    running.stop();
  });
});
