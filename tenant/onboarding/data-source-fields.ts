import { contentHash } from '../../lib/hashed-config-map.ts';

/** What a data source of a tenant consists of, however Grafana is given it. */
export interface DataSourceSettings {
  /** Name that users see, or `undefined` for the tenant's name and "metrics". */
  readonly name: string | undefined;
  /** The tenant's namespace. */
  readonly namespace: string;
  /** URL of the tenant at the frontend, with a slash at the end. */
  readonly url: string;
  /** The scrape interval, or `undefined` for 30 seconds. */
  readonly timeInterval: string | undefined;
  /** Who vouches for the frontend, as Grafana reads it; `undefined` for those of the system. */
  readonly certificateAuthority: string | undefined;
  /** The header, as Grafana reads it; `undefined` to pass the users' own tokens on. */
  readonly authorization: string | undefined;
}

/** A data source in the words of Grafana. */
export function dataSourceFields(settings: DataSourceSettings): Readonly<Record<string, unknown>> {
  const { authorization, certificateAuthority, namespace, url } = settings;
  return {
    name: settings.name ?? `${namespace} metrics`,
    uid: dataSourceUid(namespace),
    type: 'prometheus',
    access: 'proxy',
    url,
    editable: false,
    jsonData: {
      httpMethod: 'POST',
      // Rules and silences of the data source would need an API that the frontend does not offer.
      manageAlerts: false,
      prometheusType: 'Thanos',
      timeInterval: settings.timeInterval ?? '30s',
      tlsSkipVerify: false,
      ...(certificateAuthority === undefined ? {} : { tlsAuthWithCACert: true }),
      ...(authorization === undefined
        ? { oauthPassThru: true }
        : { httpHeaderName1: 'Authorization' }),
    },
    secureJsonData: {
      ...(certificateAuthority === undefined ? {} : { tlsCACert: certificateAuthority }),
      ...(authorization === undefined ? {} : { httpHeaderValue1: authorization }),
    },
  };
}

const MAX_UID_LENGTH = 40;

// Grafana takes at most 40 characters, and two long namespaces may begin alike.
function dataSourceUid(namespace: string): string {
  const uid = `tenant-${namespace}`;
  if (uid.length <= MAX_UID_LENGTH) return uid;
  const hash = contentHash({ namespace });
  return `${uid.slice(0, MAX_UID_LENGTH - hash.length - 1)}-${hash}`;
}
