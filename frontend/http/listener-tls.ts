import { constants } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type https from 'node:https';
import type { TlsConfig } from '../config/query-frontend.ts';
import { AuthorityPools, type PoolTexts } from './authority-pools.ts';
import type { Log } from './log.ts';
import { PeerCertificates } from './peer-certificates.ts';
import {
  CERTIFICATE_CHECK_MS,
  readCertificate,
  type ServingCertificate,
} from './serving-certificate.ts';

/** How the files of {@link ListenerTls} are followed. */
export interface FollowFilesOptions {
  readonly log: Log;
  /** @defaultValue {@link CERTIFICATE_CHECK_MS} */
  readonly checkMs?: number | undefined;
  /** Hears after each look whether the files hold what is in use. */
  readonly onCheck?: ((isInUse: boolean) => void) | undefined;
}

interface Authorities {
  readonly texts: PoolTexts;
  readonly pools: AuthorityPools;
}

/** What the listener shows to its clients, and whose certificates it takes from them. */
export class ListenerTls {
  readonly #files: TlsConfig;
  #certificate: ServingCertificate;
  #authorities: Authorities | undefined;
  /** The certificates of clients. Not there: they are not asked for one. */
  readonly peers: PeerCertificates | undefined;

  private constructor(
    files: TlsConfig,
    certificate: ServingCertificate,
    authorities: Authorities | undefined,
  ) {
    this.#files = files;
    this.#certificate = certificate;
    this.#authorities = authorities;
    this.peers = authorities && new PeerCertificates(authorities.pools);
  }

  /**
   * Reads the files.
   *
   * @throws {Error} If one cannot be read, or {@link AuthorityPools.parse} does not take it.
   */
  static async read(files: TlsConfig): Promise<ListenerTls> {
    const certificate = await readCertificate(files);
    const texts = await readAuthorities(files);
    const isAsking = Object.keys(texts).length > 0;
    return new ListenerTls(
      files,
      certificate,
      isAsking ? { texts, pools: AuthorityPools.parse(texts) } : undefined,
    );
  }

  /** What a server is made with. */
  get options(): https.ServerOptions {
    return { ...this.#certificate, ...clientOptions(this.#authorities) };
  }

  /** Has the clients of a server looked at. Call it before the server listens. */
  watch(server: https.Server): void {
    const { peers } = this;
    if (peers === undefined) return;
    server.prependListener('secureConnection', (socket) => {
      peers.noteHandshake(socket);
    });
  }

  /**
   * Takes over changed files: authorities at once, for open connections too; the serving certificate
   * for the next handshakes, once both of its files fit together. What cannot be used is left out.
   *
   * @returns What stops it.
   */
  follow(server: https.Server, options: FollowFilesOptions): () => void {
    let isChecking = false;
    const check = async (): Promise<void> => {
      // An older look that ends last would bring back what it saw, and looks at a file system that
      // hangs would take up every thread that reads files.
      if (isChecking) return;
      isChecking = true;
      const areAuthoritiesUsed = await this.#checkAuthorities(server, options.log);
      const isCertificateUsed = await this.#checkCertificate(server, options.log);
      isChecking = false;
      options.onCheck?.(areAuthoritiesUsed && isCertificateUsed);
    };
    const timer = setInterval(() => void check(), options.checkMs ?? CERTIFICATE_CHECK_MS);
    return () => {
      clearInterval(timer);
    };
  }

  async #checkAuthorities(server: https.Server, log: Log): Promise<boolean> {
    const { peers } = this;
    if (this.#authorities === undefined || peers === undefined) return true;
    try {
      const texts = await readAuthorities(this.#files);
      if (JSON.stringify(texts) === JSON.stringify(this.#authorities.texts)) return true;
      const pools = AuthorityPools.parse(texts);
      // First: whatever becomes of the handshakes, certificates of the old ones count no more.
      peers.replace(pools);
      this.#authorities = { texts, pools };
      server.setSecureContext(this.options);
      log('info', 'client_authorities_renewed');
      return true;
    } catch (error) {
      log('warn', 'client_authorities_unusable', { error });
      return false;
    }
  }

  async #checkCertificate(server: https.Server, log: Log): Promise<boolean> {
    try {
      const next = await readCertificate(this.#files);
      if (next.cert === this.#certificate.cert && next.key === this.#certificate.key) return true;
      // Without the authorities those that Node trusts would vouch for clients.
      server.setSecureContext({ ...this.options, ...next });
      this.#certificate = next;
      log('info', 'certificate_renewed');
      return true;
    } catch (error) {
      log('warn', 'certificate_unusable', { error });
      return false;
    }
  }
}

async function readAuthorities(files: TlsConfig): Promise<PoolTexts> {
  const { clientCaFile, frontProxyCaFile } = files;
  const [client, frontProxy] = await Promise.all([read(clientCaFile), read(frontProxyCaFile)]);
  return {
    ...(client !== undefined && { client }),
    ...(frontProxy !== undefined && { frontProxy }),
  };
}

async function read(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : await readFile(file, 'utf8');
}

function clientOptions(authorities: Authorities | undefined): https.ServerOptions {
  if (authorities === undefined) return {};
  return {
    requestCert: true,
    // Callers with a token need no certificate; who shows a wrong one gets an answer that says so.
    rejectUnauthorized: false,
    ca: authorities.pools.pems,
    // A resumed session would carry a verdict past the authority that it came from.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}
