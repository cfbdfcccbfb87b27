import { SynthError } from '../../lib/synth-error.ts';
import { CertificateAuthority, fileExpansion } from './certificate-authority.ts';
import { dataSourceFields } from './data-source-fields.ts';
import type { OrganisationClaim } from './organisation-claims.ts';

/** Settings of every {@link GrafanaDataSource}. */
export interface GrafanaDataSourceProps {
  /**
   * Name that users see.
   * @default - the tenant's name and "metrics"
   */
  readonly name?: string;
  /**
   * Who vouches for the frontend's certificate.
   * @default CertificateAuthority.file('/etc/prometheus-tenancy-kit/ca/ca.crt')
   */
  readonly certificateAuthority?: CertificateAuthority;
  /**
   * The scrape interval, below which Grafana asks for no finer step.
   * @default '30s'
   */
  readonly timeInterval?: string;
  /**
   * Name of the label, with the value `1`, by which a sidecar of Grafana finds the file. Without it
   * the ConfigMap `grafana-data-source-metrics` is mounted into Grafana's
   * `/etc/grafana/provisioning/datasources`.
   *
   * A sidecar often looks into every namespace, and loads whatever has its label into its Grafana.
   * `grafana_datasource` is what Grafana's chart looks for unless told otherwise, so
   * {@link GrafanaDataSource.ownInstance} refuses that name: a shared Grafana would load the file too,
   * into the organisation that is everybody's.
   *
   * @default - no label
   */
  readonly sidecarLabel?: string;
}

/** Settings of a {@link GrafanaDataSource} that holds the tenant's token. */
export interface TokenDataSourceProps extends GrafanaDataSourceProps {
  /**
   * Where the token is mounted into Grafana's pod. The file that is made here only points to it.
   * @default - `/etc/prometheus-tenancy-kit/tokens/<namespace>/token`
   */
  readonly tokenFile?: string;
}

/** Settings of a {@link GrafanaDataSource} that holds the tenant's token, in a shared Grafana. */
export interface SharedGrafanaDataSourceProps extends TokenDataSourceProps {
  /**
   * Which Grafana it is, where tenants are in several: organisations of two have the same numbers.
   * @default 'shared'
   */
  readonly grafana?: string;
}

/** What the sidecar of Grafana's chart looks for unless told otherwise. */
const COMMON_SIDECAR_LABEL = 'grafana_datasource';

/** What a data source points to. */
export interface DataSourceTarget {
  /** The tenant's namespace. */
  readonly namespace: string;
  /** URL of the tenant at the frontend, with a slash at the end. */
  readonly url: string;
  /** Whether the tenant has a token of its own. */
  readonly hasToken: boolean;
}

type Credential =
  { readonly kind: 'tokenFile'; readonly file?: string } | { readonly kind: 'oauth' };

/**
 * How a tenant's Grafana is given the data source.
 *
 * Every viewer of a Grafana organisation can query with every data source in it, whoever's token that
 * holds. So a data source with a tenant's token belongs into an organisation of that tenant's own.
 */
export class GrafanaDataSource {
  readonly #organisation: number;
  readonly #credential: Credential;
  readonly #props: GrafanaDataSourceProps;
  /** The organisation of a shared Grafana that the tenant's token goes into, if it goes into one. */
  readonly claim: OrganisationClaim | undefined;

  private constructor(
    organisation: number,
    credential: Credential,
    props: GrafanaDataSourceProps,
    claim?: OrganisationClaim,
  ) {
    this.#organisation = organisation;
    this.#credential = credential;
    this.#props = props;
    this.claim = claim;
  }

  /**
   * For a Grafana of the tenant's own, in the tenant's namespace.
   *
   * @throws {SynthError} If the label of the sidecar is the one that shared Grafanas look for.
   */
  static ownInstance(props: TokenDataSourceProps = {}): GrafanaDataSource {
    if (props.sidecarLabel === COMMON_SIDECAR_LABEL) {
      throw new SynthError(
        'GrafanaDataSource.ownInstance sidecarLabel',
        `${COMMON_SIDECAR_LABEL} is what the sidecar of a shared Grafana looks for too`,
        "name a label that only the tenant's Grafana looks for (sidecar.datasources.label)",
      );
    }
    return new GrafanaDataSource(1, tokenFile(props), props);
  }

  /**
   * For a shared Grafana in which the tenant has an organisation of its own.
   *
   * @throws {SynthError} If the organisation is Grafana's first one. The construct `Tenant` throws if
   *   another tenant's token goes into the same one.
   */
  static organisation(orgId: number, props: SharedGrafanaDataSourceProps = {}): GrafanaDataSource {
    if (!Number.isInteger(orgId) || orgId < 2) {
      throw new SynthError(
        'GrafanaDataSource.organisation',
        `${orgId} is not an organisation of the tenant's own: Grafana's first one is everybody's`,
        'name one from 2 on, or use GrafanaDataSource.unsafeSharedOrganisation',
      );
    }
    return new GrafanaDataSource(orgId, tokenFile(props), props, claimOf(orgId, props, true));
  }

  /**
   * For a shared Grafana that logs users in with OAuth and passes their own token on. The data source
   * holds no token, so any organisation will do.
   */
  static forwardedOAuth(orgId = 1, props: GrafanaDataSourceProps = {}): GrafanaDataSource {
    return new GrafanaDataSource(orgId, { kind: 'oauth' }, props);
  }

  /** For an organisation that others are in as well: each of its viewers can read this tenant. */
  static unsafeSharedOrganisation(
    orgId: number,
    props: SharedGrafanaDataSourceProps = {},
  ): GrafanaDataSource {
    return new GrafanaDataSource(orgId, tokenFile(props), props, claimOf(orgId, props, false));
  }

  /** The labels by which a sidecar of Grafana finds the file: none unless one is asked for. */
  get sidecarLabels(): Readonly<Record<string, string>> {
    const { sidecarLabel } = this.#props;
    return sidecarLabel === undefined ? {} : { [sidecarLabel]: '1' };
  }

  /** Prints the provisioning file. It holds no secret: Grafana reads the token from its own disk. */
  print(target: DataSourceTarget): string {
    const { url, namespace } = target;
    const authority =
      this.#props.certificateAuthority ??
      CertificateAuthority.file('/etc/prometheus-tenancy-kit/ca/ca.crt');
    const ca = url.startsWith('https:') ? authority.provisionedValue : undefined;
    const header = this.#authorization(target);
    const dataSource = {
      ...dataSourceFields({
        name: this.#props.name,
        namespace,
        url,
        timeInterval: this.#props.timeInterval,
        certificateAuthority: ca,
        authorization: header,
      }),
      orgId: this.#organisation,
    };
    // JSON is YAML, and has one way to quote.
    return `${JSON.stringify({ apiVersion: 1, datasources: [dataSource] }, null, 2)}\n`;
  }

  #authorization({ namespace, hasToken }: DataSourceTarget): string | undefined {
    if (this.#credential.kind === 'oauth') return undefined;
    if (!hasToken) {
      throw new SynthError(
        `GrafanaDataSource of ${namespace}`,
        'points to a token, and the tenant is given none',
        'use GrafanaDataSource.forwardedOAuth, or give the tenant a token',
      );
    }
    const path = `/etc/prometheus-tenancy-kit/tokens/${namespace}/token`;
    const file = this.#credential.file ?? path;
    return `Bearer ${fileExpansion(`GrafanaDataSource of ${namespace}`, file)}`;
  }
}

function tokenFile(props: TokenDataSourceProps): Credential {
  return props.tokenFile === undefined
    ? { kind: 'tokenFile' }
    : { kind: 'tokenFile', file: props.tokenFile };
}

function claimOf(
  orgId: number,
  { grafana = 'shared' }: SharedGrafanaDataSourceProps,
  isExclusive: boolean,
): OrganisationClaim {
  return { grafana, orgId, isExclusive };
}
