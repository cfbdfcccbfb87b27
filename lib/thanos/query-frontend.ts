import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { NetworkPart, PodConnection } from '../network/network-part.ts';
import type { PodGroup, PodPort } from '../pod-group.ts';
import type { QueryUpstream } from '../query-frontend/tenant-query-frontend-props.ts';
import { addServiceAccount } from '../service-account.ts';
import { printGoDuration } from '../units.ts';
import { addCacheFolder, cacheConnections, cacheFile } from './cache.ts';
import { programArgs } from './common-args.ts';
import { podFolders } from './pod-folders.ts';
import { THANOS_HTTP } from './ports.ts';
import {
  type QueryFrontendSettings,
  resolveQueryFrontend,
  type ThanosQueryFrontendProps,
} from './query-frontend-props.ts';
import { addThanosService } from './service.ts';
import { addThanosDeployment, podGroupOf, thanosWorkload } from './workload.ts';

const RANGE_CACHE = 'range-cache';
const LABELS_CACHE = 'labels-cache';

/**
 * The query frontend of Thanos: splits long queries and remembers answers.
 *
 * It stands behind the query frontend that tenants reach. What it is asked carries the matchers of a
 * scope already, and the query is part of the key of its cache, so no tenant gets what was remembered
 * for another.
 */
export class ThanosQueryFrontend extends Construct implements QueryUpstream, NetworkPart {
  /** Name of the Deployment and its Service. */
  readonly name: string;
  /** The label that carries the tenant. */
  readonly tenancyLabel: TenancyLabel;
  /** URL of the query API, relative to the namespace. */
  readonly queryUrl: string;
  /** The pods, for network policies. */
  readonly pods: PodGroup;
  /** The port of the query API on those pods. */
  readonly queryPort: PodPort = THANOS_HTTP;
  /** The querier, and the memcached of the caches, if there is one. */
  readonly connections: readonly PodConnection[];
  /** It does not reach the object store. */
  readonly usesObjstore: boolean = false;
  /** The Deployment. */
  readonly deployment: k8s.KubeDeployment;
  /** The Service. */
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, props: ThanosQueryFrontendProps) {
    super(scope, id);
    const subject = `ThanosQueryFrontend ${this.node.path}`;
    const settings = resolveQueryFrontend(subject, props);
    const { downstream, labelsCache, rangeCache } = settings;
    const workload = thanosWorkload('thanos-query-frontend', settings.name, settings.workload);
    this.name = settings.name;
    this.tenancyLabel = downstream.tenancyLabel;
    this.queryUrl = `http://${this.name}:${this.queryPort.port}`;
    this.pods = podGroupOf(workload);
    this.connections = [
      { to: downstream.pods, port: downstream.queryPort },
      ...cacheConnections(rangeCache, labelsCache),
    ];
    const { serviceAccountAnnotations } = settings.workload;
    addServiceAccount(this, this.name, workload.labels, serviceAccountAnnotations);
    const { mounts, volumes } = podFolders({
      config: [
        addCacheFolder(this, workload, RANGE_CACHE, rangeCache),
        addCacheFolder(this, workload, LABELS_CACHE, labelsCache),
      ],
    });
    this.deployment = addThanosDeployment(this, subject, {
      workload,
      settings: settings.workload,
      pod: {
        serviceAccountName: this.name,
        container: {
          name: 'thanos-query-frontend',
          args: queryFrontendArgs(subject, settings),
          mounts,
          ports: [THANOS_HTTP],
          startup: { periodSeconds: 2, failureThreshold: 60 },
        },
        volumes,
      },
      replicas: settings.replicas,
      autoscaling: settings.autoscaling,
    });
    this.service = addThanosService(this, workload, { ports: [THANOS_HTTP] });
  }
}

function queryFrontendArgs(subject: string, settings: QueryFrontendSettings): string[] {
  const { logQueriesLongerThan, maxQueryLength } = settings;
  const maxFreshness = printGoDuration(settings.maxFreshness);
  const splitInterval = printGoDuration(settings.splitInterval);
  const labelsRange = printGoDuration(settings.labelsRange);
  const args = programArgs('query-frontend', subject, settings.workload)
    .enable('web.disable-cors')
    .value('query-frontend.downstream-url', settings.downstream.queryUrl)
    .value('query-range.split-interval', splitInterval)
    .value('query-range.max-retries-per-request', settings.maxRetries)
    .value('query-range.max-query-parallelism', settings.maxParallelism)
    .optional('query-range.max-query-length', maxQueryLength && printGoDuration(maxQueryLength))
    .value('query-range.response-cache-max-freshness', maxFreshness)
    .value('query-range.response-cache-config-file', cacheFile(RANGE_CACHE, settings.rangeCache))
    .value('labels.default-time-range', labelsRange)
    .value('labels.split-interval', labelsRange)
    .value('labels.max-retries-per-request', settings.maxRetries)
    .value('labels.max-query-parallelism', settings.maxParallelism)
    .value('labels.response-cache-max-freshness', maxFreshness)
    .value('labels.response-cache-config-file', cacheFile(LABELS_CACHE, settings.labelsCache))
    .value('cache-compression-type', 'snappy')
    .optional('query-frontend.vertical-shards', settings.verticalShards)
    .optional(
      'query-frontend.log-queries-longer-than',
      logQueriesLongerThan && printGoDuration(logQueriesLongerThan),
    );
  if (settings.alignRangeWithStep) args.enable('query-range.align-range-with-step');
  else args.disable('query-range.align-range-with-step');
  return args.extra(settings.workload.extraArgs).toArray();
}
