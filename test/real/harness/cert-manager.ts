import { join } from 'node:path';
import { moduleFolder } from './build-part.ts';

/** The Go module whose files hold the custom resource definitions of cert-manager. */
export const CERT_MANAGER_MODULE = {
  folder: 'cert-manager',
  module: 'github.com/cert-manager/cert-manager',
  version: 'v1.21.2',
} as const;

/**
 * Gives the file with cert-manager's definition of a Certificate. It is plain YAML since v1.21; what
 * earlier versions hold there are templates of Helm. It belongs to Go's module cache and cannot be
 * written to.
 *
 * @throws {@link PartUnavailable} If the module cannot be fetched.
 */
export async function certificateCrdFile(): Promise<string> {
  const { folder, module } = CERT_MANAGER_MODULE;
  const sources = await moduleFolder('certificate-crd', folder, module);
  return join(sources, 'deploy', 'crds', 'cert-manager.io_certificates.yaml');
}
