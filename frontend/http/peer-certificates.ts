import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateSubject } from '../access/certificate-subject.ts';
import type { CertificateProblem } from '../access/rejection.ts';
import type { Anchor, AuthorityPools, Pool } from './authority-pools.ts';

/** What a connection says of its client, as of now. */
export type PeerCertificate = NoCertificate | UnusableCertificate | VerifiedCertificate;

/** The client shows no certificate, or was not asked for one. */
export interface NoCertificate {
  readonly kind: 'none';
}

/** The client shows a certificate that speaks for nobody. */
export interface UnusableCertificate {
  readonly kind: 'unusable';
  readonly problem: CertificateProblem;
}

/** The client shows a certificate of one of the authorities. */
export interface VerifiedCertificate {
  readonly kind: 'verified';
  readonly pool: Pool;
  readonly subject: CertificateSubject;
}

/** What a client shows that has no certificate. */
export const NO_PEER_CERTIFICATE: NoCertificate = { kind: 'none' };

interface AnchoredCertificate extends VerifiedCertificate {
  readonly anchor: Anchor;
}

type Shown = NoCertificate | UnusableCertificate | AnchoredCertificate;

/** What is asked of a connection whose handshake ended. */
export interface Handshake extends Pick<
  TLSSocket,
  'authorizationError' | 'authorized' | 'getPeerX509Certificate' | 'isSessionReused'
> {
  getPeerCertificate(detailed: true): SentCertificate;
}

/** A certificate that was sent, and the one that issued it, as Node links them. */
interface SentCertificate {
  readonly raw?: Buffer;
  readonly issuerCertificate?: SentCertificate;
}

/** The extended key usage of client authentication. */
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

const EXPIRY_ERRORS = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * The client certificates of one listener's connections. Each is looked at in its handshake, and what
 * was found counts for a request only while the certificate is valid and its authority is still there.
 */
export class PeerCertificates {
  #pools: AuthorityPools;
  readonly #shown = new WeakMap<object, Shown>();

  constructor(pools: AuthorityPools) {
    this.#pools = pools;
  }

  /** Lets certificates count from now on that go back to these authorities, and no others. */
  replace(pools: AuthorityPools): void {
    this.#pools = pools;
  }

  /** Notes what a client has shown in a handshake that just ended. */
  noteHandshake(socket: Handshake): void {
    this.#shown.set(socket, this.#read(socket));
  }

  /** Says what a connection shows at this moment. */
  of(socket: object, nowMs: number): PeerCertificate {
    const shown = this.#shown.get(socket) ?? NO_PEER_CERTIFICATE;
    if (shown.kind !== 'verified') return shown;
    const { pool, subject, anchor } = shown;
    // A client whose authority was replaced by one with the same key comes back in a new handshake.
    if (!this.#pools.holds(pool, anchor.fingerprint)) return unusable('unverified');
    return nowMs < anchor.validFromMs || nowMs > anchor.validToMs
      ? unusable('not_valid_now')
      : { kind: 'verified', pool, subject };
  }

  // What a client sends may be anything: whatever cannot be read speaks for nobody.
  #read(socket: Handshake): Shown {
    try {
      return readShown(socket, this.#pools);
    } catch {
      return unusable('unverified');
    }
  }
}

function readShown(socket: Handshake, pools: AuthorityPools): Shown {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return NO_PEER_CERTIFICATE;
  // A session that goes on repeats a verdict from before: none is offered, and none would count.
  if (socket.isSessionReused()) return unusable('unverified');
  if (!socket.authorized) return unusable(problemOf(socket.authorizationError));
  if (!isForClients(certificate.keyUsage)) return unusable('not_for_clients');
  const found = pools.anchorOf([certificate, ...sentBeside(socket)]);
  if (found === undefined) return unusable('unverified');
  return { kind: 'verified', ...found, subject: subjectOf(certificate) };
}

// Certificates without the extension have no usages at all, whatever Node's type says.
function isForClients(usages: readonly string[] | undefined): boolean {
  return usages?.includes(CLIENT_AUTHENTICATION) ?? false;
}

function problemOf(error: unknown): CertificateProblem {
  const code = String(error instanceof Error && 'code' in error ? error.code : error);
  if (EXPIRY_ERRORS.has(code)) return 'not_valid_now';
  return code === 'INVALID_PURPOSE' ? 'not_for_clients' : 'unverified';
}

function unusable(problem: CertificateProblem): UnusableCertificate {
  return { kind: 'unusable', problem };
}

// The links lead from issued to issuer, and the last one to itself.
function sentBeside(socket: Handshake): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let { issuerCertificate: next } = socket.getPeerCertificate(true);
  const seen = new Set<object>();
  while (next?.raw !== undefined && !seen.has(next)) {
    seen.add(next);
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}

function subjectOf(certificate: X509Certificate): CertificateSubject {
  const { subject } = certificate.toLegacyObject();
  return {
    commonNames: valuesOf(subject.CN),
    organizations: valuesOf(subject.O),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}
