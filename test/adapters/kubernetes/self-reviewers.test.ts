import { describe, expect, it } from '@jest/globals';
import { createReadiness } from '../../../frontend/adapters/kubernetes/readiness.ts';
import { createSelfReviewers } from '../../../frontend/adapters/kubernetes/self-reviewers.ts';
import { SEED_ATTRIBUTES } from '../../../frontend/config/query-frontend.ts';
import type { Identity } from '../../../frontend/access/identity.ts';
import { bearer, identityOf, tenants } from '../../access/fakes.ts';
import { kubernetesAccess } from '../../access/kubernetes-setup.ts';
import { type Answering, type FakeApiServer, startFakeApiServer } from './fake-api-server.ts';

const TOKEN = bearer('janes-token');
const answering: Answering = ({ path, authorization }) => {
  if (authorization !== 'Bearer janes-token') return { status: 401, body: {} };
  return path.endsWith('/selfsubjectreviews')
    ? { status: 201, body: { status: { userInfo: { username: 'jane', groups: ['devs'] } } } }
    : { status: 201, body: { status: { allowed: true } } };
};

async function identify(server: FakeApiServer): Promise<{
  readonly identity: Identity;
  readonly review: () => Promise<string>;
}> {
  const { tokenReviewer, accessReviewer } = createSelfReviewers(server.client);
  const verdict = await tokenReviewer.reviewToken(TOKEN, []);
  if (verdict.kind !== 'authenticated') throw new TypeError('rejected');
  const { identity } = verdict;
  const [namespace] = tenants('team-a');
  if (namespace === undefined) throw new TypeError('no namespace');
  const spec = { identity, attributes: SEED_ATTRIBUTES, namespace };
  return { identity, review: () => accessReviewer.reviewAccess(spec) };
}

describe('reviews by the callers themselves', () => {
  it('ask with the token of the caller, and never with our own', async () => {
    await using server = await startFakeApiServer(answering);
    const { identity, review } = await identify(server);
    expect(identity).toEqual(identityOf('jane', { groups: ['devs'] }));
    expect(await review()).toBe('allowed');
    expect(server.requests).toMatchObject([
      { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews' },
      {
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          kind: 'SelfSubjectAccessReview',
          spec: {
            resourceAttributes: {
              namespace: 'team-a',
              verb: 'get',
              group: '',
              resource: 'namespace',
              subresource: 'metrics',
            },
          },
        },
      },
    ]);
    const senders = server.requests.map(({ authorization }) => authorization);
    expect(new Set(senders)).toEqual(new Set(['Bearer janes-token']));
  });

  it('ask about the whole cluster without a namespace, with the token of the caller', async () => {
    await using server = await startFakeApiServer(answering);
    const { tokenReviewer, accessReviewer } = createSelfReviewers(server.client);
    const verdict = await tokenReviewer.reviewToken(TOKEN, []);
    if (verdict.kind !== 'authenticated') throw new TypeError('rejected');
    const spec = { identity: verdict.identity, attributes: SEED_ATTRIBUTES, reach: 'cluster' } as const; // prettier-ignore
    expect(await accessReviewer.reviewCluster(spec)).toBe('allowed');
    expect(server.requests.at(-1)).toMatchObject({
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      authorization: 'Bearer janes-token',
    });
    expect(server.requests.at(-1)?.body).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: SEED_ATTRIBUTES },
    });
  });

  it('reject a token that the API server does not take', async () => {
    await using server = await startFakeApiServer(answering);
    const { tokenReviewer } = createSelfReviewers(server.client);
    expect(await tokenReviewer.reviewToken(bearer('other'), [])).toEqual({ kind: 'rejected' });
  });

  it('have no verdict on rights once the token has ended', async () => {
    await using server = await startFakeApiServer(answering);
    const { review } = await identify(server);
    server.answer(() => ({ status: 401, body: {} }));
    await expect(review()).rejects.toMatchObject({ code: 'caller_unauthenticated' });
  });

  it('have no verdict on somebody whom they did not let in', async () => {
    await using server = await startFakeApiServer(answering);
    const { accessReviewer } = createSelfReviewers(server.client);
    const [team] = tenants('team-a');
    if (team === undefined) throw new TypeError('no tenant');
    const spec = { identity: identityOf('jane'), attributes: SEED_ATTRIBUTES, namespace: team };
    await expect(accessReviewer.reviewAccess(spec)).rejects.toMatchObject({
      code: 'caller_unknown',
    });
    expect(server.requests).toEqual([]);
  });

  it('hold up nobody else when the API server asks one caller for quiet', async () => {
    await using server = await startFakeApiServer((request, response) =>
      request.authorization === 'Bearer loud'
        ? { status: 429, headers: { 'retry-after': '30' }, body: {} }
        : answering(request, response),
    );
    const access = kubernetesAccess(createSelfReviewers(server.client));
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await access.identify(bearer('loud'))).toMatchObject({
        rejection: { code: 'access_review_unavailable' },
      });
    }
    expect(await access.identify(TOKEN)).toMatchObject({ ok: true });
  });

  it('work for an identity that comes from the cache', async () => {
    await using server = await startFakeApiServer(answering);
    const access = kubernetesAccess(createSelfReviewers(server.client));
    for (const source of ['live', 'cache']) {
      const identified = await access.identify(TOKEN);
      if (!identified.ok) throw new TypeError('rejected');
      expect(identified.value.source).toBe(source);
      const authorized = await access.authorize(identified.value.identity, tenants('team-a'));
      expect(authorized).toMatchObject({ ok: true, value: { source } });
    }
  });

  it('are ready when our own token was reviewed so', async () => {
    await using server = await startFakeApiServer(({ path }) =>
      path.endsWith('/selfsubjectreviews')
        ? { status: 201, body: { status: { userInfo: { username: 'us' } } } }
        : { status: 201, body: { status: { allowed: false } } },
    );
    const reviewers = createSelfReviewers(server.client);
    const ready = createReadiness({
      client: server.client,
      ...reviewers,
      attributes: SEED_ATTRIBUTES,
    });
    expect(await ready()).toEqual({ isReady: true });
  });
});
