import { authorityFolders } from './caller-credentials.ts';
import { identityProviderFolder } from './identity-providers.ts';
import type { MountedFolder } from './mounted-folder.ts';
import { upstreamsFolders } from './other-upstreams.ts';
import type { TenantQueryFrontendSettings } from './tenant-query-frontend-props.ts';
import { connectionFolder } from './upstream-connection.ts';

/** The folder with the files of the connection to the upstream of the queries. */
export const QUERIES_FOLDER = 'upstream-queries';

/** The folders with authorities of callers, and of what the frontend connects to, and its secrets. */
export function frontendFolders({
  credentials,
  features,
  upstreamConnection,
  upstreams,
}: Pick<
  TenantQueryFrontendSettings,
  'credentials' | 'features' | 'upstreamConnection' | 'upstreams'
>): readonly MountedFolder[] {
  return [
    ...authorityFolders(credentials),
    connectionFolder(QUERIES_FOLDER, upstreamConnection),
    ...upstreamsFolders(upstreams),
    identityProviderFolder(features),
  ];
}
