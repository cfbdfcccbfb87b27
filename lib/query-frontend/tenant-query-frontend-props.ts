import { type Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import {
  ATTRIBUTE_PRESETS,
  type LimitsConfig,
  type ResourceAttributesConfig,
} from '../../frontend/config/query-frontend.ts';
import type {
  CoalescingConfig,
  ConcurrencyConfig,
  RatesConfig,
} from '../../frontend/config/limits.ts';
import type { EndpointsConfig, SilenceAttributesConfig } from '../../frontend/config/upstreams.ts';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { type Autoscaling, leastReplicas } from '../autoscaling.ts';
import { type PodPlacement, placementOf } from '../pod-placement.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import type { AccessFeatures } from './access-features.ts';
import type { CallerCredentials } from './caller-credentials.ts';
import type { SharingSettings } from './frontend-config.ts';
import { refuseContradictions } from './frontend-refusals.ts';
import type { FrontendTuning } from './frontend-tuning.ts';
import { type NodeImage, printNodeImage } from './node-image.ts';
import type { OtherUpstreams } from './other-upstreams.ts';
import type { QueryUpstream } from './query-upstream.ts';
import type { ReviewFlowSettings } from './review-flow.ts';
import type { RuntimeCode } from './runtime-code.ts';
import { ServingCertificate } from './serving-certificate.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import { resolveCode, type WebUiSettings } from './web-ui.ts';

/** The audience of API servers whose cluster names itself as kubeadm does. */
export const DEFAULT_CLUSTER_ISSUER = 'https://kubernetes.default.svc.cluster.local';

export type { NodeImage } from './node-image.ts';
export type { QueryUpstream } from './query-upstream.ts';

/** How the frontend and the upstream of the queries know each other. */
export interface QueryConnection extends UpstreamConnection {
  /**
   * Longest time for one answer, access reviews and body included. Grafana gives up after 30 s.
   * @default Duration.seconds(28)
   */
  readonly deadline?: Duration;
}

/** Settings of a `TenantQueryFrontend`. */
export interface TenantQueryFrontendProps extends FrontendTuning, PodPlacement {
  /** What answers the scoped queries. */
  readonly upstream: QueryUpstream;
  /**
   * How the frontend and that upstream know each other.
   * @default - plain HTTP, which network policies keep to the frontend
   */
  readonly upstreamConnection?: QueryConnection;
  /**
   * Who answers what is no query: rules, alerts, silences.
   * @default - rules and alerts come from the upstream, and there are no silences
   */
  readonly upstreams?: OtherUpstreams;
  /**
   * Which endpoints there are beside the queries, and how they are answered.
   * @default - those of the runtime: no `/federate`, no metadata, silences are read only
   */
  readonly endpoints?: Partial<EndpointsConfig>;
  /**
   * What a caller must be allowed to `create`, `update` or `delete` in the namespace to do so with a
   * silence. `silencers` of a `Tenant` are. Resources of Kubernetes itself, such as `pods`, throw.
   * @default - `namespace/silences`
   */
  readonly silenceAttributes?: SilenceAttributesConfig;
  /**
   * Name of the Deployment, its Service and its ServiceAccount.
   * @default 'tenant-query-frontend'
   */
  readonly name?: string;
  /**
   * The code of the runtime.
   * @default RuntimeCode.configMap(RuntimeBundle.packaged('query-frontend')), with `ui` that of
   *   'query-frontend-ui'
   */
  readonly code?: RuntimeCode;
  /**
   * The Node that runs code out of ConfigMaps.
   * @default - docker.io/library/node:24-slim
   */
  readonly image?: NodeImage;
  /**
   * The label that carries the tenant. It must be the upstream's.
   * @default - that of the upstream
   */
  readonly tenancyLabel?: string;
  /**
   * Labels, such as `cluster`, that every series must carry besides that of its tenant: where
   * several clusters share one store, a namespace of one name is a tenant in each.
   * @default - none
   */
  readonly staticLabels?: Readonly<Record<string, string>>;
  /**
   * The certificate that tenants see.
   * @default ServingCertificate.secret()
   */
  readonly certificate?: ServingCertificate;
  /**
   * Speaks HTTP without TLS, so that tokens cross the network in clear text. For a mesh that
   * encrypts on its own.
   * @default false
   */
  readonly unsafePlainHttp?: boolean;
  /**
   * The audience of the API server, for which declarative tokens are meant. Where it is wrong, the
   * frontend refuses all of them.
   *
   * The default is wrong on EKS, GKE and AKS. The audience is the `issuer` that
   * `kubectl get --raw /.well-known/openid-configuration` prints, unless the API server runs with
   * `--api-audiences`, as on EKS. The claim `aud` of what `kubectl create token default` prints holds
   * it in every case.
   *
   * @default 'https://kubernetes.default.svc.cluster.local'
   */
  readonly clusterIssuer?: string;
  /**
   * Audiences that a token may be meant for. Naming only the frontend's own protects from a stolen
   * frontend that replays tokens, and costs that long-lived Secret tokens are refused.
   * @default - the frontend's own audience (its name) and that of the API server
   */
  readonly audiences?: readonly string[];
  /**
   * What a reader must be allowed in the namespace: `'seed'` is `get namespace/metrics`, `'seedPodsMetrics'`
   * `get pods/metrics`, `'openshift'` `get pods.metrics.k8s.io`; or in full.
   * @default 'seed'
   */
  readonly attributes?: 'seed' | 'seedPodsMetrics' | 'openshift' | ResourceAttributesConfig;
  /**
   * Optional features of how access is decided.
   * @default - none
   */
  readonly features?: AccessFeatures;
  /**
   * By what callers identify themselves.
   * @default - the bearer token of the Authorization header alone
   */
  readonly credentials?: CallerCredentials;
  /**
   * Gives the reviews seats of their own at the API server, so that nobody's flood of other requests
   * holds them up. It adds a FlowSchema and a PriorityLevelConfiguration.
   * @default - none: the reviews queue with those of all ServiceAccounts
   */
  readonly reviewFlow?: ReviewFlowSettings;
  /**
   * Bounds on what one request may ask.
   * @default - those of the runtime
   */
  readonly limits?: Partial<LimitsConfig>;
  /**
   * Requests per second that one user and one set of namespaces may send to one replica.
   * @default - those of the runtime
   */
  readonly rates?: Partial<RatesConfig>;
  /**
   * Queries of one replica that the upstream works on at once, and that wait for it.
   * @default - those of the runtime
   */
  readonly concurrency?: Partial<ConcurrencyConfig>;
  /**
   * How equal queries share answers, and whether answers are remembered.
   * @default - answers are shared and not remembered
   */
  readonly coalescing?: Partial<CoalescingConfig>;
  /**
   * Shows the web UI of the upstream below `/namespaces/<namespace>/graph`, for browsers behind a
   * proxy that signs people in and sends their tokens. The upstream must be a Thanos querier.
   * @default - none: there is no page
   */
  readonly ui?: WebUiSettings;
  /** @default 2 */
  readonly replicas?: number;
  /**
   * Scales the replicas by their use of CPU, instead of `replicas`. Rates and queues are counted by each
   * replica on its own.
   * @default - no autoscaler
   */
  readonly autoscaling?: Autoscaling;
  /**
   * The PriorityClass of the pods. It must exist.
   * @default - that of the cluster
   */
  readonly priorityClassName?: string;
  /** @default - 100m CPU and 256 MiB, at most 512 MiB */
  readonly resources?: ContainerResources;
  /**
   * Adds a Service `thanos-querier-frontend` on port 9090, which is where data sources of
   * installations that came before us point to. A certificate out of a Secret must name it, too.
   * @default false
   */
  readonly legacyAlias?: boolean;
}

/** The settings with every default filled in. */
export interface TenantQueryFrontendSettings {
  readonly upstream: QueryUpstream;
  readonly upstreamConnection: QueryConnection;
  readonly upstreams: OtherUpstreams;
  readonly endpoints: Partial<EndpointsConfig>;
  readonly silenceAttributes: SilenceAttributesConfig | undefined;
  readonly tuning: FrontendTuning;
  readonly name: string;
  readonly code: RuntimeCode;
  readonly image: string;
  readonly tenancyLabel: TenancyLabel;
  readonly staticLabels: Readonly<Record<string, string>>;
  readonly certificate: ServingCertificate | undefined;
  readonly audiences: readonly string[];
  readonly attributes: ResourceAttributesConfig;
  readonly features: AccessFeatures;
  readonly credentials: CallerCredentials;
  readonly reviewFlow: ReviewFlowSettings | undefined;
  readonly limits: Partial<LimitsConfig>;
  readonly sharing: SharingSettings;
  readonly ui: WebUiSettings | undefined;
  readonly replicas: number;
  readonly autoscaling: Autoscaling | undefined;
  readonly priorityClassName: string | undefined;
  readonly placement: PodPlacement;
  readonly resources: ContainerResources;
  readonly legacyAlias: boolean;
}

/** Fills in the defaults and refuses settings that contradict each other. */
export function resolveTenantQueryFrontend(
  subject: string,
  props: TenantQueryFrontendProps,
): TenantQueryFrontendSettings {
  const name = props.name ?? 'tenant-query-frontend';
  const clusterIssuer = props.clusterIssuer ?? DEFAULT_CLUSTER_ISSUER;
  refuseContradictions(subject, props);
  const code = resolveCode(subject, props);
  return {
    upstream: props.upstream,
    upstreamConnection: props.upstreamConnection ?? {},
    upstreams: props.upstreams ?? {},
    endpoints: props.endpoints ?? {},
    silenceAttributes: props.silenceAttributes,
    tuning: props,
    name,
    code,
    image: code.image ?? printNodeImage(subject, props.image ?? {}),
    tenancyLabel: props.upstream.tenancyLabel,
    staticLabels: props.staticLabels ?? {},
    certificate:
      props.unsafePlainHttp === true
        ? undefined
        : (props.certificate ?? ServingCertificate.secret()),
    // Callers that ask for themselves are asked about by the API server's own audience.
    audiences: props.audiences ?? (props.features?.review === 'self' ? [] : [name, clusterIssuer]),
    attributes: resolveAttributes(subject, props.attributes ?? 'seed'),
    features: props.features ?? {},
    credentials: props.credentials ?? {},
    reviewFlow: props.reviewFlow,
    limits: props.limits ?? {},
    sharing: {
      rates: props.rates ?? {},
      concurrency: props.concurrency ?? {},
      coalescing: props.coalescing ?? {},
    },
    ui: props.ui,
    replicas:
      props.autoscaling === undefined
        ? (props.replicas ?? 2)
        : leastReplicas(subject, props.autoscaling),
    autoscaling: props.autoscaling,
    priorityClassName: props.priorityClassName,
    placement: placementOf(props),
    resources: props.resources ?? {
      cpu: Cpu.millis(100),
      // Under a long mixed load the process settles at about 240 MB; filtered answers and shared
      // ones that a slow reader holds come on top, within the bounds of the configuration.
      memory: Size.mebibytes(256),
      memoryLimit: Size.mebibytes(512),
    },
    legacyAlias: props.legacyAlias ?? false,
  };
}

function resolveAttributes(
  subject: string,
  attributes: string | ResourceAttributesConfig,
): ResourceAttributesConfig {
  if (typeof attributes !== 'string') return attributes;
  const preset = Object.entries(ATTRIBUTE_PRESETS).find(([name]) => name === attributes)?.[1];
  if (preset !== undefined) return preset;
  throw new SynthError(
    `${subject} attributes`,
    `${JSON.stringify(attributes)} is no preset`,
    `use one of ${Object.keys(ATTRIBUTE_PRESETS).join(', ')}, or write the attributes in full`,
  );
}
