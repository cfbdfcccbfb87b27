import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import {
  ATTRIBUTE_PRESETS,
  type LimitsConfig,
  type ResourceAttributesConfig,
  SEED_ATTRIBUTES,
} from '../../frontend/config/query-frontend.ts';
import { DEFAULT_TENANCY_LABEL, type TenancyLabel } from '../../tenant/tenancy-label.ts';
import { NODE_IMAGE_REPOSITORY, NODE_IMAGE_TAG } from '../images.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import { requireTenancyLabel } from '../tenancy-labels.ts';
import { RuntimeBundle } from './runtime-bundle.ts';
import { RuntimeCode } from './runtime-code.ts';
import { ServingCertificate } from './serving-certificate.ts';

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
   * The audience of the API server, which declarative tokens carry.
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
   * Bounds on what one request may ask.
   * @default - those of the runtime
   */
  readonly limits?: Partial<LimitsConfig>;
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
  readonly certificate: ServingCertificate | undefined;
  readonly audiences: readonly string[];
  readonly attributes: ResourceAttributesConfig;
  readonly limits: Partial<LimitsConfig>;
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
  const clusterIssuer = props.clusterIssuer ?? 'https://kubernetes.default.svc.cluster.local';
  refuseContradictions(subject, props);
  return {
    upstream: props.upstream,
    name,
    code: props.code ?? RuntimeCode.configMap(RuntimeBundle.packaged('query-frontend')),
    image: printNodeImage(subject, props.image ?? {}),
    tenancyLabel: props.upstream.tenancyLabel,
    certificate:
      props.unsafePlainHttp === true
        ? undefined
        : (props.certificate ?? ServingCertificate.secret()),
    audiences: props.audiences ?? [name, clusterIssuer],
    attributes: resolveAttributes(props.attributes ?? 'seed'),
    limits: props.limits ?? {},
    replicas: props.replicas ?? 2,
    resources: props.resources ?? {
      cpu: Cpu.millis(100),
      memory: Size.mebibytes(128),
      memoryLimit: Size.mebibytes(256),
    },
    legacyAlias: props.legacyAlias ?? false,
  };
}

function resolveAttributes(
  attributes: string | ResourceAttributesConfig,
): ResourceAttributesConfig {
  if (typeof attributes !== 'string') return attributes;
  return ATTRIBUTE_PRESETS[attributes] ?? SEED_ATTRIBUTES;
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
  if (label !== props.upstream.tenancyLabel) {
    throw new SynthError(
      `${subject} tenancyLabel`,
      `is ${label}, but the upstream carries tenants in ${props.upstream.tenancyLabel ?? DEFAULT_TENANCY_LABEL}`,
      'use one label everywhere',
    );
  }
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
