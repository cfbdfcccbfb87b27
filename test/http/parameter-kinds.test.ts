import { describe, expect, it } from '@jest/globals';
import {
  COUNT,
  DURATION_KIND,
  type ParameterKind,
  readDuration,
  readTimestamp,
  RESOLUTION,
  STATS,
  SWITCH,
  SWITCH_OFF,
  TIMESTAMP,
} from '../../frontend/http/parameter-kinds.ts';

interface Row {
  readonly kind: ParameterKind;
  readonly taken: readonly string[];
  readonly refused: readonly string[];
}

const ROWS: Readonly<Record<string, Row>> = {
  timestamp: {
    kind: TIMESTAMP,
    taken: [
      '0',
      '1700000000',
      '1700000000.123',
      '-1',
      '1.7e9',
      '.5',
      '5.',
      '2026-11-21T10:00:00Z',
      '2026-11-21T10:00:00.123456789+01:00',
    ],
    refused: [
      'now',
      'NaN',
      'Inf',
      '+Inf',
      '1e308',
      '1e9999',
      '0x10',
      '1_000',
      ' 1',
      '1 ',
      '.',
      '2026-11-21',
      '2026-13-21T10:00:00Z',
      '2026-11-21 10:00:00Z',
      '2026-11-21t10:00:00z',
      '10000000000000',
    ],
  },
  duration: {
    kind: DURATION_KIND,
    taken: ['1', '15', '0.5', '1m', '1h30m', '1y2w3d4h5m6s7ms', '500ms'],
    refused: ['0', '-1', '0s', '1m1h', '1.5h', 'm', '1 m', '1M', 'NaN', 'Inf', '1e308', '5m:1m'],
  },
  count: { kind: COUNT, taken: ['0', '100'], refused: ['-1', '1.0', '1e3', 'all', '99999999999'] },
  stats: { kind: STATS, taken: ['true', 'all'], refused: ['false', 'ALL', '1'] },
  switch: { kind: SWITCH, taken: ['true', 'false', '1', '0'], refused: ['yes', 'TRUE', '2'] },
  'switch off': {
    kind: SWITCH_OFF,
    taken: ['true', 'false', '1', '0'],
    refused: ['yes', 'TRUE', 'FALSE', '2'],
  },
  resolution: {
    kind: RESOLUTION,
    taken: ['auto', '0', '0s', '5m', '1h', '300'],
    refused: ['AUTO', '-5m', 'raw', '00'],
  },
};

describe('a parameter', () => {
  it.each(Object.entries(ROWS))('that is a %s takes the right values', (_name, row) => {
    expect(row.taken.filter((value) => !row.kind.accepts(value))).toEqual([]);
  });

  it.each(Object.entries(ROWS))('that is a %s refuses all others', (_name, row) => {
    const refused = [...row.refused, 'x', '1\n', '\n1', '1&a=b', '1;', '{}', '\u0661'];
    expect(refused.filter((value) => row.kind.accepts(value))).toEqual([]);
  });

  it('is checked in time linear in its length', () => {
    const long = '1'.repeat(60_000);
    const startedMs = performance.now();
    for (const { kind } of Object.values(ROWS)) {
      expect(kind.accepts(`${long}x`)).toBe(false);
      expect(kind.accepts(`${long}.${long}x`)).toBe(false);
    }
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('a switch that may only be turned off', () => {
  it('withholds what turns it on, and nothing else', () => {
    const withheld = ['true', '1', 'false', '0'].filter((it) => SWITCH_OFF.withholds?.(it));
    expect(withheld).toEqual(['true', '1']);
    expect(SWITCH.withholds).toBeUndefined();
  });
});

describe('a time', () => {
  it.each([
    ['1700000000.5', 1_700_000_000.5],
    ['-1', -1],
    ['1.7e9', 1.7e9],
    ['1970-01-01T00:00:04Z', 4],
    ['1970-01-01T01:00:00.250+01:00', 0.25],
    ['now', undefined],
  ])('%s is read', (value, seconds) => {
    expect(readTimestamp(value)).toBe(seconds);
  });
});

describe('a time span', () => {
  it.each([
    ['15', 15],
    ['0.5', 0.5],
    ['500ms', 0.5],
    ['1h30m', 5_400],
    ['1m1ms', 60.001],
    ['1y2w3d', 31_536_000 + 1_209_600 + 259_200],
    ['0s', undefined],
    ['400y', undefined],
    ['9'.repeat(400) + 's', undefined],
  ])('%s is read', (value, seconds) => {
    expect(readDuration(value)).toBe(seconds);
  });
});
