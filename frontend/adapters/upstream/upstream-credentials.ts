import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../../access/clock.ts';
import type { UpstreamConnectionConfig } from '../../config/upstream-connection.ts';
import { Fault } from '../../fault.ts';
import { systemClock } from '../clock.ts';
import { RereadFile } from '../files/reread-file.ts';

/** What a connection is made with. A new object stands for new settings. */
export interface UpstreamTls {
  /** Set, because a variable of the environment could switch it off otherwise. */
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
  readonly servername?: string;
  readonly secureContext?: SecureContext;
}

/** What the frontend makes itself known by, as of now. */
export interface UpstreamCredentials {
  readonly tls: UpstreamTls;
  /** Headers beside those of the request. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Files {
  readonly ca: RereadFile | undefined;
  readonly cert: RereadFile | undefined;
  readonly key: RereadFile | undefined;
  readonly token: RereadFile | undefined;
}

/** Visible ASCII: whatever else stands in the file of a token would be no header. */
const TOKEN = /^[\x21-\x7e]+$/;

/** The certificates and the token for one upstream, followed while their files are rotated. */
export class FollowedCredentials {
  readonly #files: Files;
  readonly #plain: UpstreamTls;
  // Where there is no file, nothing changes, and each request is spared the questions.
  readonly #fixed: UpstreamCredentials | undefined;
  #tls: UpstreamTls | undefined;
  #texts: readonly (string | undefined)[] = [];

  constructor({ tls = {}, bearerTokenFile }: UpstreamConnectionConfig, clock: Clock = systemClock) {
    const follow = (path: string | undefined): RereadFile | undefined =>
      path === undefined ? undefined : new RereadFile(path, clock);
    const { caFile, certFile, keyFile, serverName: servername } = tls;
    this.#files = {
      ca: follow(caFile),
      cert: follow(certFile),
      key: follow(keyFile),
      token: follow(bearerTokenFile),
    };
    this.#plain = {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(servername !== undefined && { servername }),
    };
    const hasFile = Object.values(this.#files).some((file) => file !== undefined);
    this.#fixed = hasFile ? undefined : { tls: this.#plain, headers: {} };
  }

  /**
   * Gives what the files hold now.
   *
   * @throws {Fault} Those of a file that could not be read even once, `upstream_certificates_unusable`
   *   when the files of TLS have not made sense together yet, `upstream_token_malformed`. No message
   *   quotes a file.
   */
  async read(): Promise<UpstreamCredentials> {
    if (this.#fixed !== undefined) return this.#fixed;
    const { ca, cert, key, token } = this.#files;
    const texts = await Promise.all([ca?.read(), cert?.read(), key?.read()]);
    const bearer = await token?.read();
    if (bearer !== undefined && !TOKEN.test(bearer)) {
      throw new Fault('upstream_token_malformed', 'read the token for the upstream');
    }
    const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    return { tls: this.#tlsOf(texts), headers };
  }

  /** Makes the next {@link FollowedCredentials.read} go to the file of a token that was refused. */
  tokenRefused(): void {
    this.#files.token?.expire();
  }

  #tlsOf(texts: readonly (string | undefined)[]): UpstreamTls {
    const isKnown = texts.every((text, index) => text === this.#texts[index]);
    if (this.#tls !== undefined && isKnown) return this.#tls;
    // Files that do not fit together yet leave those that did, and are tried again once they change.
    const usable = this.#make(texts) ?? this.#tls;
    if (usable === undefined) {
      // They may have been read in the middle of a change, and nothing works until they fit.
      for (const file of [this.#files.ca, this.#files.cert, this.#files.key]) file?.expire();
      throw new Fault('upstream_certificates_unusable', 'use the certificates for the upstream');
    }
    this.#texts = texts;
    this.#tls = usable;
    return usable;
  }

  #make([ca, cert, key]: readonly (string | undefined)[]): UpstreamTls | undefined {
    if (ca === undefined && cert === undefined) return { ...this.#plain };
    if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) return undefined;
    try {
      // Without an authority of its own the context has those that Node brings.
      const secureContext = createSecureContext({
        minVersion: 'TLSv1.2',
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
      });
      return { ...this.#plain, secureContext };
    } catch {
      // The cause could quote a key.
      return undefined;
    }
  }
}
