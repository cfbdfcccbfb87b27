import type { Random } from '../../promql/random.ts';
import { NATIVE_SECONDS, NATIVE_START } from './eras.ts';
import {
  bytesField,
  doubleField,
  signedField,
  signedFields,
  snappyBlock,
  wholeField,
} from './protobuf.ts';
import { combinations, type LabelSet, type Owner, OWNERS, ownedBy } from './tenants.ts';

const INTERVAL = 30;
const SAMPLES = NATIVE_SECONDS / INTERVAL;
const BUCKETS = 6;
const SCHEMA = 1;
// The NaN that marks the end of a series, as it stands in memory.
const STALE = Uint8Array.from([0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** A series as it goes into a remote write, and whose it is. */
export interface RemoteSeries {
  readonly owner: Owner;
  readonly encoded: Buffer;
}

/**
 * Makes the series that the OpenMetrics text format cannot carry: native histograms, and gauges with
 * staleness markers. All owners use the same names, and no two the same values.
 */
export function generateRemoteSeries(random: Random): readonly RemoteSeries[] {
  const pods = combinations({ pod: ['web-0', 'web-1'], method: ['get', 'put'] });
  const sessions = combinations({ pod: ['web-0', 'web-1', 'web-2'] });
  return OWNERS.flatMap((owner) => [
    ...pods.map((set) => ({
      owner,
      encoded: series('rpc_duration_seconds', ownedBy(owner, set), histograms(random)),
    })),
    ...sessions.map((set) => ({
      owner,
      encoded: series('sessions', ownedBy(owner, set), sessionSamples(random)),
    })),
  ]);
}

/** Writes series into a Prometheus server with a remote write receiver. */
export async function writeRemotely(url: string, series: readonly RemoteSeries[]): Promise<void> {
  const request = Buffer.concat(series.map(({ encoded }) => bytesField(1, encoded)));
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    body: new Uint8Array(snappyBlock(request)),
  });
  if (!answer.ok) throw new Error(`remote write: ${answer.status} ${await answer.text()}`);
}

function series(name: string, labels: LabelSet, samples: readonly Buffer[]): Buffer {
  const sorted = Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  const encoded = sorted.map(([label, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, label), bytesField(2, value)])),
  );
  return Buffer.concat([...encoded, ...samples]);
}

function histograms(random: Random): Buffer[] {
  const counts = Array.from({ length: BUCKETS }, () => random.below(20));
  let zeros = 0;
  let sum = 0;
  return moments().map((timestamp) => {
    if (random.percent(3)) {
      counts.fill(0);
      zeros = 0;
      sum = 0;
    }
    counts.forEach((count, index) => {
      const more = random.below(6);
      counts[index] = count + more;
      sum += more * 2 ** (index / 2 ** SCHEMA);
    });
    zeros += random.below(2);
    return bytesField(4, histogram({ timestamp, counts, zeros, sum: Math.round(sum * 100) / 100 }));
  });
}

interface NativeHistogram {
  readonly timestamp: number;
  readonly counts: readonly number[];
  readonly zeros: number;
  readonly sum: number;
}

function histogram({ timestamp, counts, zeros, sum }: NativeHistogram): Buffer {
  const count = counts.reduce((total, it) => total + it, zeros);
  const span = Buffer.concat([signedField(1, -1), wholeField(2, counts.length)]);
  return Buffer.concat([
    wholeField(1, count),
    doubleField(3, sum),
    signedField(4, SCHEMA),
    doubleField(5, 0.001),
    wholeField(6, zeros),
    bytesField(11, span),
    signedFields(
      12,
      counts.map((it, index) => it - (counts[index - 1] ?? 0)),
    ),
    wholeField(15, timestamp),
  ]);
}

// Sessions come and go: a marker ends them, and after a while some begin again.
function sessionSamples(random: Random): Buffer[] {
  let isActive = true;
  return moments().flatMap((timestamp) => {
    if (!isActive && random.percent(70)) return [];
    const value = isActive && random.percent(12) ? STALE : random.below(500);
    isActive = value !== STALE;
    return [bytesField(2, Buffer.concat([doubleField(1, value), wholeField(2, timestamp)]))];
  });
}

function moments(): readonly number[] {
  return Array.from({ length: SAMPLES }, (_, index) => (NATIVE_START + index * INTERVAL) * 1_000);
}
