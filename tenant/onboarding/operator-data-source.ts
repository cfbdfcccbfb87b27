import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { SynthError } from '../../lib/synth-error.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { dataSourceFields } from './data-source-fields.ts';

/** Settings of an {@link OperatorDataSource}. */
export interface OperatorDataSourceProps {
  /**
   * Labels of the Grafana that gets the data source. It must be in the tenant's namespace: no other may
   * import it. They cannot be changed later: delete the GrafanaDatasource first.
   */
  readonly instanceLabels: Readonly<Record<string, string>>;
  /**
   * Who vouches for the frontend's certificate: `CertificateAuthority.pem` or `.system`. The operator
   * cannot point Grafana to a file.
   */
  readonly certificateAuthority: CertificateAuthority;
  /**
   * What users of that Grafana are known by: the token of the tenant, or their own by forwarded OAuth.
   * @default 'token'
   */
  readonly credential?: 'token' | 'oauth';
  /**
   * Name that users see.
   * @default - the tenant's name and "metrics"
   */
  readonly name?: string;
  /**
   * The scrape interval, below which Grafana asks for no finer step.
   * @default '30s'
   */
  readonly timeInterval?: string;
}

/** What such a data source points to. */
export interface OperatorDataSourceTarget {
  /** The tenant's namespace. */
  readonly namespace: string;
  /** URL of the tenant at the frontend, with a slash at the end. */
  readonly url: string;
  /** The Secret with the tenant's token under the key `token`, where there is one. */
  readonly tokenSecretName: string | undefined;
  /** Labels of the object. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The data source as a resource of the Grafana operator (`grafana.integreatly.org/v1beta1`), for a
 * Grafana of the tenant's own.
 *
 * The operator reads the token from its Secret each time it synchronises, so one that is renewed keeps
 * working. The resource itself holds none.
 *
 * Its `instanceSelector` is immutable, so an apply with other `instanceLabels` fails. Whoever changes them
 * deletes the resource before (`kubectl delete grafanadatasource metrics -n <tenant>`): the operator takes
 * the data source out of the old Grafana then, and the next apply puts it into the new one, with the same
 * UID, so that dashboards find it.
 */
export class OperatorDataSource {
  readonly #props: OperatorDataSourceProps;

  /** @throws {SynthError} If no label is named, which would select every Grafana of the namespace. */
  constructor(props: OperatorDataSourceProps) {
    this.#props = props;
    if (Object.keys(props.instanceLabels).length > 0) return;
    throw new SynthError(
      'OperatorDataSource instanceLabels',
      'names no label, which selects every Grafana',
      'name the labels of the one that is meant',
    );
  }

  /**
   * Adds the resource.
   *
   * @throws {SynthError} If it needs a token and the tenant has none, or its authority is a file.
   */
  addTo(scope: Construct, target: OperatorDataSourceTarget): ApiObject {
    const { certificateAuthority, credential = 'token', instanceLabels } = this.#props;
    const { namespace, tokenSecretName, url } = target;
    const subject = `OperatorDataSource of ${namespace}`;
    const authority = url.startsWith('https:') ? certificateAuthority.provisionedValue : undefined;
    refuseFile(subject, authority);
    const secret = credential === 'token' ? requireSecret(subject, tokenSecretName) : undefined;
    return new ApiObject(scope, 'operator-data-source', {
      apiVersion: 'grafana.integreatly.org/v1beta1',
      kind: 'GrafanaDatasource',
      metadata: { name: 'metrics', namespace, labels: { ...target.labels } },
      spec: {
        instanceSelector: { matchLabels: { ...instanceLabels } },
        allowCrossNamespaceImport: false,
        ...(secret !== undefined && {
          valuesFrom: [
            {
              targetPath: 'secureJsonData.httpHeaderValue1',
              valueFrom: { secretKeyRef: { name: secret, key: 'token' } },
            },
          ],
        }),
        datasource: dataSourceFields({
          name: this.#props.name,
          namespace,
          url,
          timeInterval: this.#props.timeInterval,
          certificateAuthority: authority,
          authorization: secret === undefined ? undefined : 'Bearer ${token}',
        }),
      },
    });
  }
}

function requireSecret(subject: string, name: string | undefined): string {
  if (name !== undefined) return name;
  throw new SynthError(
    subject,
    'points to a token, and the tenant is given none',
    "set credential to 'oauth', or give the tenant a token",
  );
}

function refuseFile(subject: string, authority: string | undefined): void {
  if (authority?.startsWith('$') !== true) return;
  throw new SynthError(
    `${subject} certificateAuthority`,
    'is a file, which Grafana reads for provisioning files alone',
    'use CertificateAuthority.pem or CertificateAuthority.system',
  );
}
