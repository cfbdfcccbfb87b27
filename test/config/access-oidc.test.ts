import { describe, expect, it } from '@jest/globals';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';

const ISSUER = {
  issuer: 'https://idp.example/realm',
  audiences: ['grafana'],
  usernamePrefix: 'idp:',
};

function parse(oidcIssuers: unknown): ReturnType<typeof parseQueryFrontendConfig> {
  return parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://thanos:9090' },
    access: { kind: 'kubernetes', oidcIssuers },
  });
}

function problems(...issuers: readonly object[]): readonly string[] {
  const parsed = parse(issuers);
  return parsed.ok ? [] : parsed.rejection.map((problem) => describeConfigProblem(problem));
}

describe('oidcIssuers', () => {
  it('are none by default', () => {
    expect(parse(undefined)).toMatchObject({ value: { access: { oidcIssuers: [] } } });
  });

  it('have safe defaults', () => {
    expect(parse([ISSUER])).toMatchObject({
      value: {
        access: {
          oidcIssuers: [
            {
              ...ISSUER,
              algorithms: ['RS256', 'ES256'],
              usernameClaim: 'sub',
              requireEmailVerified: true,
            },
          ],
        },
      },
    });
  });

  it.each<[string, object, string]>([
    ['no prefix', { usernamePrefix: undefined }, 'usernamePrefix'],
    ['an empty prefix', { usernamePrefix: '' }, 'usernamePrefix'],
    ['a prefix of the system', { usernamePrefix: 'system:x:' }, 'system:'],
    ['no audience', { audiences: [] }, 'audiences'],
    ['an empty audience', { audiences: [''] }, 'audiences'],
    ['an issuer in clear text', { issuer: 'http://idp.example' }, 'https'],
    ['an issuer that is no URL', { issuer: 'idp' }, 'issuer'],
    ['algorithm none', { algorithms: ['none'] }, 'algorithms'],
    ['algorithm HS256', { algorithms: ['HS256'] }, 'algorithms'],
    ['no algorithm', { algorithms: [] }, 'algorithms'],
    ['groups without a prefix', { groupsClaim: 'groups' }, 'groupsPrefix'],
    ['groups with an empty prefix', { groupsClaim: 'groups', groupsPrefix: '' }, 'groupsPrefix'],
    ['a prefix without groups', { groupsPrefix: 'idp:' }, 'groupsClaim'],
    ['an unknown setting', { clientSecret: 'x' }, 'clientSecret'],
  ])('are refused with %s', (_case, change, named) => {
    const [problem, ...others] = problems({ ...ISSUER, ...change });
    expect(problem).toContain(named);
    expect(others).toEqual([]);
  });

  it.each<[string, object]>([
    ['the same issuer', { usernamePrefix: 'other:' }],
    ['the same prefix', { issuer: 'https://other.example' }],
    ['a longer prefix', { issuer: 'https://other.example', usernamePrefix: 'idp:x:' }],
    ['a shorter prefix', { issuer: 'https://other.example', usernamePrefix: 'id' }],
  ])('are refused with a second one of %s', (_case, change) => {
    expect(problems(ISSUER, { ...ISSUER, ...change })).toHaveLength(1);
  });

  it('keep groups of two issuers apart, too', () => {
    const other = { ...ISSUER, issuer: 'https://other.example', usernamePrefix: 'other:' };
    const grouped = (issuer: object, groupsPrefix: string): object => ({
      ...issuer,
      groupsClaim: 'groups',
      groupsPrefix,
    });
    expect(problems(grouped(ISSUER, 'g:'), grouped(other, 'g:'))).toHaveLength(1);
    expect(problems(grouped(ISSUER, 'g1:'), grouped(other, 'g2:'))).toEqual([]);
  });
});
