import { readFile } from 'node:fs/promises';
import type https from 'node:https';
import type { Log } from './log.ts';

/** How often the files of the serving certificate are read again, in milliseconds. */
export const CERTIFICATE_CHECK_MS = 30_000;

/** Where the serving certificate is. */
export interface CertificateFiles {
  /** The chain, PEM. */
  readonly certFile: string;
  /** The private key, PEM. */
  readonly keyFile: string;
}

/** The settings of TLS that hold the serving certificate. */
export interface ServingCertificate {
  readonly minVersion: 'TLSv1.2';
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the serving certificate.
 *
 * @throws {Error} If a file cannot be read.
 */
export async function readCertificate(files: CertificateFiles): Promise<ServingCertificate> {
  const [cert, key] = await Promise.all([
    readFile(files.certFile, 'utf8'),
    readFile(files.keyFile, 'utf8'),
  ]);
  return { minVersion: 'TLSv1.2', cert, key };
}

/** How {@link followCertificate} follows. */
export interface FollowCertificateOptions {
  readonly log: Log;
  readonly checkMs?: number | undefined;
  /** Hears after each look whether the files hold what is in use. */
  readonly onCheck?: ((isInUse: boolean) => void) | undefined;
}

/**
 * Gives a server the renewed certificate for its next handshakes, once both files fit together.
 * Until then it keeps the one it has.
 *
 * @returns What stops it.
 */
export function followCertificate(
  server: https.Server,
  files: CertificateFiles,
  first: ServingCertificate,
  options: FollowCertificateOptions,
): () => void {
  let current = first;
  const check = async (): Promise<void> => {
    try {
      const next = await readCertificate(files);
      if (next.cert !== current.cert || next.key !== current.key) {
        server.setSecureContext(next);
        current = next;
        options.log('info', 'certificate_renewed');
      }
      options.onCheck?.(true);
    } catch (error) {
      options.log('warn', 'certificate_unusable', { error });
      options.onCheck?.(false);
    }
  };
  const timer = setInterval(() => void check(), options.checkMs ?? CERTIFICATE_CHECK_MS);
  return () => {
    clearInterval(timer);
  };
}
