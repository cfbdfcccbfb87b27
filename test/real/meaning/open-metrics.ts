import type { Random } from '../../promql/random.ts';
import { CLASSIC_SECONDS, CLASSIC_START } from './eras.ts';
import { combinations, type LabelSet, type Owner, OWNERS, ownedBy } from './tenants.ts';

const INTERVAL = 15;
const SAMPLES = CLASSIC_SECONDS / INTERVAL;

/** Gives a series' next value, or `undefined` where it has no sample. */
type Walk = (index: number) => number | undefined;

interface Metric {
  readonly family: string;
  readonly type: 'counter' | 'gauge';
  /** The name of the series; a counter's ends in `_total`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly walk: (random: Random, labels: LabelSet) => Walk;
}

const PODS = ['web-0', 'web-1'];
const BOUNDS = ['0.1', '0.5', '1', '2.5', '+Inf'];

const METRICS: readonly Metric[] = [
  {
    family: 'http_requests',
    type: 'counter',
    name: 'http_requests_total',
    labels: { job: ['shop'], pod: PODS, method: ['GET', 'POST'], code: ['200', '500'] },
    walk: counterWalk,
  },
  {
    family: '"http.server.requests"',
    type: 'counter',
    name: '"http.server.requests_total"',
    labels: { 'service.name': ['shop', 'cart'], größe: ['klein'] },
    walk: counterWalk,
  },
  gauge('memory_bytes', { pod: PODS, node: ['n1', 'n2'] }, uniform(1e6, 9e8)),
  gauge('memory_limit_bytes', { pod: PODS }, uniform(9e8, 2e9)),
  // One series for each owner: what scalar() takes, until a leak makes it several.
  gauge('quota', {}, uniform(2, 90)),
  gauge('quota_ratio', {}, (random) => () => random.below(1_000) / 1_000),
  gauge('replicas', {}, (random) => () => 1 + random.below(3)),
  // Between -1 and 1, where every trigonometric function has a value.
  gauge('balance', { pod: PODS }, (random) => () => (random.below(1_999) - 999) / 1_000),
  gauge('temperature', { sensor: ['core', 'edge', 'rim'] }, temperatureWalk),
  gauge('queue_length', { queue: ['mail', 'sms'], pod: PODS }, queueWalk),
  gauge('last_success_seconds', { task: ['backup', 'index', 'report'] }, momentWalk),
  gauge('pod_info', { pod: PODS, node: ['n1'], version: ['1.0', '2.0'] }, () => () => 1),
];

/**
 * Writes the series of all owners in the OpenMetrics text format. All use the same names, and no two
 * the same values.
 */
export function generateOpenMetrics(random: Random): string {
  const lines = METRICS.flatMap((metric) => [
    `# TYPE ${metric.family} ${metric.type}`,
    ...everySeries(metric).flatMap((labels) => samples(metric, labels, random)),
  ]);
  return [...lines, ...classicHistogram(random), ...privateSeries(random), '# EOF', ''].join('\n');
}

/** Keeps the lines of these owners alone, and with them nothing of anybody else. */
export function linesOf(openMetrics: string, owners: readonly Owner[]): string {
  const isKept = (line: string): boolean =>
    line === '' || line.startsWith('#') || owners.some((it) => line.includes(`namespace="${it}"`));
  return openMetrics.split('\n').filter(isKept).join('\n');
}

function gauge(name: string, labels: Metric['labels'], walk: Metric['walk']): Metric {
  return { family: name, type: 'gauge', name, labels, walk };
}

function everySeries({ name, labels }: Metric): readonly LabelSet[] {
  return OWNERS.flatMap((owner, index) =>
    combinations(labels)
      // Each owner runs a version of its own on a pod, so that names alone do not tell them apart.
      .filter(({ pod, version }) => name !== 'pod_info' || isRunning(index, pod, version))
      .map((set) => ownedBy(owner, set)),
  );
}

function isRunning(owner: number, pod: string | undefined, version: string | undefined): boolean {
  const isFirst = pod === PODS[0];
  return (version === '1.0') === (owner % 2 === 0 ? isFirst : !isFirst);
}

function samples(metric: Metric, labels: LabelSet, random: Random): string[] {
  const walk = metric.walk(random, labels);
  const lines: string[] = [];
  for (let index = 0; index < SAMPLES; index += 1) {
    const value = walk(index);
    if (value !== undefined) lines.push(line(metric.name, labels, value, index));
  }
  return lines;
}

function line(name: string, labels: LabelSet, value: number, index: number): string {
  const parts = Object.entries(labels).map(([label, it]) => `${quotedLabel(label)}="${it}"`);
  const isQuoted = name.startsWith('"');
  const braces = [...(isQuoted ? [name] : []), ...parts].join(',');
  return `${isQuoted ? '' : name}{${braces}} ${printed(value)} ${CLASSIC_START + index * INTERVAL}`;
}

function quotedLabel(label: string): string {
  return /^\w+$/.test(label) ? label : `"${label}"`;
}

function printed(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function classicHistogram(random: Random): string[] {
  const name = 'http_request_duration_seconds';
  const lines = [`# TYPE ${name} histogram`];
  for (const owner of OWNERS) {
    for (const pod of PODS) {
      const labels = ownedBy(owner, { job: 'shop', pod });
      const counts = BOUNDS.map(() => 0);
      for (let index = 0; index < SAMPLES; index += 1) {
        const isReset = random.percent(1);
        let below = 0;
        BOUNDS.forEach((le, place) => {
          counts[place] = (isReset ? 0 : (counts[place] ?? 0)) + random.below(7);
          below += counts[place];
          lines.push(line(`${name}_bucket`, { ...labels, le }, below, index));
        });
        lines.push(line(`${name}_count`, labels, below, index));
        lines.push(line(`${name}_sum`, labels, below * 0.75, index));
      }
    }
  }
  return lines;
}

// For each owner a metric, a label and a label value that nobody else has.
function privateSeries(random: Random): string[] {
  return OWNERS.flatMap((owner, place) => {
    const labels = ownedBy(owner, { image: `image-${place}`, [`label_${place}`]: 'x' });
    const values = Array.from({ length: SAMPLES }, () => random.below(1_000));
    return [
      `# TYPE private_${place} gauge`,
      ...values.map((value, index) => line(`private_${place}`, labels, value, index)),
    ];
  });
}

function counterWalk(random: Random): Walk {
  let total = random.below(5_000);
  return () => {
    total = random.percent(2) ? 0 : total + random.below(40);
    return total;
  };
}

function uniform(from: number, to: number): Metric['walk'] {
  return (random) => () => from + random.below(to - from);
}

function temperatureWalk(random: Random, { sensor }: LabelSet): Walk {
  return () => {
    if (sensor === 'edge' && random.percent(60)) {
      return random.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    }
    return (random.below(120_000) - 40_000) / 1_000;
  };
}

// Whole numbers that repeat, and pauses longer than the five minutes of the lookback.
function queueWalk(random: Random, { queue }: LabelSet): Walk {
  const from = random.below(SAMPLES / 2);
  return (index) => {
    const length = random.below(4);
    const isPause = queue === 'sms' && index >= from && index < from + 32;
    return isPause ? undefined : length;
  };
}

// Moments of the years 2001 to 2033, so that every part of the date differs.
function momentWalk(random: Random): Walk {
  let moment = 1_000_000_000 + random.below(1_000_000_000);
  return () => {
    if (random.percent(10)) moment = 1_000_000_000 + random.below(1_000_000_000);
    return moment;
  };
}
