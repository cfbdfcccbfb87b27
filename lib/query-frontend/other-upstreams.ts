import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { NetworkDestination } from '../network/network-destination.ts';
import { isSameGroup, type PodConnection } from '../network/network-part.ts';
import type { PodGroup } from '../pod-group.ts';
import { THANOS_HTTP } from '../thanos/ports.ts';
import type { MountedFolder } from './mounted-folder.ts';
import type { QueryUpstream } from './query-upstream.ts';
import {
  connectionFolder,
  connectionSettings,
  type UpstreamConnection,
} from './upstream-connection.ts';

/** What is known of an upstream beside the one of the queries. */
interface Place {
  readonly url: string;
  readonly network: PodConnection | NetworkDestination;
  readonly connection: UpstreamConnection;
}

/** A Thanos ruler, as far as the frontend needs to know it. */
export interface RulerPods {
  /** Name of its Service. */
  readonly name: string;
  /** Its pods. */
  readonly pods: PodGroup;
  /** The label that carries the tenant in its rules. */
  readonly tenancyLabel: TenancyLabel;
}

/** Whose rules and alerts the frontend shows, filtered to those of the namespaces that were asked for. */
export class RulesUpstream {
  /** Where it is, and how it is reached. */
  readonly place: Place;
  /** The label that carries the tenant there, where that is known. */
  readonly tenancyLabel: TenancyLabel | undefined;

  private constructor(place: Place, tenancyLabel: TenancyLabel | undefined) {
    this.place = place;
    this.tenancyLabel = tenancyLabel;
  }

  /** A ruler of the kit itself. It must be among the parts of the network policies. */
  static ruler(ruler: RulerPods, connection: UpstreamConnection = {}): RulesUpstream {
    const { name, pods, tenancyLabel } = ruler;
    const scheme = connection.tls === undefined ? 'http' : 'https';
    const url = `${scheme}://${name}:${THANOS_HTTP.port}`;
    const network = { to: pods, port: THANOS_HTTP };
    return new RulesUpstream({ url, network, connection }, tenancyLabel);
  }

  /**
   * Whatever answers the API of Prometheus among the platform's pods: a querier, which gathers the
   * rules of its endpoints, or a Prometheus.
   */
  static api(upstream: QueryUpstream, connection: UpstreamConnection = {}): RulesUpstream {
    const { pods, queryPort, queryUrl, tenancyLabel } = upstream;
    const network = { to: pods, port: queryPort };
    return new RulesUpstream({ url: queryUrl, network, connection }, tenancyLabel);
  }

  /**
   * A ruler or Prometheus that the kit knows nothing of.
   *
   * @param url - Its URL; its path is put before the API path.
   * @param network - The pods or addresses behind the URL, and their ports.
   */
  static url(
    url: string,
    network: NetworkDestination,
    connection: UpstreamConnection = {},
  ): RulesUpstream {
    return new RulesUpstream({ url, network, connection }, undefined);
  }
}

/** Settings of {@link AlertmanagerUpstream.operated}. */
export interface OperatedAlertmanagerProps extends UpstreamConnection {
  /**
   * The Service in front of it. The default one of the operator is in front of all Alertmanagers of the
   * namespace, so where there are several, name one that selects this one alone.
   * @default 'alertmanager-operated'
   */
  readonly service?: string;
  /**
   * The port of its web API, on the Service and on the pods.
   * @default 9093
   */
  readonly port?: number;
}

/** The Alertmanager whose alerts and silences the frontend shows, filtered. */
export class AlertmanagerUpstream {
  /** Where it is, and how it is reached. */
  readonly place: Place;

  private constructor(place: Place) {
    this.place = place;
  }

  /** An Alertmanager resource in the namespace of the platform, which the operator runs. */
  static operated(name: string, props: OperatedAlertmanagerProps = {}): AlertmanagerUpstream {
    const { service = 'alertmanager-operated', port = 9_093, ...connection } = props;
    const scheme = connection.tls === undefined ? 'http' : 'https';
    const podLabels = {
      'app.kubernetes.io/instance': name,
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      'app.kubernetes.io/name': 'alertmanager',
    };
    const url = `${scheme}://${service}:${port}`;
    const network = NetworkDestination.neighbours(podLabels, [port]);
    return new AlertmanagerUpstream({ url, network, connection });
  }

  /**
   * An Alertmanager of another namespace, or outside of the cluster.
   *
   * @param url - Its URL; its path is put before the API path.
   * @param network - The pods or addresses behind the URL, and their ports.
   */
  static url(
    url: string,
    network: NetworkDestination,
    connection: UpstreamConnection = {},
  ): AlertmanagerUpstream {
    return new AlertmanagerUpstream({ url, network, connection });
  }
}

/** Who answers what is no query. */
export interface OtherUpstreams {
  /**
   * Whose rules and alerts are shown.
   * @default - those of the upstream of the queries
   */
  readonly rules?: RulesUpstream;
  /**
   * The Alertmanager behind `/api/v2`.
   * @default - none: these endpoints do not exist
   */
  readonly alertmanager?: AlertmanagerUpstream;
}

function placesOf({ alertmanager, rules }: OtherUpstreams): readonly (readonly [string, Place])[] {
  return [
    ...(rules === undefined ? [] : [['rules', rules.place] as const]),
    ...(alertmanager === undefined ? [] : [['alertmanager', alertmanager.place] as const]),
  ];
}

const folderName = (kind: string): string => `upstream-${kind}`;

/** The setting `upstreams`. */
export function upstreamsSettings(upstreams: OtherUpstreams): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    placesOf(upstreams).map(([kind, { connection, url }]) => [
      kind,
      { url, ...connectionSettings(folderName(kind), connection) },
    ]),
  );
}

/** The folders with the files of their connections. */
export function upstreamsFolders(upstreams: OtherUpstreams): readonly MountedFolder[] {
  return placesOf(upstreams).map(([kind, { connection }]) =>
    connectionFolder(folderName(kind), connection),
  );
}

/** The ways there, for network policies. */
export function upstreamsNetwork(
  upstreams: OtherUpstreams,
): readonly (PodConnection | NetworkDestination)[] {
  return placesOf(upstreams).map(([, { network }]) => network);
}

/** Whether a way leads to pods of the platform at another port, or to other ones, than a known one. */
export function isOtherConnection(
  way: PodConnection | NetworkDestination,
  known: PodConnection,
): way is PodConnection {
  if (!('to' in way)) return false;
  return !isSameGroup(way.to, known.to) || way.port.port !== known.port.port;
}
