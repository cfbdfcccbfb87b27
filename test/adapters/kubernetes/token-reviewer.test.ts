import { describe, expect, it } from '@jest/globals';
import {
  createTokenReviewer,
  readVerdict,
} from '../../../frontend/adapters/kubernetes/token-reviewer.ts';
import { bearer } from '../../access/fakes.ts';
import { startFakeApiServer } from './fake-api-server.ts';

describe('createTokenReviewer', () => {
  it.each([
    ['none', [], { token: 'abc' }],
    ['two', ['own', 'issuer'], { token: 'abc', audiences: ['own', 'issuer'] }],
  ])('creates a TokenReview with audiences: %s', async (_case, audiences, spec) => {
    await using server = await startFakeApiServer(() => ({
      status: 201,
      body: { status: { error: 'invalid bearer token' } },
    }));
    const verdict = await createTokenReviewer(server.client).reviewToken(bearer('abc'), audiences);
    expect(verdict).toEqual({ kind: 'rejected' });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/tokenreviews',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec },
      },
    ]);
  });
});

describe('the verdict of a TokenReview', () => {
  const user = { username: 'jane', uid: '7', groups: ['g'], extra: { k: ['v'] } };

  it('carries the user field for field', () => {
    const status = { authenticated: true, user, audiences: ['own'] };
    expect(readVerdict({ status })).toEqual({
      kind: 'authenticated',
      identity: user,
      audiences: ['own'],
    });
  });

  it('fills what the user does not have', () => {
    expect(readVerdict({ status: { authenticated: true, user: { username: 'jane' } } })).toEqual({
      kind: 'authenticated',
      identity: { username: 'jane', uid: '', groups: [], extra: {} },
      audiences: [],
    });
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['not authenticated', { authenticated: false, user }],
    ['an error', { error: 'invalid bearer token' }],
    ['an error beside a user', { authenticated: true, user, error: 'partly' }],
    ['a text for a truth', { authenticated: 'true', user }],
  ])('is a rejection for a status that says %s', (_case, status) => {
    expect(readVerdict({ status })).toEqual({ kind: 'rejected' });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['without a status', { kind: 'Status' }],
    ['without a user', { status: { authenticated: true } }],
    ['with a nameless user', { status: { authenticated: true, user: { username: '' } } }],
    ['with groups in a text', { status: { authenticated: true, user: { ...user, groups: 'g' } } }],
    [
      'with a number for a group',
      { status: { authenticated: true, user: { ...user, groups: [1] } } },
    ],
    ['with extra in a list', { status: { authenticated: true, user: { ...user, extra: [] } } }],
    [
      'with a text in extra',
      { status: { authenticated: true, user: { ...user, extra: { k: 'v' } } } },
    ],
    ['with a number for a uid', { status: { authenticated: true, user: { ...user, uid: 7 } } }],
    ['with audiences in a text', { status: { authenticated: true, user, audiences: 'own' } }],
  ])('is none, but a fault, for an answer %s', (_case, answer) => {
    expect(() => readVerdict(answer)).toThrow('not a TokenReview');
  });
});
