import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import type { Autoscaling } from '../autoscaling.ts';
import type { QueryUpstream } from '../query-frontend/tenant-query-frontend-props.ts';
import type { ContainerResources } from '../resources.ts';
import { SynthError } from '../synth-error.ts';
import { ResponseCache } from './response-cache.ts';
import {
  resolveWorkload,
  type ThanosWorkloadProps,
  type ThanosWorkloadSettings,
} from './workload-props.ts';

/** Settings of a `ThanosQueryFrontend`. */
export interface ThanosQueryFrontendProps extends ThanosWorkloadProps {
  /** What it asks: the querier. */
  readonly downstream: QueryUpstream;
  /**
   * Name of the Deployment and its Service.
   * @default 'thanos-query-frontend'
   */
  readonly name?: string;
  /** @default 2 */
  readonly replicas?: number;
  /**
   * Scales the replicas by their use of CPU, instead of `replicas`.
   * @default - none
   */
  readonly autoscaling?: Autoscaling;
  /**
   * Where answers to range queries are kept.
   * @default ResponseCache.inMemory(Size.mebibytes(256))
   */
  readonly rangeCache?: ResponseCache;
  /**
   * Where answers about labels and series are kept.
   * @default ResponseCache.inMemory(Size.mebibytes(64))
   */
  readonly labelsCache?: ResponseCache;
  /**
   * The youngest samples, which are asked for each time.
   * @default Duration.minutes(1)
   */
  readonly maxFreshness?: Duration;
  /**
   * Length of the pieces that a range query is split into, which are asked for at once.
   * @default Duration.hours(24)
   */
  readonly splitInterval?: Duration;
  /**
   * How far back labels and series are looked for when a request names no range. Prometheus looks at
   * everything, Thanos by itself at one day. They are not split: what is asked is one piece.
   * @default - 20 years, which is everything
   */
  readonly labelsRange?: Duration;
  /**
   * Pieces of one query that are asked for at once.
   * @default 14
   */
  readonly maxParallelism?: number;
  /**
   * The longest range of one query.
   * @default - no limit beside that of the tenants' query frontend
   */
  readonly maxQueryLength?: Duration;
  /**
   * How often a piece that failed is asked for again.
   * @default 5
   */
  readonly maxRetries?: number;
  /**
   * Moves the ends of a range query to multiples of its step, so that more answers come out of the
   * cache. The answer is then another one than Prometheus would give.
   * @default false
   */
  readonly alignRangeWithStep?: boolean;
  /**
   * In how many parts a query is divided by the labels of its series, where it allows that.
   * @default - it is not divided
   */
  readonly verticalShards?: number;
  /**
   * Logs queries that take longer. The log then holds queries of tenants.
   * @default - none are logged
   */
  readonly logQueriesLongerThan?: Duration;
  /** @default - 100m CPU and 512 MiB, at most 1 GiB */
  readonly resources?: ContainerResources;
}

/** The settings with every default filled in. */
export interface QueryFrontendSettings {
  readonly workload: ThanosWorkloadSettings;
  readonly downstream: QueryUpstream;
  readonly name: string;
  readonly replicas: number;
  readonly autoscaling: Autoscaling | undefined;
  readonly rangeCache: ResponseCache;
  readonly labelsCache: ResponseCache;
  readonly maxFreshness: Duration;
  readonly splitInterval: Duration;
  readonly labelsRange: Duration;
  readonly maxParallelism: number;
  readonly maxQueryLength: Duration | undefined;
  readonly maxRetries: number;
  readonly alignRangeWithStep: boolean;
  readonly verticalShards: number | undefined;
  readonly logQueriesLongerThan: Duration | undefined;
}

/** Fills in the defaults and refuses settings that contradict each other. */
export function resolveQueryFrontend(
  subject: string,
  props: ThanosQueryFrontendProps,
): QueryFrontendSettings {
  const settings: QueryFrontendSettings = {
    workload: resolveWorkload(subject, props, {
      cpu: Cpu.millis(100),
      memory: Size.mebibytes(512),
      memoryLimit: Size.gibibytes(1),
    }),
    downstream: props.downstream,
    name: props.name ?? 'thanos-query-frontend',
    replicas: props.replicas ?? 2,
    autoscaling: props.autoscaling,
    rangeCache: props.rangeCache ?? ResponseCache.inMemory(Size.mebibytes(256)),
    labelsCache: props.labelsCache ?? ResponseCache.inMemory(Size.mebibytes(64)),
    maxFreshness: props.maxFreshness ?? Duration.minutes(1),
    splitInterval: props.splitInterval ?? Duration.hours(24),
    labelsRange: props.labelsRange ?? Duration.days(20 * 365),
    maxParallelism: props.maxParallelism ?? 14,
    maxQueryLength: props.maxQueryLength,
    maxRetries: props.maxRetries ?? 5,
    alignRangeWithStep: props.alignRangeWithStep ?? false,
    verticalShards: props.verticalShards,
    logQueriesLongerThan: props.logQueriesLongerThan,
  };
  refuseUnfitMemory(subject, settings);
  refuseUnfitShards(subject, settings);
  return settings;
}

function refuseUnfitMemory(subject: string, settings: QueryFrontendSettings): void {
  const { labelsCache, rangeCache, workload } = settings;
  const kept = rangeCache.memory.toKibibytes() + labelsCache.memory.toKibibytes();
  if (kept < workload.resources.memoryLimit.toKibibytes()) return;
  throw new SynthError(
    subject,
    'its caches fill the memory limit, so the pod would be killed',
    'raise resources.memoryLimit above their sum, or make them smaller',
  );
}

function refuseUnfitShards(subject: string, { verticalShards }: QueryFrontendSettings): void {
  if (verticalShards === undefined) return;
  if (Number.isInteger(verticalShards) && verticalShards > 1) return;
  throw new SynthError(
    `${subject} verticalShards`,
    `${verticalShards} divides nothing`,
    'set a whole number above one, or leave it out',
  );
}
