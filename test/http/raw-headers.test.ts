import { describe, expect, it } from '@jest/globals';
import { headerValues } from '../../frontend/http/raw-headers.ts';

describe('headerValues', () => {
  const raw = ['Host', 'a', 'authorization', '1', 'Authorization', '2', 'X', 'host'];

  it('gives every value in order, whatever the case of the name', () => {
    expect(headerValues(raw, 'authorization')).toEqual(['1', '2']);
  });

  it('never takes a value for a name', () => {
    expect(headerValues(raw, 'host')).toEqual(['a']);
  });

  it('gives nothing for a header that is not there', () => {
    expect(headerValues(raw, 'cookie')).toEqual([]);
    expect(headerValues([], 'host')).toEqual([]);
  });
});
