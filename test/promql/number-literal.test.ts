import { describe, expect, it } from '@jest/globals';
import {
  isAmbiguous,
  MAX_DURATION_SECONDS,
  readDuration,
  readNumber,
} from '../../frontend/promql/number-literal.ts';

describe('readNumber', () => {
  it.each([
    ['0', 0],
    ['42', 42],
    ['5.', 5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['1_000.5_0e1_0', 1_000.5e10],
    ['0x1F', 31],
    ['0X_1f', 31],
    ['0755', 493],
    ['0_7', 7],
    ['08', 8],
    ['0779', 779],
    ['0777000000000000000000000', 777e21],
    ['99999999999999999999', 1e20],
    ['Inf', Infinity],
    ['NAN', NaN],
  ])('reads %s', (token, value) => {
    expect(readNumber(token)).toEqual({ ok: true, value });
  });

  it.each([
    ['1e', 'number_malformed'],
    ['1e+', 'number_malformed'],
    ['1_', 'number_malformed'],
    ['_1', 'number_malformed'],
    ['0x', 'number_malformed'],
    ['0x1_', 'number_malformed'],
    ['0x1e+5', 'number_malformed'],
    ['.', 'number_malformed'],
    ['1e999', 'number_out_of_range'],
    ['0x8000000000000000', 'number_out_of_range'],
  ])('refuses %s', (token, problem) => {
    expect(readNumber(token)).toEqual({ ok: false, rejection: { problem, found: token } });
  });
});

describe('readDuration', () => {
  it.each([
    ['5m', 300],
    ['1h30m', 5400],
    ['1y2w3d4h5m6s7ms', 33_019_506.007],
    ['0s', 0],
    ['292y', 9_208_512_000],
  ])('reads %s', (token, value) => {
    expect(readDuration(token)).toEqual({ ok: true, value });
  });

  it.each([
    ['5m1h', 'duration_malformed'],
    ['5m5m', 'duration_malformed'],
    ['1.5h', 'duration_malformed'],
    ['5ys', 'duration_malformed'],
    ['293y', 'duration_out_of_range'],
    ['99999999999999999999999s', 'duration_out_of_range'],
  ])('refuses %s', (token, problem) => {
    expect(readDuration(token)).toEqual({ ok: false, rejection: { problem, found: token } });
  });

  it('knows the bound of the database', () => {
    expect(MAX_DURATION_SECONDS / 86_400 / 365).toBeCloseTo(292.47, 2);
  });
});

describe('isAmbiguous', () => {
  it.each(['0x1e', '0X_AE'])('tells %s', (token) => expect(isAmbiguous(token)).toBe(true));
  it.each(['0x1', '0x11e', '0x1e5', '1e5', '0x01e'])('does not tell %s', (token) =>
    expect(isAmbiguous(token)).toBe(false),
  );
});
