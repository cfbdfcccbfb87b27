import { describe, expect, it } from '@jest/globals';
import { NEWEST_THANOS, THANOS_VERSIONS } from '../../../lib/thanos/version.ts';
import { PARTS } from './parts.ts';
import { THANOS_PARTS, thanosVersion } from './thanos-versions.ts';

describe('the choice of versions of Thanos', () => {
  it('is the newest where nothing is said', () => {
    expect(thanosVersion('store', '')).toBe(NEWEST_THANOS);
    expect(THANOS_PARTS[NEWEST_THANOS]).toBe(PARTS.thanos);
  });

  it('is one version for all, but for the components that are named', () => {
    const mixed = '0.38,query=0.42,query-frontend=0.41';
    const roles = [undefined, 'store', 'query', 'query-frontend'] as const;
    expect(roles.map((it) => thanosVersion(it, '0.39'))).toEqual(['0.39', '0.39', '0.39', '0.39']);
    expect(roles.map((it) => thanosVersion(it, mixed))).toEqual(['0.38', '0.38', '0.42', '0.41']);
  });

  it.each(['0.37', 'v0.38.0', '0.38,query', '0.38,querier=0.42', '0.38,query=0.43', ',query=0.42'])(
    'refuses %s',
    (chosen) => {
      expect(() => thanosVersion('query', chosen)).toThrow(/^TENANCY_KIT_THANOS: there is no /);
      expect(() => thanosVersion('store', chosen)).toThrow(/^TENANCY_KIT_THANOS: there is no /);
    },
  );

  it.each(THANOS_VERSIONS)('has a release of %s', (version) => {
    expect(THANOS_PARTS[version].version).toMatch(new RegExp(`^v${version}\\.\\d+$`));
  });
});
