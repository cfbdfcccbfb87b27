/** What tenants bring, and how long it is kept. */
export interface Load {
  readonly tenants: number;
  /** Series of one tenant that are scraped at one time. */
  readonly seriesPerTenant: number;
  /** Seconds between two scrapes. */
  readonly scrapeIntervalSeconds: number;
  /** Replicas of Prometheus, each of which scrapes everything. */
  readonly replicas: number;
  /** Days on the disk of Prometheus. */
  readonly localDays: number;
  /** Days in the object store. */
  readonly storedDays: number;
}

/** What a load needs. Bytes are a range where the size of a sample is one. */
export interface Needs {
  /** Series of all tenants, in each replica. */
  readonly series: number;
  /** Samples per second, in each replica. */
  readonly samplesPerSecond: number;
  /** Memory of the head of each replica, in bytes. */
  readonly headBytes: number;
  /** Disk of each replica, without the write-ahead log, in bytes. */
  readonly diskBytes: Range;
  /** What the sidecars upload in a day, all together, in bytes. */
  readonly uploadedBytesPerDay: Range;
  /** What is in the object store in the end, with all resolutions, in bytes. */
  readonly storedBytes: Range;
}

/** A least and a greatest value. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Bytes of one sample on the disk, as Prometheus documents it. */
export const SAMPLE_BYTES: Range = { least: 1, most: 2 };

/** Memory of one series in the head, in bytes. A rule of thumb: labels and churn move it. */
export const HEAD_BYTES_PER_SERIES = 8_192;

/** How much more the object store holds with downsampling, at most, as Thanos documents it. */
export const DOWNSAMPLING_FACTOR = 3;

const SECONDS_PER_DAY = 86_400;

/** Computes what a load needs. */
export function needsOf(load: Load): Needs {
  const series = load.tenants * load.seriesPerTenant;
  const samplesPerSecond = series / load.scrapeIntervalSeconds;
  const perDay = times(SAMPLE_BYTES, samplesPerSecond * SECONDS_PER_DAY);
  const uploadedBytesPerDay = times(perDay, load.replicas);
  return {
    series,
    samplesPerSecond,
    headBytes: series * HEAD_BYTES_PER_SERIES,
    diskBytes: times(perDay, load.localDays),
    uploadedBytesPerDay,
    storedBytes: times(uploadedBytesPerDay, load.storedDays * DOWNSAMPLING_FACTOR),
  };
}

/** Prints bytes in the unit in which they have one to three digits before the point. */
export function printSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const index = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${Number((bytes / 1_024 ** index).toPrecision(3))} ${units[index] ?? ''}`;
}

function times({ least, most }: Range, factor: number): Range {
  return { least: least * factor, most: most * factor };
}
