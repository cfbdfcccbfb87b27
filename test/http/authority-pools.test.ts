import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AuthorityPools } from '../../frontend/http/authority-pools.ts';
import {
  type Issued,
  issueAuthority,
  issueCertificate,
  subjectOf,
} from '../support/issued-certificate.ts';

const CLIENTS = issueAuthority('clients');
const PROXIES = issueAuthority('proxies');
const POOLS = AuthorityPools.parse({ client: CLIENTS.certPem, frontProxy: PROXIES.certPem });

function poolOf(pools: AuthorityPools, ...chain: readonly Issued[]): string | undefined {
  return pools.anchorOf(chain.map(({ certPem }) => new X509Certificate(certPem)))?.pool;
}

describe('pools of authorities', () => {
  it('tell to which of them a certificate goes back', () => {
    expect(poolOf(POOLS, issueCertificate(subjectOf('a'), { issuer: CLIENTS }))).toBe('client');
    expect(poolOf(POOLS, issueCertificate(subjectOf('a'), { issuer: PROXIES }))).toBe('frontProxy');
    expect(poolOf(POOLS, issueCertificate(subjectOf('a')))).toBeUndefined();
    expect(poolOf(POOLS)).toBeUndefined();
  });

  it('are not misled by equal names', () => {
    const clients = issueAuthority('same');
    const proxies = issueAuthority('same');
    const pools = AuthorityPools.parse({ client: clients.certPem, frontProxy: proxies.certPem });
    const client = issueCertificate(subjectOf('a'), { issuer: clients });
    expect(poolOf(pools, client)).toBe('client');
    expect(poolOf(pools, client, proxies)).toBe('client');
    expect(poolOf(pools, issueCertificate(subjectOf('a'), { issuer: proxies }), clients)).toBe(
      'frontProxy',
    );
  });

  it('follow authorities that were sent, and no other certificates', () => {
    const middle = issueAuthority('middle', { issuer: CLIENTS });
    const leaf = issueCertificate(subjectOf('a'), { issuer: middle });
    expect(poolOf(POOLS, leaf, middle)).toBe('client');
    expect(poolOf(POOLS, leaf)).toBeUndefined();
    expect(poolOf(POOLS, leaf, issueAuthority('middle', { issuer: CLIENTS }))).toBeUndefined();
    const holder = issueCertificate(subjectOf('b'), { issuer: CLIENTS });
    expect(poolOf(POOLS, issueCertificate(subjectOf('a'), { issuer: holder }), holder)).toBe(
      undefined,
    );
  });

  it('end at five certificates', () => {
    const chain = [CLIENTS];
    for (let at = 0; at < 5; at += 1) {
      chain.unshift(issueAuthority(`level ${at}`, { issuer: chain[0] }));
    }
    expect(poolOf(POOLS, ...chain.slice(1))).toBe('client');
    const [last] = chain;
    const leaf = issueCertificate(subjectOf('a'), { issuer: last });
    expect(poolOf(POOLS, leaf, ...chain)).toBeUndefined();
  });

  it('know the narrowest validity of a path', () => {
    const middle = issueAuthority('middle', { issuer: CLIENTS, validMs: [-1_000, 60_000] });
    const leaf = issueCertificate(subjectOf('a'), { issuer: middle });
    const [first, second] = [leaf, middle].map(({ certPem }) => new X509Certificate(certPem));
    if (first === undefined || second === undefined) throw new TypeError('no certificates');
    expect(POOLS.anchorOf([first, second])?.anchor).toEqual({
      fingerprint: new X509Certificate(CLIENTS.certPem).fingerprint256,
      validFromMs: second.validFromDate.getTime(),
      validToMs: second.validToDate.getTime(),
    });
  });

  it('leave out a certificate that goes back to both', () => {
    // One name and one key, once as an authority of its own and once below that of the proxies.
    const middle = issueAuthority('middle', { issuer: PROXIES });
    const leaf = issueCertificate(subjectOf('a'), { issuer: middle });
    const pools = AuthorityPools.parse({ client: middle.certPem, frontProxy: PROXIES.certPem });
    expect(poolOf(pools, leaf)).toBe('client');
    expect(poolOf(pools, leaf, middle)).toBeUndefined();
  });

  it.each([
    ['nothing', { client: '' }],
    ['no certificate', { client: 'nonsense' }],
    ['half a certificate', { client: CLIENTS.certPem.slice(0, 200) }],
    ['a broken certificate', { client: CLIENTS.certPem.replace(/M[^\n]{20}/, 'M'.repeat(21)) }],
    ['one that is no authority', { client: issueCertificate(subjectOf('a')).certPem }],
    [
      'one that is no authority beside one that is',
      { frontProxy: PROXIES.certPem + issueCertificate(subjectOf('a')).certPem },
    ],
    ['one in both', { client: PROXIES.certPem, frontProxy: PROXIES.certPem }],
    [
      'one of several in both',
      { client: CLIENTS.certPem + PROXIES.certPem, frontProxy: PROXIES.certPem },
    ],
  ])('are not read from %s', (_what, texts) => {
    expect(() => AuthorityPools.parse(texts)).toThrow();
  });
});
