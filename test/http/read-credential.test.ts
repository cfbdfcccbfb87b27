import { describe, expect, it } from '@jest/globals';
import { ClientCertificate, DelegatedUser } from '../../frontend/access/credential.ts';
import type { TokenHeader } from '../../frontend/config/access-credentials.ts';
import {
  NO_PEER_CERTIFICATE,
  type PeerCertificate,
} from '../../frontend/http/peer-certificates.ts';
import {
  type CredentialRules,
  readCredential,
  TOKENS_ONLY,
} from '../../frontend/http/read-credential.ts';

const TOKEN = 'abc.def';
const BEARER = ['Authorization', `Bearer ${TOKEN}`];

function read(
  rules: CredentialRules,
  headers: readonly string[],
  peer: PeerCertificate = NO_PEER_CERTIFICATE,
): unknown {
  const credential = readCredential(rules, headers, peer);
  if (credential.ok) return credential.value;
  const { rejection } = credential;
  return 'problem' in rejection ? `${rejection.code} ${rejection.problem}` : rejection.code;
}

function tokensOf(...tokenHeaders: readonly TokenHeader[]): CredentialRules {
  return { tokenHeaders };
}

function verified(pool: 'client' | 'frontProxy', ...commonNames: string[]): PeerCertificate {
  const subject = { commonNames, organizations: ['devs'], fingerprint: 'f'.repeat(64) };
  return { kind: 'verified', pool, subject };
}

describe('the token of a request', () => {
  const ID = ['X-Id-Token', TOKEN];

  it('is that of the Authorization header, and by default of no other', () => {
    expect(read(TOKENS_ONLY, BEARER)).toBe(TOKEN);
    expect(read(TOKENS_ONLY, ID)).toBe('token_missing');
    expect(read(TOKENS_ONLY, [...BEARER, 'X-Id-Token', 'other'])).toBe(TOKEN);
  });

  it('is that of X-Id-Token where that is taken too', () => {
    const both = tokensOf('authorization', 'x-id-token');
    expect(read(both, ID)).toBe(TOKEN);
    expect(read(both, [...ID, 'Authorization', ''])).toBe(TOKEN);
    expect(read(both, [...ID, 'Authorization', 'Bearer'])).toBe(TOKEN);
    expect(read(both, BEARER)).toBe(TOKEN);
    expect(read(both, [...BEARER, ...ID])).toBe(TOKEN);
    expect(read(both, [...BEARER, 'x-id-token', ''])).toBe(TOKEN);
    expect(read(both, [])).toBe('token_missing');
  });

  it('is refused where two headers differ, or one of them is malformed', () => {
    for (const order of [
      tokensOf('authorization', 'x-id-token'),
      tokensOf('x-id-token', 'authorization'),
    ]) {
      expect(read(order, [...BEARER, 'X-Id-Token', 'other'])).toBe(
        'token_malformed differing_headers',
      );
      expect(read(order, [...ID, 'Authorization', 'Basic x'])).toBe('token_malformed not_bearer');
      expect(read(order, [...BEARER, ...ID, ...ID])).toBe('token_malformed repeated_header');
      expect(read(order, [...BEARER, ...BEARER])).toBe('token_malformed repeated_header');
    }
  });

  it('is not looked for in Authorization where that is not in the list', () => {
    const only = tokensOf('x-id-token');
    expect(read(only, BEARER)).toBe('token_missing');
    expect(read(only, ['Authorization', 'Bearer other', ...ID])).toBe(TOKEN);
  });

  it.each([
    ['Bearer abc', 'token_malformed not_visible_ascii'],
    ['a b', 'token_malformed not_visible_ascii'],
    ['\u00e4', 'token_malformed not_visible_ascii'],
    ['x'.repeat(8_193), 'token_malformed too_long'],
    ['x'.repeat(8_192), 'x'.repeat(8_192)],
  ])('in X-Id-Token has no scheme: %.20s', (value, expected) => {
    expect(read(tokensOf('x-id-token'), ['X-Id-Token', value])).toBe(expected);
  });
});

describe('a verified certificate', () => {
  const frontProxy = {
    allowedNames: ['proxy'],
    userHeader: 'x-remote-user',
    groupHeader: 'x-remote-group',
  };
  const rules: CredentialRules = {
    tokenHeaders: ['authorization'],
    clientCertificates: { allowSystemNames: false },
    frontProxy,
  };
  const JANE = ['X-Remote-User', 'jane', 'X-Remote-Group', 'a', 'x-remote-group', 'b,c'];

  it('speaks for its holder', () => {
    const credential = read(rules, [], verified('client', 'joe'));
    expect(credential).toBeInstanceOf(ClientCertificate);
    expect(credential).toMatchObject({
      identity: { username: 'joe', groups: ['devs', 'system:authenticated'] },
    });
  });

  it('speaks for nobody where its kind is not configured', () => {
    for (const pool of ['client', 'frontProxy'] as const) {
      expect(read(TOKENS_ONLY, JANE, verified(pool, 'proxy'))).toBe(
        'certificate_rejected unverified',
      );
    }
  });

  it('has a name of the cluster only where that is allowed', () => {
    const admin = verified('client', 'system:node:a');
    expect(read(rules, [], admin)).toBe('certificate_rejected system_name');
    const allowing = { ...rules, clientCertificates: { allowSystemNames: true } };
    expect(read(allowing, [], admin)).toMatchObject({ identity: { username: 'system:node:a' } });
  });

  it('of a front proxy speaks for the user of its headers, each group of its own', () => {
    const credential = read(rules, JANE, verified('frontProxy', 'proxy'));
    expect(credential).toBeInstanceOf(DelegatedUser);
    expect(credential).toMatchObject({
      proxy: 'proxy',
      identity: { username: 'jane', groups: ['a', 'b,c', 'system:authenticated'], extra: {} },
    });
  });

  it('of a front proxy names none of the cluster, whatever clients may', () => {
    const allowing = { ...rules, clientCertificates: { allowSystemNames: true } };
    expect(read(allowing, ['x-remote-user', 'system:admin'], verified('frontProxy', 'proxy'))).toBe(
      'delegation_malformed system_name',
    );
  });

  it('of a front proxy takes the headers of its settings and no others', () => {
    const named = {
      ...rules,
      frontProxy: { ...frontProxy, userHeader: 'x-user', groupHeader: 'x-groups' },
    };
    const proxy = verified('frontProxy', 'proxy');
    expect(read(named, JANE, proxy)).toBe('delegation_malformed user_missing');
    expect(read(named, [...JANE, 'X-User', 'ann', 'X-Groups', 'g'], proxy)).toMatchObject({
      identity: { username: 'ann', groups: ['g', 'system:authenticated'] },
    });
  });

  it('of a front proxy with several names is not known', () => {
    expect(read(rules, JANE, verified('frontProxy', 'proxy', 'proxy'))).toBe(
      'certificate_rejected unknown_proxy',
    );
    expect(read(rules, JANE, verified('frontProxy'))).toBe('certificate_rejected unknown_proxy');
  });

  it('does not stand beside a token', () => {
    for (const pool of ['client', 'frontProxy'] as const) {
      expect(read(rules, [...JANE, ...BEARER], verified(pool, 'proxy'))).toBe(
        'credentials_several',
      );
    }
  });
});

describe('a certificate that does not verify', () => {
  const expired: PeerCertificate = { kind: 'unusable', problem: 'not_valid_now' };

  it('says why, unless there is a token', () => {
    expect(read(TOKENS_ONLY, [], expired)).toBe('certificate_rejected not_valid_now');
    expect(read(TOKENS_ONLY, BEARER, expired)).toBe(TOKEN);
    expect(read(TOKENS_ONLY, ['Authorization', 'x'], expired)).toBe('token_malformed not_bearer');
  });
});
