import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SelfSigned, selfSignedCertificate } from '../../../support/self-signed.ts';
import type { Manifest } from '../../harness/cluster-objects.ts';

/**
 * The Secrets of Prometheus' own web port. Without them the operator leaves out the scrape of Prometheus
 * by itself.
 *
 * @param certificate - Of both ends, and its own authority.
 */
export function webSecrets(
  namespace: string,
  certificate: SelfSigned = selfSignedCertificate(['localhost']),
): Manifest[] {
  const { certPem, keyPem } = certificate;
  return ['prometheus-web-tls', 'prometheus-web-client-tls'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: { 'ca.crt': certPem, 'tls.crt': certPem, 'tls.key': keyPem },
  }));
}

// Where the operator mounts what it makes of the Secrets of scrapes.
const MOUNTED = /\/etc\/prometheus\/certs\/(\S+)/g;

/**
 * Writes the files of the certificate that a generated configuration names, and gives the configuration
 * with their paths in this folder.
 */
export async function withCertificateFiles(
  config: string,
  folder: string,
  { certPem, keyPem }: SelfSigned,
): Promise<string> {
  for (const [path, name = ''] of config.matchAll(MOUNTED)) {
    if (!path.includes('prometheus-web-client-tls'))
      throw new Error(`${path} is of another Secret`);
    await writeFile(join(folder, name), name.endsWith('key') ? keyPem : certPem);
  }
  return config.replaceAll(MOUNTED, (_path, name: string) => join(folder, name));
}
