import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AuthorityPools } from '../../frontend/http/authority-pools.ts';
import { type Handshake, PeerCertificates } from '../../frontend/http/peer-certificates.ts';
import { issueAuthority, issueCertificate, subjectOf } from '../support/issued-certificate.ts';

const CLIENTS = issueAuthority('clients');
const POOLS = AuthorityPools.parse({ client: CLIENTS.certPem });
const JOE = new X509Certificate(issueCertificate(subjectOf('joe'), { issuer: CLIENTS }).certPem);
const UNVERIFIED = { kind: 'unusable', problem: 'unverified' };

function handshake(changes: Partial<Handshake> = {}): Handshake {
  return {
    authorized: true,
    authorizationError: new Error('none'),
    getPeerCertificate: () => JOE.toLegacyObject(),
    getPeerX509Certificate: () => JOE,
    isSessionReused: () => false,
    ...changes,
  };
}

function shownBy(socket: Handshake): unknown {
  const peers = new PeerCertificates(POOLS);
  peers.noteHandshake(socket);
  return peers.of(socket, Date.now());
}

describe('the certificate of a connection', () => {
  it('counts where the handshake verified it', () => {
    expect(shownBy(handshake())).toMatchObject({ kind: 'verified', pool: 'client' });
    expect(shownBy(handshake({ authorized: false }))).toEqual(UNVERIFIED);
  });

  it('is none where nothing was shown, or the handshake was never seen', () => {
    const none = handshake({ getPeerX509Certificate: () => undefined });
    expect(shownBy(none)).toEqual({ kind: 'none' });
    expect(new PeerCertificates(POOLS).of(handshake(), Date.now())).toEqual({ kind: 'none' });
  });

  it('does not count in a session that was resumed', () => {
    expect(shownBy(handshake({ isSessionReused: () => true }))).toEqual(UNVERIFIED);
  });

  it('speaks for nobody where it cannot be read', () => {
    const failing = (): never => {
      throw new Error('unsupported');
    };
    expect(shownBy(handshake({ getPeerCertificate: failing }))).toEqual(UNVERIFIED);
    expect(shownBy(handshake({ getPeerX509Certificate: failing }))).toEqual(UNVERIFIED);
  });

  it('counts from its first second to its last, and while its authority is there', () => {
    const peers = new PeerCertificates(POOLS);
    const socket = handshake();
    peers.noteHandshake(socket);
    const from = JOE.validFromDate.getTime();
    const to = JOE.validToDate.getTime();
    const kinds = [from - 1, from, to, to + 1].map((nowMs) => peers.of(socket, nowMs).kind);
    expect(kinds).toEqual(['unusable', 'verified', 'verified', 'unusable']);
    peers.replace(AuthorityPools.parse({ client: issueAuthority('clients').certPem }));
    expect(peers.of(socket, from)).toEqual(UNVERIFIED);
    peers.replace(AuthorityPools.parse({ frontProxy: CLIENTS.certPem }));
    expect(peers.of(socket, from)).toEqual(UNVERIFIED);
    peers.replace(POOLS);
    expect(peers.of(socket, from).kind).toBe('verified');
  });
});
