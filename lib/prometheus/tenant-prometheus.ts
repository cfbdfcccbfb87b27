import { ApiObject, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { addDisruptionBudget } from '../availability.ts';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { objectLabels, PART_OF, selectorLabels } from '../labels.ts';
import { objstoreVolumes } from '../objstore-secret.ts';
import type { NetworkDestination } from '../network/network-destination.ts';
import { requireNamespace } from '../platform-namespace.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { addServiceAccount } from '../service-account.ts';
import { type GrpcTls, grpcVolumes } from '../thanos/grpc-tls.ts';
import { THANOS_GRPC, THANOS_HTTP, thanosServicePorts } from '../thanos/ports.ts';
import { srvAddress, type StoreEndpoint } from '../thanos/store-endpoint.ts';
import { DiscoveryRbac } from './discovery-rbac.ts';
import { exclusionsOf, foreignExclusions } from './enforcement-exclusions.ts';
import {
  identityFields,
  platformFields,
  podFields,
  sidecarFields,
  surfaceFields,
  tenancyFields,
} from './prometheus-spec.ts';
import { finalSpec } from './final-spec.ts';
import { alertingFields } from './prometheus-alertmanager.ts';
import { withSidecarEnv } from './sidecar-env.ts';
import type { WebAccess } from './web-access.ts';
import { brokenWalls } from './tenancy-walls.ts';
import {
  REPLICA_LABEL,
  resolveTenantPrometheus,
  type TenantPrometheusProps,
  type TenantPrometheusSettings,
} from './tenant-prometheus-props.ts';
import {
  type CertificateFields,
  certificateFields,
  CLIENT_CONFIG_FILE_NAME,
  printClientConfig,
} from './web-access-fields.ts';

/**
 * A Prometheus that many tenants share, with a Thanos sidecar, run by the operator.
 *
 * Tenants bring ServiceMonitors and PodMonitors. Whatever these say, the tenancy label of a series is
 * the namespace of its monitor. The walls are checked on the final resource, after JSON patches.
 */
export class TenantPrometheus extends Construct implements StoreEndpoint {
  /** Name of the Prometheus resource. */
  readonly name: string;
  /** The namespace it runs in. */
  readonly namespace: string;
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** The pods, for network policies. They scrape, discover and reach the object store. */
  readonly pods: PodGroup;
  /** The address at which a querier finds the sidecars. */
  readonly storeAddress: string;
  /** The label that tells the replicas apart. */
  readonly replicaLabels: readonly string[] = [REPLICA_LABEL];
  /** The pods behind the address. */
  readonly storePods: PodGroup;
  /** The port of the sidecar's Store API. */
  readonly storePort: PodPort = THANOS_GRPC;
  /** The pods reach the object store. */
  readonly usesObjstore: boolean = true;
  /** The certificates of the sidecar's Store API. */
  readonly grpcTls: GrpcTls | undefined;
  /** What it sends alerts to, for network policies. */
  readonly destinations: readonly NetworkDestination[];
  /** Who may speak to the web port. */
  readonly webAccess: WebAccess;
  /** The Prometheus resource. */
  readonly apiObject: ApiObject;
  /** The headless Service of the sidecars. */
  readonly sidecarService: k8s.KubeService;
  /** What Prometheus may read to find its targets. */
  readonly rbac: DiscoveryRbac;
  readonly #excludedScrapeConfigs = new Set<string>();

  constructor(scope: Construct, id: string, props: TenantPrometheusProps) {
    super(scope, id);
    const subject = `TenantPrometheus ${this.node.path}`;
    const settings = resolveTenantPrometheus(subject, props);
    const identity = {
      component: 'prometheus',
      instance: settings.name,
      software: 'prometheus',
      version: settings.prometheus.version,
    };
    const labels = objectLabels(identity);
    const podLabels = selectorLabels(identity);
    this.name = settings.name;
    this.namespace = requireNamespace(this, subject);
    this.tenancyLabel = settings.tenancyLabel;
    this.grpcTls = settings.grpcTls;
    this.webAccess = settings.webAccess;
    this.destinations = settings.alertmanagers.map(({ network }) => network);
    this.pods = {
      component: identity.component,
      podLabels,
      metricsPorts: [THANOS_HTTP, RELOADER_PORT],
    };
    this.storePods = this.pods;

    const serviceAccountName = `prometheus-${this.name}`;
    addServiceAccount(this, serviceAccountName, labels, settings.serviceAccountAnnotations);
    this.rbac = new DiscoveryRbac(this, 'rbac', {
      serviceAccountName,
      namespace: this.namespace,
      labels,
    });
    this.apiObject = this.#addResource(subject, settings, labels, podLabels);
    const sidecarName = `${this.name}-thanos-sidecar`;
    this.storeAddress = srvAddress(sidecarName, this.storePort);
    this.sidecarService = new k8s.KubeService(this, 'sidecar-service', {
      metadata: { name: sidecarName, labels },
      spec: { clusterIp: 'None', selector: podLabels, ports: thanosServicePorts() },
    });
    if (settings.legacyAlias) this.#addLegacyAlias(podLabels);
    const { replicas } = settings;
    addDisruptionBudget(this, { name: `prometheus-${this.name}`, replicas, podLabels, labels });
  }

  /**
   * Leaves the tenancy label of one scrape configuration of the platform to that configuration, so that
   * its series can belong to several tenants.
   *
   * @param name - Name of the ScrapeConfig, in the namespace of Prometheus.
   */
  excludeScrapeConfig(name: string): void {
    this.#excludedScrapeConfigs.add(name);
  }

  #addLegacyAlias(selector: Record<string, string>): void {
    void new k8s.KubeService(this, 'legacy-alias', {
      metadata: {
        name: 'thanos-sidecar',
        // Not those of the other Service, or whoever looks for that would find both.
        labels: { 'app.kubernetes.io/part-of': PART_OF, 'app.kubernetes.io/component': 'legacy' },
      },
      spec: { selector, ports: thanosServicePorts() },
    });
  }

  #addResource(
    subject: string,
    settings: TenantPrometheusSettings,
    labels: Record<string, string>,
    podLabels: Record<string, string>,
  ): ApiObject {
    const web = this.#addWebAccess(settings, labels);
    const resource = new ApiObject(this, 'prometheus', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name: settings.name, labels },
      spec: {
        ...tenancyFields(subject, settings),
        ...surfaceFields(settings),
        ...platformFields(),
        ...alertingFields(settings.alertmanagers, this.namespace),
        excludedFromEnforcement: Lazy.any({
          produce: () => exclusionsOf(this.namespace, this.#excludedScrapeConfigs),
        }),
        ...identityFields(settings),
        ...sidecarFields(settings),
        ...podFields(settings, podLabels),
        ...withSidecarEnv(web.fields, settings.sidecarEnv),
        volumes: [
          ...objstoreVolumes(settings.objstore),
          ...grpcVolumes(settings.grpcTls, 'server'),
          ...web.volumes,
        ],
      },
    });
    this.node.addValidation({
      validate: () => {
        const spec = finalSpec(resource);
        return [...brokenWalls(spec, settings), ...foreignExclusions(spec, this.namespace)];
      },
    });
    return resource;
  }

  #addWebAccess(
    settings: TenantPrometheusSettings,
    labels: Readonly<Record<string, string>>,
  ): CertificateFields {
    const { certificates } = settings.webAccess;
    if (certificates === undefined) return { fields: {}, volumes: [] };
    const clientConfig = new HashedConfigMap(this, 'web-client-config', {
      prefix: `prometheus-${this.name}-web-client`,
      data: { [CLIENT_CONFIG_FILE_NAME]: printClientConfig() },
      labels,
    });
    return certificateFields(certificates, clientConfig.name);
  }
}

/** The port on which the operator's config reloader answers metrics. */
const RELOADER_PORT: PodPort = { name: 'reloader-web', port: 8_080 };
