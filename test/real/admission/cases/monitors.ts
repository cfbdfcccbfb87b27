import type { Manifest } from '../../harness/cluster-objects.ts';
import {
  accepted,
  type AdmissionCase,
  oauth2,
  OWN,
  podMonitor,
  refused,
  SECRET_KEY,
  serviceMonitor,
  VICTIM,
} from '../admission-case.ts';

const many = (count: number, entry: Manifest): readonly Manifest[] =>
  Array.from({ length: count }, () => entry);

/** What is said of ServiceMonitors and PodMonitors, apart from relabelling and limits. */
export const MONITOR_CASES: readonly AdmissionCase[] = [
  ...accepted({
    'a plain ServiceMonitor': serviceMonitor(),
    'a plain PodMonitor': podMonitor(),
    'a ServiceMonitor without endpoints': serviceMonitor({}, { endpoints: [] }),
    'a ServiceMonitor with a path, parameters and one credential': serviceMonitor({
      path: '/actuator/prometheus',
      params: { 'collect[]': ['cpu'], module: ['http'] },
      basicAuth: { username: SECRET_KEY, password: SECRET_KEY },
    }),
    'a ServiceMonitor with a bearer token in a Secret': serviceMonitor({
      authorization: { type: 'Bearer', credentials: SECRET_KEY },
    }),
    'a ServiceMonitor with TLS from Secrets': serviceMonitor({
      scheme: 'https',
      tlsConfig: { ca: { secret: SECRET_KEY }, cert: { secret: SECRET_KEY }, serverName: 'x' },
    }),
    'a ServiceMonitor with targetPort as a number': serviceMonitor({ port: '', targetPort: 8080 }),
    'a ServiceMonitor with targetPort as a name': serviceMonitor({ targetPort: 'http-metrics' }),
    'a ServiceMonitor of its own namespace by name': serviceMonitor(
      {},
      { namespaceSelector: { matchNames: [OWN] } },
    ),
    'a ServiceMonitor with any false': serviceMonitor({}, { namespaceSelector: { any: false } }),
    'a ServiceMonitor with the shortest interval': serviceMonitor({ interval: '10s' }),
    'a ServiceMonitor with an interval of many units': serviceMonitor({ interval: '1h2m3s' }),
    'a ServiceMonitor with an interval of days': serviceMonitor({ interval: '1d' }),
    'a ServiceMonitor with an interval of days and hours': serviceMonitor({ interval: '1d12h' }),
    'a ServiceMonitor that leaves pods out which do not run': serviceMonitor({
      filterRunning: true,
    }),
    'a ServiceMonitor with a long interval and the longest timeout': serviceMonitor({
      interval: '1m',
      scrapeTimeout: '30s',
    }),
    'a ServiceMonitor with labels of Services and pods': serviceMonitor(
      {},
      { targetLabels: ['app.kubernetes.io/name'], podTargetLabels: ['version'] },
    ),
    'a ServiceMonitor with limits and a fallback protocol': serviceMonitor(
      {},
      { sampleLimit: 10, bodySizeLimit: '10MiB', fallbackScrapeProtocol: 'PrometheusText0.0.4' },
    ),
    'a ServiceMonitor of classic histograms and Protobuf': serviceMonitor(
      {},
      {
        scrapeNativeHistograms: false,
        convertClassicHistogramsToNHCB: false,
        scrapeClassicHistograms: true,
        scrapeProtocols: ['PrometheusProto', 'PrometheusText1.0.0'],
      },
    ),
    'a ServiceMonitor with 20 endpoints of 15 relabellings': serviceMonitor(
      {},
      {
        endpoints: many(20, {
          port: 'http',
          followRedirects: false,
          relabelings: many(15, {
            sourceLabels: ['__meta_kubernetes_pod_label_version'],
            targetLabel: 'version',
          }),
        }),
      },
    ),
  }),
  ...refused('followRedirects', {
    'a ServiceMonitor that does not speak of redirects': serviceMonitor(
      {},
      { endpoints: [{ port: 'http' }] },
    ),
    'a ServiceMonitor that follows redirects': serviceMonitor({ followRedirects: true }),
    'a PodMonitor that does not speak of redirects': podMonitor({ followRedirects: null }),
    'a PodMonitor that follows redirects': podMonitor({ followRedirects: true }),
  }),
  ...refused('honorLabels', {
    'a ServiceMonitor with honorLabels': serviceMonitor({ honorLabels: true }),
    'a PodMonitor with honorLabels': podMonitor({ honorLabels: true }),
  }),
  ...refused('proxy', {
    'a ServiceMonitor with a proxy': serviceMonitor({ proxyUrl: 'http://prometheus:9090' }),
    'a ServiceMonitor with the proxy of the environment': serviceMonitor({
      proxyFromEnvironment: true,
    }),
    'a ServiceMonitor with noProxy': serviceMonitor({ noProxy: 'x' }),
    'a ServiceMonitor with proxy headers': serviceMonitor({
      proxyConnectHeader: { authorization: [SECRET_KEY] },
    }),
    'a PodMonitor with a proxy': podMonitor({ proxyUrl: 'http://prometheus:9090' }),
  }),
  ...refused('oauth2', {
    'a ServiceMonitor whose token URL is Prometheus': serviceMonitor({
      oauth2: oauth2('http://localhost:9090/-/quit'),
    }),
    'a PodMonitor with oauth2': podMonitor({ oauth2: oauth2('https://login.example.com/token') }),
  }),
  ...refused('oneAuthentication', {
    'a ServiceMonitor with a password and an authorization': serviceMonitor({
      basicAuth: { username: SECRET_KEY, password: SECRET_KEY },
      authorization: { credentials: SECRET_KEY },
    }),
    'a ServiceMonitor with a password and oauth2': serviceMonitor({
      basicAuth: { username: SECRET_KEY, password: SECRET_KEY },
      oauth2: oauth2('https://login.example.com/token'),
    }),
    'a ServiceMonitor with two bearer tokens': serviceMonitor({
      authorization: { credentials: SECRET_KEY },
      bearerTokenSecret: SECRET_KEY,
    }),
    'a PodMonitor with a password and a bearer token': podMonitor({
      basicAuth: { username: SECRET_KEY, password: SECRET_KEY },
      bearerTokenSecret: SECRET_KEY,
    }),
  }),
  ...refused('authorizationType', {
    'a ServiceMonitor with the authorization type basic': serviceMonitor({
      authorization: { type: ' BASIC ', credentials: SECRET_KEY },
    }),
  }),
  ...refused('files', {
    'a ServiceMonitor with a bearer token file': serviceMonitor({
      bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    }),
    'a ServiceMonitor with a CA file': serviceMonitor({ tlsConfig: { caFile: '/etc/x' } }),
    'a ServiceMonitor with a certificate file': serviceMonitor({
      tlsConfig: { certFile: '/etc/x' },
    }),
    'a ServiceMonitor with a key file': serviceMonitor({ tlsConfig: { keyFile: '/etc/x' } }),
  }),
  ...refused('federatePath', {
    'a ServiceMonitor of /federate': serviceMonitor({ path: '/federate' }),
    'a ServiceMonitor of /federate behind a prefix': serviceMonitor({ path: '/prom//Federate/' }),
    'a PodMonitor of /federate': podMonitor({ path: '/federate' }),
  }),
  ...refused('matchParameter', {
    'a ServiceMonitor with match[]': serviceMonitor({ params: { 'match[]': ['{a="b"}'] } }),
    'a PodMonitor with match[]': podMonitor({ params: { 'match[]': ['{a="b"}'] } }),
  }),
  ...refused('parameterName', {
    'a ServiceMonitor with a parameter that is an instruction in YAML': serviceMonitor({
      params: { '<<': ['x'] },
    }),
    'a PodMonitor with such a parameter': podMonitor({ params: { module: ['x'], '<<': [] } }),
  }),
  ...refused('port', {
    'a ServiceMonitor whose port is no regular expression': serviceMonitor({ port: '(' }),
    'a ServiceMonitor whose targetPort is no regular expression': serviceMonitor({
      targetPort: '[',
    }),
    'a PodMonitor whose port is no regular expression': podMonitor({ port: '(' }),
  }),
  ...refused('filterRunning', {
    'a PodMonitor of pods that ended': podMonitor({ filterRunning: false }),
    'a ServiceMonitor of pods that ended': serviceMonitor({ filterRunning: false }),
  }),
  ...refused('selector', {
    'a ServiceMonitor whose label is no regular expression': serviceMonitor(
      {},
      { selector: { matchLabels: { app: '(' } } },
    ),
    'a PodMonitor whose expression is none': podMonitor(
      {},
      { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', '['] }] } },
    ),
  }),
  ...refused('nativeHistograms', {
    'a ServiceMonitor of native histograms': serviceMonitor({}, { scrapeNativeHistograms: true }),
    'a ServiceMonitor that makes histograms native': serviceMonitor(
      {},
      { convertClassicHistogramsToNHCB: true },
    ),
    'a PodMonitor of native histograms': podMonitor({}, { scrapeNativeHistograms: true }),
    'a PodMonitor that makes histograms native': podMonitor(
      {},
      { convertClassicHistogramsToNHCB: true },
    ),
  }),
  ...refused('scrapeClass', {
    'a ServiceMonitor with a scrape class': serviceMonitor({}, { scrapeClass: 'platform' }),
    'a PodMonitor with a scrape class': podMonitor({}, { scrapeClass: 'platform' }),
  }),
  ...refused('namespaceSelector', {
    'a ServiceMonitor of any namespace': serviceMonitor({}, { namespaceSelector: { any: true } }),
    'a ServiceMonitor of another namespace': serviceMonitor(
      {},
      { namespaceSelector: { matchNames: [OWN, VICTIM] } },
    ),
    'a PodMonitor of another namespace': podMonitor(
      {},
      { namespaceSelector: { matchNames: [VICTIM] } },
    ),
  }),
  ...refused('targetLabels', {
    'a ServiceMonitor that takes the tenant from a Service': serviceMonitor(
      {},
      { targetLabels: ['namespace'] },
    ),
    'a ServiceMonitor that takes the job from a pod': serviceMonitor(
      {},
      { podTargetLabels: ['job'] },
    ),
    'a ServiceMonitor that takes the address from a Service': serviceMonitor(
      {},
      { targetLabels: ['--address--'] },
    ),
    'a PodMonitor that takes the tenant from a pod': podMonitor(
      {},
      { podTargetLabels: ['namespace'] },
    ),
  }),
];
