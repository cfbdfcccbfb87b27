import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type {
  AttributesByEndpointConfig,
  QueryFrontendConfig,
  ResourceAttributesConfig,
} from '../../frontend/config/query-frontend.ts';
import type { SilenceAttributesConfig } from '../../frontend/config/upstreams.ts';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import { addAutoscaler } from '../autoscaling.ts';
import { addDisruptionBudget } from '../availability.ts';
import { HashedConfigMap } from '../hashed-config-map.ts';
import { objectLabels, PART_OF, selectorLabels } from '../labels.ts';
import { NetworkDestination } from '../network/network-destination.ts';
import type { PodConnection } from '../network/network-part.ts';
import { requireNamespace } from '../platform-namespace.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import { podMetadata } from '../pod-placement.ts';
import { addServiceAccount } from '../service-account.ts';
import { frontendConfig, printFrontendConfig } from './frontend-config.ts';
import { FrontendDeployment } from './frontend-deployment.ts';
import { CERTIFICATE_FOLDER, frontendPodSpec } from './frontend-pod.ts';
import { identityProviderUrls } from './identity-providers.ts';
import { isOtherConnection, upstreamsNetwork } from './other-upstreams.ts';
import { HTTPS_PORT, OPERATIONS_PORT, PLAIN_HTTP_PORT } from './ports.ts';
import {
  attributesByEndpointOf,
  clusterWideAttributesOf,
  silenceAttributesOf,
} from './reader-attributes.ts';
import { ReviewFlow } from './review-flow.ts';
import { ReviewRbac } from './review-rbac.ts';
import { ownReviews, reviewRules } from './review-rules.ts';
import type { MountedCode } from './runtime-code.ts';
import {
  type QueryUpstream,
  resolveTenantQueryFrontend,
  type TenantQueryFrontendProps,
  type TenantQueryFrontendSettings,
} from './tenant-query-frontend-props.ts';

/** Name of the configuration file of the runtime. */
const CONFIG_FILE_NAME = 'config.json';

/** The Service to which data sources of installations by hand-written manifests point. */
const LEGACY_ALIAS = 'thanos-querier-frontend';

/**
 * The query frontend: the one address at which tenants query, and the one place that decides what
 * they see.
 */
export class TenantQueryFrontend extends Construct {
  /** Name of the Deployment, its Service and its ServiceAccount. */
  readonly name: string;
  /** The namespace it runs in. */
  readonly namespace: string;
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** What a reader must be allowed in a namespace; the tenants' Roles are made of it. */
  readonly attributes: ResourceAttributesConfig;
  /** What single classes of endpoints ask for instead. */
  readonly attributesByEndpoint: AttributesByEndpointConfig;
  /** What readers of the whole cluster must be allowed in all namespaces; empty where there are none. */
  readonly clusterWideAttributes: readonly ResourceAttributesConfig[];
  /** What answers the scoped queries. */
  readonly upstream: QueryUpstream;
  /** What whoever changes silences must be allowed, or `undefined` where nobody may. */
  readonly silenceAttributes: SilenceAttributesConfig | undefined;
  /** The pods, for network policies. They ask the API server. */
  readonly pods: PodGroup;
  /** What they connect to among the platform's pods. */
  readonly connections: readonly PodConnection[];
  /** What they connect to outside of those, beside the API server and the identity providers. */
  readonly destinations: readonly NetworkDestination[];
  /** The URLs at which they ask for keys of identity providers. */
  readonly identityProviders: readonly string[];
  /** The port that tenants connect to. */
  readonly tenantPort: PodPort;
  /** The configuration that the runtime reads. */
  readonly config: QueryFrontendConfig;
  /** The file of it. */
  readonly configFile: HashedConfigMap;
  /** The code of the runtime. */
  readonly code: MountedCode;
  /** The rights of the frontend. */
  readonly rbac: ReviewRbac;
  /** The seats of its reviews at the API server, where they have their own. */
  readonly reviewFlow: ReviewFlow | undefined;
  /** The Deployment. */
  readonly deployment: k8s.KubeDeployment;
  /** The Service. */
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, props: TenantQueryFrontendProps) {
    super(scope, id);
    const subject = `TenantQueryFrontend ${this.node.path}`;
    const settings = resolveTenantQueryFrontend(subject, props);
    const { name, autoscaling, certificate, replicas, upstream, tenancyLabel, attributes } =
      settings;
    const identity = { component: 'tenant-query-frontend', instance: name, software: PART_OF };
    const labels = objectLabels(identity);
    const podLabels = selectorLabels(identity);
    this.name = name;
    this.namespace = requireNamespace(this, subject);
    this.tenancyLabel = tenancyLabel;
    this.attributes = attributes;
    this.upstream = upstream;
    this.tenantPort = certificate === undefined ? PLAIN_HTTP_PORT : HTTPS_PORT;
    this.pods = { component: identity.component, podLabels, metricsPorts: [OPERATIONS_PORT] };
    this.config = this.#resolveConfig(subject, settings);
    const ways = upstreamsNetwork(settings.upstreams);
    const queries = { to: upstream.pods, port: upstream.queryPort };
    this.connections = [queries, ...ways.filter((it) => isOtherConnection(it, queries))];
    this.destinations = ways.filter((it) => it instanceof NetworkDestination);
    this.identityProviders = identityProviderUrls(this.config.access);
    this.silenceAttributes = silenceAttributesOf(this.config);
    this.attributesByEndpoint = attributesByEndpointOf(this.config.access);
    this.clusterWideAttributes = clusterWideAttributesOf(this.config.access);

    addServiceAccount(this, name, labels);
    const { namespace } = this;
    const rules = this.config.access.kind === 'kubernetes' ? reviewRules(this.config.access) : [];
    this.rbac = new ReviewRbac(this, 'rbac', {
      serviceAccountName: name,
      namespace,
      rules,
      labels,
    });
    this.reviewFlow = this.#addReviewFlow(settings, labels);
    this.code = settings.code.mountInto(this, name, labels);
    this.configFile = new HashedConfigMap(this, 'config', {
      prefix: `${name}-config`,
      data: { [CONFIG_FILE_NAME]: printFrontendConfig(this.config) },
      labels,
    });
    const certificateSecret = certificate?.addTo(this, {
      service: name,
      aliases: settings.legacyAlias ? [LEGACY_ALIAS] : [],
      namespace,
      labels,
    });
    const spec = frontendPodSpec({
      settings,
      podLabels,
      code: this.code,
      tenantPort: this.tenantPort,
      configMapName: this.configFile.name,
      configFileName: CONFIG_FILE_NAME,
      certificateSecret,
    });
    this.deployment = new FrontendDeployment(this, 'deployment', {
      metadata: { name, labels },
      spec: {
        ...(autoscaling === undefined ? { replicas } : {}),
        selector: { matchLabels: podLabels },
        strategy: { rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0) } },
        template: { metadata: podMetadata(labels, settings.placement), spec },
      },
    });
    this.service = this.#addService('service', name, this.tenantPort.port, labels, podLabels);
    if (settings.legacyAlias) {
      this.#addService('legacy-alias', LEGACY_ALIAS, 9_090, labels, podLabels);
    }
    addDisruptionBudget(this, { name, replicas, podLabels, labels });
    if (autoscaling !== undefined) addAutoscaler(this, { name, autoscaling, labels });
  }

  /**
   * The URL under which a tenant queries its own namespace, and nothing else. It ends in a slash,
   * which Grafana's data source needs.
   */
  urlOf(tenant: TenantId): string {
    const scheme = this.tenantPort === HTTPS_PORT ? 'https' : 'http';
    const host = `${this.name}.${this.namespace}.svc`;
    return `${scheme}://${host}:${this.tenantPort.port}/namespaces/${tenant}/`;
  }

  /**
   * The audience of tokens that are meant for the frontend alone, or `undefined` where it takes those of
   * the API server only.
   */
  get tokenAudience(): string | undefined {
    const { access } = this.config;
    return access.kind === 'kubernetes' ? access.audiences[0] : undefined;
  }

  #resolveConfig(subject: string, settings: TenantQueryFrontendSettings): QueryFrontendConfig {
    return frontendConfig(subject, {
      tenancyLabel: settings.tenancyLabel,
      staticLabels: settings.staticLabels,
      upstreamUrl: settings.upstream.queryUrl,
      upstreamConnection: settings.upstreamConnection,
      upstreams: settings.upstreams,
      endpoints: settings.endpoints,
      silenceAttributes: settings.silenceAttributes,
      tuning: settings.tuning,
      audiences: settings.audiences,
      attributes: settings.attributes,
      features: settings.features,
      credentials: settings.credentials,
      limits: settings.limits,
      sharing: settings.sharing,
      ui: settings.ui,
      certificateFolder: settings.certificate === undefined ? undefined : CERTIFICATE_FOLDER,
      tenantPort: this.tenantPort.port,
      operationsPort: OPERATIONS_PORT.port,
    });
  }

  #addReviewFlow(
    { reviewFlow }: TenantQueryFrontendSettings,
    labels: Readonly<Record<string, string>>,
  ): ReviewFlow | undefined {
    if (reviewFlow === undefined) return undefined;
    const { access } = this.config;
    return new ReviewFlow(this, 'review-flow', {
      serviceAccountName: this.name,
      namespace: this.namespace,
      reviews: access.kind === 'kubernetes' ? ownReviews(access) : [],
      settings: reviewFlow,
      labels,
    });
  }

  #addService(
    id: string,
    name: string,
    port: number,
    labels: Record<string, string>,
    selector: Record<string, string>,
  ): k8s.KubeService {
    return new k8s.KubeService(this, id, {
      metadata: { name, labels },
      spec: {
        selector,
        ports: [
          {
            name: this.tenantPort.name,
            port,
            targetPort: k8s.IntOrString.fromString(this.tenantPort.name),
            protocol: 'TCP',
          },
        ],
      },
    });
  }
}
