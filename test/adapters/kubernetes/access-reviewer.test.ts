import { describe, expect, it } from '@jest/globals';
import {
  createAccessReviewer,
  readVerdict,
} from '../../../frontend/adapters/kubernetes/access-reviewer.ts';
import { tenants } from '../../access/fakes.ts';
import { startFakeApiServer } from './fake-api-server.ts';

const ALLOWED = { status: 201, body: { status: { allowed: true } } };

describe('createAccessReviewer', () => {
  it('creates a SubjectAccessReview with the user field for field', async () => {
    await using server = await startFakeApiServer(() => ({
      status: 201,
      body: { status: { allowed: true } },
    }));
    const extra = { 'authentication.kubernetes.io/pod-name': ['web-0'] };
    const identity = { username: 'jane', uid: '7', groups: ['b', 'a'], extra };
    const attributes = { verb: 'get', group: 'g', resource: 'pods', subresource: 'metrics' };
    const [namespace] = tenants('team-a');
    if (namespace === undefined) throw new TypeError('no namespace');
    const reviewer = createAccessReviewer(server.client);
    expect(await reviewer.reviewAccess({ identity, attributes, namespace })).toBe('allowed');
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews' },
    ]);
    expect(server.requests[0]?.body).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'jane',
        uid: '7',
        groups: ['b', 'a'],
        extra,
        resourceAttributes: { namespace: 'team-a', ...attributes },
      },
    });
  });
});

describe('a SubjectAccessReview', () => {
  const identity = { username: 'jane', uid: '7', groups: [], extra: {} };
  const named = { verb: 'get', group: 'g', resource: 'rules', subresource: '', name: 'shop' };

  it('names the one object that it is about', async () => {
    await using server = await startFakeApiServer(() => ALLOWED);
    const [namespace] = tenants('team-a');
    if (namespace === undefined) throw new TypeError('no namespace');
    await createAccessReviewer(server.client).reviewAccess({
      identity,
      attributes: named,
      namespace,
    });
    expect(server.requests[0]?.body).toMatchObject({
      spec: { resourceAttributes: { namespace: 'team-a', ...named } },
    });
  });

  it('of the whole cluster has no namespace, whatever comes along with its attributes', async () => {
    await using server = await startFakeApiServer(() => ALLOWED);
    const attributes = { ...named, namespace: 'team-a' };
    const reviewer = createAccessReviewer(server.client);
    expect(await reviewer.reviewCluster({ identity, attributes, reach: 'cluster' })).toBe(
      'allowed',
    );
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews' },
    ]);
    expect(server.requests[0]?.body).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'jane',
        uid: '7',
        groups: [],
        extra: {},
        resourceAttributes: named,
      },
    });
  });
});

describe('the verdict of a SubjectAccessReview', () => {
  it.each<[object, string]>([
    [{ allowed: true }, 'allowed'],
    [{ allowed: true, denied: false }, 'allowed'],
    [{ allowed: true, evaluationError: 'a role is missing' }, 'allowed'],
    [{ allowed: true, denied: true }, 'denied'],
    [{ allowed: true, denied: 'true' }, 'denied'],
    [{ allowed: false }, 'denied'],
    [{ allowed: false, evaluationError: 'a webhook failed' }, 'denied'],
  ])('is, for %j, %s', (status, verdict) => {
    expect(readVerdict({ status })).toBe(verdict);
  });

  it.each([null, {}, { status: {} }, { status: { allowed: 'true' } }, { status: { allowed: 1 } }])(
    'is none, but a fault, for %j',
    (answer) => {
      expect(() => readVerdict(answer)).toThrow('not a SubjectAccessReview');
    },
  );
});
