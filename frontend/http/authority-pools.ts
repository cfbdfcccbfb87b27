import { X509Certificate } from 'node:crypto';

/** For what a certificate authority vouches: for clients, or for front proxies that name others. */
export type Pool = 'client' | 'frontProxy';

/** The files of {@link AuthorityPools}: PEM, or what they hold. */
export type PoolTexts = Readonly<Partial<Record<Pool, string>>>;

/** One step of a path that was verified: a certificate, and until when it counts. */
export interface Anchor {
  /** SHA-256 of the certificate that the path ends in. */
  readonly fingerprint: string;
  /** When the first certificate of the path begins to be valid last, in milliseconds of the epoch. */
  readonly validFromMs: number;
  /** When the first certificate of the path expires, in milliseconds of the epoch. */
  readonly validToMs: number;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates between that of the client and that of the authority, at most. */
const MAX_INTERMEDIATES = 4;

/** The certificate authorities of clients and of front proxies, which have no key in common. */
export class AuthorityPools {
  readonly #pools: ReadonlyMap<Pool, readonly X509Certificate[]>;

  private constructor(pools: ReadonlyMap<Pool, readonly X509Certificate[]>) {
    this.#pools = pools;
  }

  /**
   * Reads the authorities of each pool.
   *
   * @throws {Error} If a text holds no certificate, one that is none of an authority, or one whose
   *   key is in the other pool too: what it signs would then speak for itself and for others.
   */
  static parse(texts: PoolTexts): AuthorityPools {
    const pools = new Map<Pool, readonly X509Certificate[]>();
    const keys = new Map<string, Pool>();
    for (const pool of ['client', 'frontProxy'] as const) {
      const text = texts[pool];
      if (text === undefined) continue;
      const authorities = (text.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
      if (authorities.length === 0) throw new Error(`the ${pool} authorities are empty`);
      if (!authorities.every(({ ca }) => ca)) {
        throw new Error(`the ${pool} authorities hold a certificate that may sign no others`);
      }
      for (const { publicKey } of authorities) {
        const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
        if ((keys.get(key) ?? pool) !== pool) {
          throw new Error('one key is an authority of clients and of front proxies');
        }
        keys.set(key, pool);
      }
      pools.set(pool, authorities);
    }
    return new AuthorityPools(pools);
  }

  /** All authorities as PEM, for the handshake. */
  get pems(): string[] {
    return [...this.#pools.values()].flat().map((authority) => authority.toString());
  }

  /** Whether a pool holds a certificate now. */
  holds(pool: Pool, fingerprint: string): boolean {
    const authorities = this.#pools.get(pool) ?? [];
    return authorities.some((authority) => authority.fingerprint256 === fingerprint);
  }

  /**
   * Finds the pool whose authority a certificate goes back to. That the path as a whole is right, the
   * handshake has found out, for all pools together; which pool it is follows from the signatures.
   *
   * @param chain - The certificate of the client first, then those that it sent with it.
   */
  anchorOf(
    chain: readonly X509Certificate[],
  ): { readonly pool: Pool; readonly anchor: Anchor } | undefined {
    const found = [...this.#pools].flatMap(([pool, authorities]) => {
      const anchor = follow(chain, authorities);
      return anchor === undefined ? [] : [{ pool, anchor }];
    });
    // One that goes back to both would have two meanings.
    return found.length === 1 ? found[0] : undefined;
  }
}

function follow(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): Anchor | undefined {
  const path: X509Certificate[] = [];
  for (const certificate of chain.slice(0, MAX_INTERMEDIATES + 1)) {
    const previous = path.at(-1);
    if (previous !== undefined && !hasSigned(certificate, previous)) return undefined;
    path.push(certificate);
    const authority = authorities.find((it) => hasSigned(it, certificate));
    if (authority !== undefined) return anchorAt(authority, path);
  }
  return undefined;
}

// Names alone prove nothing: the client chooses those of what it sends.
function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function anchorAt(authority: X509Certificate, path: readonly X509Certificate[]): Anchor {
  const all = [...path, authority];
  return {
    fingerprint: authority.fingerprint256,
    validFromMs: Math.max(...all.map((it) => it.validFromDate.getTime())),
    validToMs: Math.min(...all.map((it) => it.validToDate.getTime())),
  };
}
