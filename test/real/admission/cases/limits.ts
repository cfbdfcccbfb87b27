import type { Manifest } from '../../harness/cluster-objects.ts';
import { type AdmissionCase, podMonitor, refused, serviceMonitor } from '../admission-case.ts';

const many = (count: number, entry: Manifest): readonly Manifest[] =>
  Array.from({ length: count }, () => entry);

/** What is said of how often, how long and how much a monitor makes Prometheus scrape. */
export const LIMIT_CASES: readonly AdmissionCase[] = [
  ...refused('interval', {
    'a ServiceMonitor with an interval of a millisecond': serviceMonitor({ interval: '1ms' }),
    'a ServiceMonitor just below the floor': serviceMonitor({ interval: '9s999ms' }),
    'a ServiceMonitor with an interval of zero': serviceMonitor({ interval: '0' }),
    'a ServiceMonitor that hides a millisecond behind no days': serviceMonitor({
      interval: '0d1ms',
    }),
    // Prometheus refuses the whole configuration; the operator looks at no interval without a timeout.
    'a ServiceMonitor with more years than Prometheus can count': serviceMonitor({
      interval: '293y',
    }),
    'a ServiceMonitor with more days than it can count': serviceMonitor({
      interval: '99999999999d',
    }),
    'a PodMonitor with a number of no type': podMonitor({ interval: '99999999999999999999w' }),
    'a PodMonitor with hours beyond its years': podMonitor({ interval: '99y9999999h' }),
    'a PodMonitor with an interval of a second': podMonitor({ interval: '1s' }),
  }),
  ...refused('scrapeTimeout', {
    'a ServiceMonitor with a timeout of minutes': serviceMonitor({
      interval: '10m',
      scrapeTimeout: '9m',
    }),
    'a ServiceMonitor with a timeout of days': serviceMonitor({ scrapeTimeout: '1d' }),
  }),
  ...refused('endpoints', {
    'a ServiceMonitor of a hundred endpoints': serviceMonitor(
      {},
      { endpoints: many(100, { port: 'http', followRedirects: false }) },
    ),
    'a PodMonitor of a hundred endpoints': podMonitor(
      {},
      { podMetricsEndpoints: many(100, { port: 'http', followRedirects: false }) },
    ),
  }),
  ...refused('size', {
    'a ServiceMonitor that fills a good part of the configuration': serviceMonitor({
      relabelings: [{ targetLabel: 'x', replacement: 'a'.repeat(200_000) }],
    }),
    'a PodMonitor of many long parameters': podMonitor({
      params: { x: Array.from({ length: 100 }, () => 'a'.repeat(400)) },
    }),
  }),
  ...refused('bodySizeLimit', {
    'a ServiceMonitor with a limit that overflows': serviceMonitor({}, { bodySizeLimit: '8EB' }),
    'a PodMonitor with a limit that overflows': podMonitor({}, { bodySizeLimit: '9999999999GB' }),
    'a ServiceMonitor with the limit zero': serviceMonitor({}, { bodySizeLimit: '0' }),
    'a PodMonitor with a limit of zero bytes': podMonitor({}, { bodySizeLimit: '0B' }),
    'a PodMonitor with a limit of many zeros': podMonitor({}, { bodySizeLimit: '000MiB' }),
  }),
];
