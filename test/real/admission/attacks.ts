import type { Manifest } from '../harness/cluster-objects.ts';
import { oauth2, podMonitor, VICTIM } from './admission-case.ts';

/** What an attack needs to know of the installation. */
export interface AttackGround {
  /** The port of Prometheus, on the address of every pod. */
  readonly prometheusPort: number;
  /** A socket in the pod of Prometheus. */
  readonly socket: string;
  /** The interval of scrapes. */
  readonly interval: string;
}

/** What a tenant writes, by what it does. */
export type AttackName =
  | 'redirect'
  | 'address'
  | 'path'
  | 'labelmap'
  | 'proxy'
  | 'socket'
  | 'interval'
  | 'oauth2'
  | 'port'
  | 'years'
  | 'source'
  | 'merge'
  | 'job'
  | 'ended'
  | 'bodySize'
  | 'scrapeConfig'
  | 'endpointSlice'
  | 'prometheus';

const EVERYTHING = { 'match[]': [`{namespace="${VICTIM}"}`] };

const attacker = (name: string, { interval }: AttackGround, endpoint: Manifest): Manifest => ({
  ...podMonitor({ interval, ...endpoint }, { selector: { matchLabels: { app: 'attacker' } } }),
  metadata: { name, namespace: 'team-a' },
});

const relabelled = (
  name: string,
  ground: AttackGround,
  targetLabel: string,
  replacement: string,
  endpoint: Manifest = {},
): Manifest => attacker(name, ground, { ...endpoint, relabelings: [{ targetLabel, replacement }] });

/** What gets around the operator's enforcement. */
export const ATTACKS: Readonly<Record<AttackName, (ground: AttackGround) => Manifest>> = {
  redirect: (ground: AttackGround): Manifest =>
    attacker('redirect', ground, { path: '/redirect', followRedirects: true }),
  address: (ground: AttackGround): Manifest =>
    relabelled('address', ground, '__address__', `127.0.0.1:${ground.prometheusPort}`, {
      path: '/federate',
      params: EVERYTHING,
    }),
  path: (ground: AttackGround): Manifest =>
    attacker('path', ground, {
      params: EVERYTHING,
      relabelings: [
        { targetLabel: '__address__', replacement: `127.0.0.1:${ground.prometheusPort}` },
        { targetLabel: '__metrics_path__', replacement: '/federate' },
      ],
    }),
  labelmap: (ground: AttackGround): Manifest =>
    attacker('labelmap', ground, {
      path: '/federate',
      params: EVERYTHING,
      relabelings: [
        { action: 'labelmap', regex: '__meta_kubernetes_pod_annotation_x(__address__)y' },
      ],
    }),
  proxy: (ground: AttackGround): Manifest =>
    attacker('proxy', ground, {
      path: '/federate',
      params: EVERYTHING,
      proxyUrl: `http://127.0.0.1:${ground.prometheusPort}`,
    }),
  socket: (ground: AttackGround): Manifest =>
    relabelled('socket', ground, '__unix_socket__', ground.socket),
  interval: (ground: AttackGround): Manifest =>
    attacker('interval', ground, {
      relabelings: [
        { targetLabel: '__scrape_interval__', replacement: '50ms' },
        { targetLabel: '__scrape_timeout__', replacement: '50ms' },
      ],
    }),
  oauth2: (ground: AttackGround): Manifest =>
    attacker('oauth2', ground, {
      oauth2: oauth2(`http://127.0.0.1:${ground.prometheusPort}/-/quit`),
    }),
  port: (ground: AttackGround): Manifest => attacker('port', ground, { port: '(' }),
  years: (ground: AttackGround): Manifest => attacker('years', ground, { interval: '293y' }),
  source: (ground: AttackGround): Manifest =>
    attacker('source', ground, { relabelings: [{ sourceLabels: [''], targetLabel: 'x' }] }),
  merge: (ground: AttackGround): Manifest => attacker('merge', ground, { params: { '<<': ['x'] } }),
  job: (ground: AttackGround): Manifest =>
    attacker('job', ground, { relabelings: [{ action: 'labeldrop', regex: 'job' }] }),
  ended: ({ interval }: AttackGround): Manifest => ({
    ...podMonitor(
      { interval, filterRunning: false },
      { selector: { matchLabels: { app: 'ended' } } },
    ),
    metadata: { name: 'ended', namespace: 'team-a' },
  }),
  bodySize: (): Manifest => ({
    ...podMonitor(
      { interval: '10s', path: '/large' },
      { selector: { matchLabels: { app: 'attacker' } }, bodySizeLimit: '8EB' },
    ),
    metadata: { name: 'bodysize', namespace: 'team-a' },
  }),
  scrapeConfig: ({ interval }: AttackGround): Manifest => ({
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: { name: 'scrapeconfig', namespace: 'team-a' },
    spec: {
      scrapeInterval: interval,
      staticConfigs: [{ targets: ['127.0.0.1:1'], labels: { namespace: VICTIM, planted: 'yes' } }],
    },
  }),
  endpointSlice: (): Manifest => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'foreign',
      namespace: 'team-a',
      labels: { 'kubernetes.io/service-name': 'attacker' },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.255.255.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 9100, protocol: 'TCP' }],
  }),
  prometheus: (): Manifest => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'thief', namespace: 'team-a' },
    spec: { podMonitorSelector: {}, podMonitorNamespaceSelector: {} },
  }),
};
