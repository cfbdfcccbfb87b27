import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TENANCY_LABEL, parseTenancyLabel } from '../../tenant/tenancy-label.ts';

describe('parseTenancyLabel', () => {
  it.each(['namespace', 'tenant_id', '_x', 'A1'])('takes %s', (text) => {
    expect(parseTenancyLabel(text)).toBe(text);
  });

  it.each(['', '__name__', '__x', 'a-b', '1a', 'a.b', 'a\n', 'a="b"', '\u00e9'])(
    'refuses %j',
    (text) => {
      expect(parseTenancyLabel(text)).toBeUndefined();
    },
  );

  it('has a default that it takes', () => {
    expect(parseTenancyLabel(DEFAULT_TENANCY_LABEL)).toBe('namespace');
  });
});
