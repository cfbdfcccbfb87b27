import { type Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import {
  BucketCache,
  type GrpcTls,
  IndexCache,
  Memcached,
  NetworkDestination,
  ObjectStore,
  type PodPlacement,
  ResponseCache,
  type RulesSidecar,
  RuntimeCode,
  TenancyNetworkPolicies,
  TenantPrometheus,
  TenantQueryFrontend,
  ThanosBucketWeb,
  ThanosCompactor,
  ThanosQuerier,
  ThanosQueryFrontend,
  ThanosReceive,
  ThanosRuler,
  ThanosStoreGateway,
  type ThanosVersion,
} from '../../../lib/index.ts';
import { restrictedContainer } from '../../../lib/pod-security.ts';
import { toResourceRequirements } from '../../../lib/resources.ts';
import { thanosProbe } from '../../../lib/thanos/ports.ts';
import { PLACEHOLDER, platformChart } from './manifests.ts';

/** What may differ between two installations of everything. */
export interface EveryThanosProps {
  /** The certificates of all gRPC. @default - none */
  readonly grpcTls?: GrpcTls;
  /** The version of every Thanos that the kit runs itself. @default - the newest */
  readonly version?: ThanosVersion;
  /** The version of the querier and of the query frontend of Thanos. @default - that of the others */
  readonly readVersion?: ThanosVersion;
  /** Whether caches are in a memcached. @default false */
  readonly memcached?: boolean;
  /** Where all pods run. @default - anywhere */
  readonly placement?: PodPlacement;
  /** Host and port of the Alertmanager. @default - one that is in no address book */
  readonly alertmanager?: string;
  /** Host and port of the object store. @default - one that is in no address book */
  readonly endpoint?: string;
}

/** The credentials of the object store, which is one for tests. */
export const S3_KEYS = { accessKey: 'thanos-test', secretKey: 'not-a-secret' } as const;

/** Name of the bucket. */
export const BUCKET = 'blocks';

/** An Alertmanager that is no pod of the platform. */
export const ALERTMANAGER: NetworkDestination = NetworkDestination.pods(
  { namespace: 'alerting' },
  [9_093],
);

// What a rules sidecar is to a ruler: a container that mounts the folder.
const RULES_SIDECAR: RulesSidecar = {
  bindTo: ({ folder, volumeName }) => ({
    container: {
      name: 'rules',
      image: 'docker.io/library/node:24-slim',
      command: ['node', '--version'],
      securityContext: restrictedContainer(),
      resources: toResourceRequirements({
        cpu: Cpu.millis(10),
        memory: Size.mebibytes(32),
        memoryLimit: Size.mebibytes(64),
      }),
      startupProbe: thanosProbe('/-/ready', { periodSeconds: 5, failureThreshold: 12 }),
      livenessProbe: thanosProbe('/-/healthy', { periodSeconds: 30, failureThreshold: 4 }),
      readinessProbe: thanosProbe('/-/ready', { periodSeconds: 5, failureThreshold: 3 }),
      volumeMounts: [{ name: volumeName, mountPath: folder }],
    },
    metricsPorts: [{ name: 'rules', port: 9_092 }],
  }),
};

const PLATFORM_RULES = {
  platform: JSON.stringify({
    groups: [
      {
        name: 'platform',
        rules: [
          { record: 'kept_series', expr: 'sum by (job) (prometheus_tsdb_head_series)' },
          { alert: 'Always', expr: 'vector(1)', labels: { namespace: 'team-a' } },
        ],
      },
    ],
  }),
};

const WRITTEN_RULES = {
  platform: JSON.stringify({
    groups: [{ name: 'written', rules: [{ record: 'written_series', expr: 'vector(7)' }] }],
  }),
};

/** Every Thanos component in one chart, in every mode, with the network policies between them. */
export function everyThanos(props: EveryThanosProps = {}): Chart {
  const chart = platformChart();
  const tls = props.grpcTls === undefined ? {} : { grpcTls: props.grpcTls };
  const { placement } = props;
  const versioned =
    props.version === undefined ? placement : { ...placement, version: props.version };
  const reading =
    props.readVersion === undefined ? versioned : { ...versioned, version: props.readVersion };
  const objstore = ObjectStore.s3(chart, 'object-store', {
    bucket: BUCKET,
    endpoint: props.endpoint ?? 's3.example:9000',
    region: 'us-east-1',
    unsafePlainHttp: true,
    unsafeCredentials: S3_KEYS,
    unsafeAllowLiteralCredentials: true,
  });
  const cluster = 'main';
  const address = props.alertmanager ?? 'alertmanager.alerting.svc:9093';
  const alertmanagers = [{ addresses: [address], network: ALERTMANAGER }];
  const prometheus = new TenantPrometheus(chart, 'prometheus', {
    cluster,
    objstore,
    ...tls,
    ...placement,
  });
  const memcached =
    props.memcached === true ? new Memcached(chart, 'memcached', placement) : undefined;
  const store = new ThanosStoreGateway(chart, 'store', {
    objstore,
    shards: 2,
    ...tls,
    ...versioned,
    ...(memcached === undefined
      ? { bucketCache: BucketCache.inMemory(Size.mebibytes(64)) }
      : {
          indexCache: IndexCache.memcached(memcached),
          bucketCache: BucketCache.memcached(memcached),
        }),
  });
  const compactor = new ThanosCompactor(chart, 'compactor', {
    objstore,
    ...versioned,
    stores: [store],
    shards: { other: { cluster: ['other'] } },
  });
  const query = ThanosQuerier.named();
  const receive = new ThanosReceive(chart, 'receive', { cluster, objstore, ...tls, ...versioned });
  const evaluationInterval = Duration.seconds(2);
  const ruling = { cluster, query, objstore, evaluationInterval, ...tls, ...versioned };
  const ruler = new ThanosRuler(chart, 'ruler', {
    ...ruling,
    rules: PLATFORM_RULES,
    rulesSidecar: RULES_SIDECAR,
    alertmanagers,
  });
  const writingRuler = new ThanosRuler(chart, 'writing-ruler', {
    ...ruling,
    name: 'thanos-writing-ruler',
    mode: { kind: 'stateless', remoteWrite: receive },
    rules: WRITTEN_RULES,
  });
  const operatorRuler = new ThanosRuler(chart, 'operator-ruler', {
    ...ruling,
    name: 'thanos-operator-ruler',
    mode: { kind: 'resource', ruleSelector: {} },
    rulesSidecar: RULES_SIDECAR,
    alertmanagers,
  });
  const querier = new ThanosQuerier(chart, 'querier', {
    ...reading,
    endpoints: [prometheus, store, ruler, writingRuler, operatorRuler, receive],
  });
  const middle = new ThanosQueryFrontend(chart, 'thanos-query-frontend', {
    downstream: querier,
    ...reading,
    ...(memcached === undefined ? {} : { rangeCache: ResponseCache.memcached(memcached) }),
  });
  const frontend = new TenantQueryFrontend(chart, 'frontend', {
    upstream: middle,
    code: RuntimeCode.configMap(PLACEHOLDER),
    ...placement,
  });
  const bucketWeb = new ThanosBucketWeb(chart, 'bucket-web', { objstore, ...versioned });
  void new TenancyNetworkPolicies(chart, 'network', {
    prometheus,
    querier,
    frontend,
    parts: [
      ...(memcached === undefined ? [] : [memcached]),
      middle,
      compactor,
      bucketWeb,
      ruler,
      writingRuler,
      operatorRuler,
      ...receive.parts,
    ],
  });
  return chart;
}
