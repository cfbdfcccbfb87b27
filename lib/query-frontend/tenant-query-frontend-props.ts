import { Size } from 'cdk8s';
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
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { NODE_IMAGE_REPOSITORY, NODE_IMAGE_TAG } from '../images.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import { refuseSeveralTenancyLabels, requireTenancyLabel } from '../tenancy-labels.ts';
import type { AccessFeatures } from './access-features.ts';
import type { SharingSettings } from './frontend-config.ts';
import { RuntimeBundle } from './runtime-bundle.ts';
import { RuntimeCode } from './runtime-code.ts';
import { ServingCertificate } from './serving-certificate.ts';

/** The audience of API servers whose cluster names itself as kubeadm does. */
export const DEFAULT_CLUSTER_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Something that answers the query API of Prometheus: a Thanos querier. */
export interface QueryUpstream {
  /** URL of the query API, relative to the namespace. */
  readonly queryUrl: string;
  /** The pods behind the URL. */
  readonly pods: PodGroup;
  /** The port of the query API on those pods. */
  readonly queryPort: PodPort;
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
}

/** The image that runs the code: a plain Node. */
export interface NodeImage {
  /** @default 'docker.io/library/node' */
  readonly repository?: string;
  /**
   * The tag: Node 24 or newer.
   * @default '24-slim'
   */
  readonly tag?: string;
  /**
   * The digest, such as `sha256:...`, which then decides instead of the tag.
   * @default - none: the tag decides
   */
  readonly digest?: string;
}

/** Settings of a `TenantQueryFrontend`. */
export interface TenantQueryFrontendProps {
  /** What answers the scoped queries. */
  readonly upstream: QueryUpstream;
  /**
   * Name of the Deployment, its Service and its ServiceAccount.
   * @default 'tenant-query-frontend'
   */
  readonly name?: string;
  /**
   * The code of the runtime.
   * @default RuntimeCode.configMap(RuntimeBundle.packaged('query-frontend'))
   */
  readonly code?: RuntimeCode;
  /** @default - docker.io/library/node:24-slim */
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
   * What a reader must be allowed in the namespace, by name or in full.
   * @default 'seed'
   */
  readonly attributes?: 'seed' | 'seedPodsMetrics' | 'openshift' | ResourceAttributesConfig;
  /**
   * Optional features of how access is decided.
   * @default - none
   */
  readonly features?: AccessFeatures;
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
  /** @default 2 */
  readonly replicas?: number;
  /** @default - 100m CPU and 128 MiB, at most 256 MiB */
  readonly resources?: ContainerResources;
  /**
   * Adds a Service `thanos-querier-frontend` on port 9090, which is where data sources of
   * installations that came before us point to.
   * @default false
   */
  readonly legacyAlias?: boolean;
}

/** The settings with every default filled in. */
export interface TenantQueryFrontendSettings {
  readonly upstream: QueryUpstream;
  readonly name: string;
  readonly code: RuntimeCode;
  readonly image: string;
  readonly tenancyLabel: TenancyLabel;
  readonly staticLabels: Readonly<Record<string, string>>;
  readonly certificate: ServingCertificate | undefined;
  readonly audiences: readonly string[];
  readonly attributes: ResourceAttributesConfig;
  readonly features: AccessFeatures;
  readonly limits: Partial<LimitsConfig>;
  readonly sharing: SharingSettings;
  readonly replicas: number;
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
  return {
    upstream: props.upstream,
    name,
    code: props.code ?? RuntimeCode.configMap(RuntimeBundle.packaged('query-frontend')),
    image: printNodeImage(subject, props.image ?? {}),
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
    limits: props.limits ?? {},
    sharing: {
      rates: props.rates ?? {},
      concurrency: props.concurrency ?? {},
      coalescing: props.coalescing ?? {},
    },
    replicas: props.replicas ?? 2,
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

function printNodeImage(subject: string, image: NodeImage): string {
  const repository = image.repository ?? NODE_IMAGE_REPOSITORY;
  const tagged = `${repository}:${image.tag ?? NODE_IMAGE_TAG}`;
  if (image.digest === undefined) return tagged;
  if (/^sha256:[0-9a-f]{64}$/.test(image.digest)) return `${tagged}@${image.digest}`;
  throw new SynthError(
    `${subject} image.digest`,
    `${JSON.stringify(image.digest)} is not a digest`,
    'write sha256: and 64 hexadecimal digits',
  );
}

function refuseContradictions(subject: string, props: TenantQueryFrontendProps): void {
  const label = requireTenancyLabel(subject, props.tenancyLabel ?? props.upstream.tenancyLabel);
  refuseSeveralTenancyLabels(subject, {
    'the frontend': label,
    'the upstream': props.upstream.tenancyLabel,
  });
  if (props.unsafePlainHttp === true && props.certificate !== undefined) {
    throw new SynthError(
      subject,
      'unsafePlainHttp and certificate contradict each other',
      'leave one of them out',
    );
  }
  if (props.audiences !== undefined && props.clusterIssuer !== undefined) {
    throw new SynthError(
      subject,
      'audiences replaces the default list, so clusterIssuer would have no effect',
      'put the audience of the API server into audiences',
    );
  }
  if (props.audiences?.length === 0) {
    throw new SynthError(
      `${subject} audiences`,
      'is empty, so a token meant for any service would do',
      'name at least one audience',
    );
  }
}
