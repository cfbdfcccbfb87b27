import { describe, expect, it } from '@jest/globals';
import {
  identityFromClaims,
  type OidcIdentityRules,
  type VerifiedClaims,
} from '../../frontend/access/oidc-identity.ts';

const RULES: OidcIdentityRules = {
  usernameClaim: 'sub',
  usernamePrefix: 'idp:',
  groupsClaim: 'groups',
  groupsPrefix: 'idp-group:',
  requireEmailVerified: true,
};
const EMAIL = { ...RULES, usernameClaim: 'email' };

describe('identityFromClaims', () => {
  it('puts the prefixes before the user and every group', () => {
    expect(identityFromClaims({ sub: 'jane', groups: ['devs', 'ops'] }, RULES)).toEqual({
      username: 'idp:jane',
      uid: '',
      groups: ['idp-group:devs', 'idp-group:ops'],
      extra: {},
    });
  });

  it.each<[string, VerifiedClaims, readonly string[]]>([
    ['a text', { groups: 'devs' }, ['idp-group:devs']],
    ['absent', {}, []],
    ['null', { groups: null }, []],
    ['an empty list', { groups: [] }, []],
  ])('reads groups that are %s', (_case, claims, groups) => {
    expect(identityFromClaims({ sub: 'jane', ...claims }, RULES)?.groups).toEqual(groups);
  });

  it('looks at no groups where no claim is configured for them', () => {
    const { groupsClaim: _claim, groupsPrefix: _prefix, ...rules } = RULES;
    const claims = { sub: 'jane', groups: ['system:masters'] };
    expect(identityFromClaims(claims, rules)?.groups).toEqual([]);
  });

  it.each<[string, VerifiedClaims, Partial<OidcIdentityRules>]>([
    ['has no user name', {}, {}],
    ['has an empty user name', { sub: '' }, {}],
    ['has a user name that is no text', { sub: 7 }, {}],
    ['has a list for a user name', { sub: ['jane'] }, {}],
    ['claims to be a ServiceAccount', { sub: 'system:serviceaccount:team-a:grafana' }, {}],
    ['claims a group of the system', { sub: 'jane', groups: ['devs', 'system:masters'] }, {}],
    ['claims one group of the system as a text', { sub: 'jane', groups: 'system:masters' }, {}],
    ['has groups that are numbers', { sub: 'jane', groups: [7] }, {}],
    ['has an empty group', { sub: 'jane', groups: ['devs', ''] }, {}],
    ['has groups in an object', { sub: 'jane', groups: { devs: true } }, {}],
    [
      'becomes a name of the system by its prefix',
      { sub: 'tem:masters' },
      { usernamePrefix: 'sys' },
    ],
    [
      'is in a group of the system by its prefix',
      { sub: 'jane', groups: ['em:masters'] },
      { groupsPrefix: 'syst' },
    ],
    ['would have no prefix', { sub: 'jane' }, { usernamePrefix: '' }],
    ['would have groups without a prefix', { sub: 'jane', groups: ['a'] }, { groupsPrefix: '' }],
    ['names what every object has', { sub: 'jane' }, { usernameClaim: 'toString' }],
    ['names the prototype', { sub: 'jane' }, { usernameClaim: '__proto__' }],
  ])('makes nobody of a token that %s', (_case, claims, rules) => {
    expect(identityFromClaims(claims, { ...RULES, ...rules })).toBeUndefined();
  });

  it.each<[string, unknown, boolean, boolean]>([
    ['true', true, true, true],
    ['false', false, true, false],
    ['false, though none is needed', false, false, false],
    ['the text "true"', 'true', false, false],
    ['null', null, false, false],
    ['absent', undefined, true, false],
    ['absent, where none is needed', undefined, false, true],
  ])('takes an address whose email_verified is %s or not', (_case, verified, required, isTaken) => {
    const claims = {
      email: 'jane@a.example',
      ...(verified !== undefined && { email_verified: verified }),
    };
    const identity = identityFromClaims(claims, { ...EMAIL, requireEmailVerified: required });
    expect(identity?.username).toBe(isTaken ? 'idp:jane@a.example' : undefined);
  });

  it('does not ask whether an address is verified that is not the user name', () => {
    const claims = { sub: 'jane', email: 'jane@a.example', email_verified: false };
    expect(identityFromClaims(claims, RULES)?.username).toBe('idp:jane');
  });
});
