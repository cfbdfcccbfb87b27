import { describe, expect, it } from '@jest/globals';
import { SIZING_PAGE } from '../../docs/pages/sizing.ts';
import { needsOf, printSize } from '../../docs/sizing/formulas.ts';
import { containerSizes } from '../../docs/sizing/workloads.ts';
import { LIMIT_GROUPS } from '../../frontend/config/limits.ts';
import * as v from 'valibot';
import { exampleManifests } from '../lib/support/platform.ts';

describe('needsOf', () => {
  it('follows the formulas', () => {
    const load = {
      tenants: 2,
      seriesPerTenant: 300,
      scrapeIntervalSeconds: 60,
      replicas: 2,
      localDays: 2,
      storedDays: 10,
    };
    // 10 samples a second are 864,000 a day.
    expect(needsOf(load)).toEqual({
      series: 600,
      samplesPerSecond: 10,
      headBytes: 600 * 8_192,
      diskBytes: { least: 1_728_000, most: 3_456_000 },
      uploadedBytesPerDay: { least: 1_728_000, most: 3_456_000 },
      storedBytes: { least: 51_840_000, most: 103_680_000 },
    });
  });

  it.each([
    [0, '0 B'],
    [1_023, '1020 B'],
    [1_024, '1 KiB'],
    [1_572_864, '1.5 MiB'],
    [5 * 1_024 ** 5, '5 PiB'],
  ])('prints %d bytes as %s', (bytes, text) => {
    expect(printSize(bytes)).toBe(text);
  });
});

describe('containerSizes', () => {
  const sizes = containerSizes(exampleManifests());

  it('finds what every container asks for', () => {
    expect(sizes.length).toBeGreaterThan(5);
    const unknown = sizes.filter((it) => [it.cpu, it.memory, it.memoryLimit].includes('none'));
    expect(unknown).toEqual([]);
  });

  it('finds the disks, of Prometheus as of a StatefulSet', () => {
    const withDisk = sizes.filter(({ disk }) => disk !== 'none').map(({ container }) => container);
    expect(withDisk).toEqual(
      expect.arrayContaining(['prometheus', 'thanos-store', 'thanos-compact']),
    );
    expect(withDisk).not.toContain('thanos-sidecar');
    expect(withDisk).not.toContain('thanos-query');
  });
});

describe('the document of sizes', () => {
  it('names every limit of a request, with the default of the program', async () => {
    const markdown = await SIZING_PAGE.markdown();
    const { concurrency, limits, rates } = LIMIT_GROUPS;
    const groups = {
      limits: v.parse(limits, undefined),
      rates: v.parse(rates, undefined),
      concurrency: v.parse(concurrency, undefined),
    };
    for (const [group, settings] of Object.entries(groups)) {
      for (const [name, value] of Object.entries(settings)) {
        expect(markdown).toContain(`| \`${group}.${name}\` | \`${String(value)}\` |`);
      }
    }
  });

  it('multiplies the limits of a scrape', async () => {
    expect(await SIZING_PAGE.markdown()).toContain(
      'Monitors x their endpoints x 25,000,000 series',
    );
  });
});
