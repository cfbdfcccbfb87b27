import { readFile } from 'node:fs/promises';

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
 * @throws {Error} If a file cannot be read, or holds no PEM.
 */
export async function readCertificate(files: CertificateFiles): Promise<ServingCertificate> {
  const [cert, key] = await Promise.all([readPem(files.certFile), readPem(files.keyFile)]);
  return { minVersion: 'TLSv1.2', cert, key };
}

// Node takes an empty text for none, and would go on without a certificate, or without its key.
async function readPem(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  if (!text.includes('-----BEGIN ')) throw new Error(`${file} holds no PEM`);
  return text;
}
