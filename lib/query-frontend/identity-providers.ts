import type { OidcIssuerConfig } from '../../frontend/config/access-oidc.ts';
import type { GrafanaIdConfig } from '../../frontend/config/access-credentials.ts';
import type { AccessConfig } from '../../frontend/config/query-frontend.ts';
import { type MountedFolder, pathIn } from './mounted-folder.ts';
import type { TrustedAuthority } from './trusted-authority.ts';

/** An issuer of OpenID Connect tokens beside the cluster. */
export type OidcIssuer = Pick<OidcIssuerConfig, 'issuer' | 'audiences' | 'usernamePrefix'> &
  Partial<Omit<OidcIssuerConfig, 'caFile'>> & {
    /**
     * Who signs the certificate of the issuer.
     * @default - the authorities that Node brings
     */
    readonly authority?: TrustedAuthority;
  };

/** The Grafana whose word for its users is noted in the audit log. It grants nothing. */
export type GrafanaId = Pick<GrafanaIdConfig, 'issuer' | 'keysUrl'> &
  Partial<Omit<GrafanaIdConfig, 'caFile'>> & {
    /**
     * Who signs the certificate of that Grafana.
     * @default - the authorities that Node brings
     */
    readonly authority?: TrustedAuthority;
  };

/** Who vouches for callers, outside of the cluster's API server. */
export interface IdentityProviders {
  /** Issuers of tokens. */
  readonly oidcIssuers?: readonly OidcIssuer[];
  /** The Grafana. */
  readonly grafanaId?: GrafanaId | undefined;
}

const FOLDER = 'identity-providers';
const GRAFANA_FILE = 'grafana.crt';

const issuerFile = (index: number): string => `issuer-${index}.crt`;

/** The settings of `access` that are about them. */
export function identityProviderSettings({
  grafanaId,
  oidcIssuers,
}: IdentityProviders): Readonly<Record<string, unknown>> {
  return {
    ...(oidcIssuers !== undefined && {
      oidcIssuers: oidcIssuers.map((it, index) => withFile(it, issuerFile(index))),
    }),
    ...(grafanaId !== undefined && { grafanaId: withFile(grafanaId, GRAFANA_FILE) }),
  };
}

function withFile(
  { authority, ...settings }: OidcIssuer | GrafanaId,
  file: string,
): Readonly<Record<string, unknown>> {
  return { ...settings, ...(authority !== undefined && { caFile: pathIn(FOLDER, file) }) };
}

/** The folder with the certificates of their authorities. */
export function identityProviderFolder({
  grafanaId,
  oidcIssuers = [],
}: IdentityProviders): MountedFolder {
  const sources = [
    ...oidcIssuers.map(({ authority }, index) => authority?.toProjection(issuerFile(index))),
    grafanaId?.authority?.toProjection(GRAFANA_FILE),
  ];
  return { name: FOLDER, sources: sources.filter((it) => it !== undefined) };
}

/** The URLs of the providers that a frontend with this configuration asks for keys. */
export function identityProviderUrls(access: AccessConfig): readonly string[] {
  if (access.kind !== 'kubernetes') return [];
  const { grafanaId, oidcIssuers } = access;
  const keysUrl = grafanaId === undefined ? [] : [grafanaId.keysUrl];
  return [...oidcIssuers.map(({ issuer }) => issuer), ...keysUrl];
}
