import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import { refuseShortRetention } from '../block-retention.ts';
import { refuseSharedIdentity } from '../external-labels.ts';
import type { NetworkDestination } from '../network/network-destination.ts';
import type { PodConnection } from '../network/network-part.ts';
import type { ObjstoreSecret } from '../objstore-secret.ts';
import type { QueryUpstream } from '../query-frontend/tenant-query-frontend-props.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import type { AlertmanagerTarget } from './alertmanagers.ts';
import type { GrpcTls } from './grpc-tls.ts';
import type { RulesSidecar } from './rules-sidecar.ts';
import {
  resolveWorkload,
  type ThanosWorkloadProps,
  type ThanosWorkloadSettings,
} from './workload-props.ts';

/** Something that takes series by remote write: the receive of Thanos. */
export interface RemoteWriteTarget {
  /** URL of the remote write API, relative to the namespace. */
  readonly writeUrl: string;
  /** The way there, for network policies. */
  readonly writeNetwork: PodConnection | NetworkDestination;
}

/** Where a ruler keeps what it computed, and who runs it. */
export type RulerMode =
  | {
      /** It keeps its own blocks, uploads them and answers the querier. */
      readonly kind: 'stateful';
    }
  | {
      /** It writes what it computed to receive. The way for many rules. */
      readonly kind: 'stateless';
      /** Where it writes. */
      readonly remoteWrite: RemoteWriteTarget;
    }
  | {
      /** A ThanosRuler resource: the operator runs it, and brings rules of the platform. */
      readonly kind: 'resource';
      /**
       * Which PrometheusRules of the platform are taken, in the words of the operator.
       * @default - none
       */
      readonly ruleSelector?: Readonly<Record<string, unknown>>;
      /**
       * In which namespaces they are looked for. One that may be a tenant's throws: the operator's
       * enforcement answers from other tenants, by parameters of aggregations and by templates.
       * @default - that of the ruler
       */
      readonly ruleNamespaceSelector?: Readonly<Record<string, unknown>>;
    };

/** Settings of a `ThanosRuler`. */
export interface ThanosRulerProps extends ThanosWorkloadProps {
  /** The external label `cluster` on what it computes. */
  readonly cluster: string;
  /** What answers its queries: `ThanosQuerier.named()`, whose endpoint it becomes. */
  readonly query: QueryUpstream;
  /** @default - stateful */
  readonly mode?: RulerMode;
  /**
   * Name of the workload and its Service.
   * @default 'thanos-ruler'
   */
  readonly name?: string;
  /** @default 2 */
  readonly replicas?: number;
  /**
   * Rule files of the platform, by name without an ending. They see all tenants. Not for the mode
   * `resource`, which takes PrometheusRules.
   * @default - none
   */
  readonly rules?: Readonly<Record<string, string>>;
  /**
   * Brings the rules of tenants.
   * @default - none: only rules of the platform are evaluated
   */
  readonly rulesSidecar?: RulesSidecar;
  /**
   * Where alerts go.
   * @default - nowhere: alerts are series only
   */
  readonly alertmanagers?: readonly AlertmanagerTarget[];
  /**
   * External labels beside `cluster`. They identify this ruler, never a tenant.
   * @default - none
   */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** @default Duration.minutes(1) */
  readonly evaluationInterval?: Duration;
  /**
   * How far behind the present rules are evaluated, so that late samples are seen.
   * @default Duration.seconds(0)
   */
  readonly queryOffset?: Duration;
  /**
   * Rules of one group that are evaluated at once.
   * @default 1
   */
  readonly concurrency?: number;
  /**
   * What links in alerts begin with.
   * @default - that of Thanos
   */
  readonly alertQueryUrl?: string;
  /**
   * How long what was computed stays on the disk.
   * @default Duration.hours(48)
   */
  readonly retention?: Duration;
  /**
   * Where blocks are uploaded. Not used by the mode `stateless`.
   * @default - key `thanos.yaml` of the Secret `thanos-objstore-secret`
   */
  readonly objstore?: ObjstoreSecret;
  /**
   * Disk of each replica.
   * @default Size.gibibytes(10)
   */
  readonly storage?: Size;
  /**
   * Class of that disk.
   * @default - the default class of the cluster
   */
  readonly storageClassName?: string;
  /**
   * The certificates of the Store API.
   * @default - none: plain gRPC, which network policies keep to the querier
   */
  readonly grpcTls?: GrpcTls;
  /** @default - 250m CPU and 512 MiB, at most 2 GiB */
  readonly resources?: ContainerResources;
}

/** The settings with every default filled in. */
export interface RulerSettings {
  readonly workload: ThanosWorkloadSettings;
  readonly query: QueryUpstream;
  readonly tenancyLabel: TenancyLabel;
  readonly mode: RulerMode;
  readonly name: string;
  readonly replicas: number;
  readonly rules: Readonly<Record<string, string>>;
  readonly rulesSidecar: RulesSidecar | undefined;
  readonly alertmanagers: readonly AlertmanagerTarget[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly replicaLabel: string;
  readonly evaluationInterval: Duration;
  readonly queryOffset: Duration;
  readonly concurrency: number;
  readonly alertQueryUrl: string | undefined;
  readonly retention: Duration;
  readonly objstore: ObjstoreSecret | undefined;
  readonly storage: Size;
  readonly storageClassName: string | undefined;
  readonly grpcTls: GrpcTls | undefined;
}

/** The external label that tells the replicas of a ruler apart. */
export const RULER_REPLICA_LABEL = 'rule_replica';

/** The label that the operator gives to the replicas of a ThanosRuler resource. It cannot be chosen. */
export const RESOURCE_REPLICA_LABEL = 'thanos_ruler_replica';

/** Fills in the defaults and refuses settings that would join tenants or do nothing. */
export function resolveRuler(subject: string, props: ThanosRulerProps): RulerSettings {
  const mode = props.mode ?? { kind: 'stateful' };
  const settings: RulerSettings = {
    workload: resolveWorkload(subject, props, {
      cpu: Cpu.millis(250),
      memory: Size.mebibytes(512),
      memoryLimit: Size.gibibytes(2),
    }),
    query: props.query,
    tenancyLabel: props.query.tenancyLabel,
    mode,
    name: props.name ?? 'thanos-ruler',
    replicas: props.replicas ?? 2,
    rules: props.rules ?? {},
    rulesSidecar: props.rulesSidecar,
    alertmanagers: props.alertmanagers ?? [],
    externalLabels: { ...props.externalLabels, cluster: props.cluster },
    replicaLabel: mode.kind === 'resource' ? RESOURCE_REPLICA_LABEL : RULER_REPLICA_LABEL,
    evaluationInterval: props.evaluationInterval ?? Duration.minutes(1),
    queryOffset: props.queryOffset ?? Duration.seconds(0),
    concurrency: props.concurrency ?? 1,
    alertQueryUrl: props.alertQueryUrl,
    retention: props.retention ?? Duration.hours(48),
    objstore: mode.kind === 'stateless' ? undefined : (props.objstore ?? {}),
    storage: props.storage ?? Size.gibibytes(10),
    storageClassName: props.storageClassName,
    grpcTls: props.grpcTls,
  };
  refuseSharedIdentity(subject, {
    tenancyLabel: settings.tenancyLabel,
    cluster: props.cluster,
    given: props.externalLabels,
    own: [settings.replicaLabel],
  });
  if (settings.objstore !== undefined) refuseShortRetention(subject, settings.retention);
  refuseNoRules(subject, settings);
  return settings;
}

function refuseNoRules(subject: string, { mode, rules, rulesSidecar }: RulerSettings): void {
  const files = Object.keys(rules);
  if (mode.kind === 'resource' && files.length > 0) {
    throw new SynthError(
      `${subject} rules`,
      'the operator takes rules from PrometheusRules only',
      'write a PrometheusRule in the namespace of the platform, and select it by mode.ruleSelector',
    );
  }
  const unfit = files.find((name) => !/^[A-Za-z0-9_-]+$/.test(name));
  if (unfit !== undefined) {
    throw new SynthError(
      `${subject} rules`,
      `${JSON.stringify(unfit)} is no name of a rule file`,
      'use letters, digits, dashes and underscores, without an ending',
    );
  }
  const selects = mode.kind === 'resource' && mode.ruleSelector !== undefined;
  if (files.length > 0 || rulesSidecar !== undefined || selects) return;
  throw new SynthError(subject, 'has no rule to evaluate', 'pass rules or rulesSidecar');
}
