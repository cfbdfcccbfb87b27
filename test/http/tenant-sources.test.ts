import { describe, expect, it } from '@jest/globals';
import {
  readTenants,
  splitTenantHeader,
  splitTenantPrefix,
  type TenantTexts,
} from '../../frontend/http/tenant-sources.ts';

function read(texts: TenantTexts, max = 3): unknown {
  const read = readTenants(texts, max);
  return read.ok ? read.value : read.rejection;
}

describe('splitTenantPrefix', () => {
  it.each([
    ['/namespaces/a/api/v1/query', '/api/v1/query', ['a']],
    ['/namespaces/a,b/api/v1/query', '/api/v1/query', ['a', 'b']],
    ['/namespaces//api/v1/query', '/api/v1/query', ['']],
    ['/namespaces/a,/api/v1/query', '/api/v1/query', ['a', '']],
    ['/namespaces/a/namespaces/b/api/v1/query', '/namespaces/b/api/v1/query', ['a']],
    ['/namespaces/..%2f/api/v1/query', '/api/v1/query', ['..%2f']],
    ['/api/v1/query', '/api/v1/query', undefined],
    ['/namespaces/a', '/namespaces/a', undefined],
    ['/Namespaces/a/api/v1/query', '/Namespaces/a/api/v1/query', undefined],
    ['//namespaces/a/api/v1/query', '//namespaces/a/api/v1/query', undefined],
    ['/x/namespaces/a/api/v1/query', '/x/namespaces/a/api/v1/query', undefined],
  ])('splits %s', (path, rest, tenants) => {
    expect(splitTenantPrefix(path)).toEqual({
      path: rest,
      ...(tenants !== undefined && { tenants }),
    });
  });
});

describe('splitTenantHeader', () => {
  it('adds up values between bars and repeated headers', () => {
    expect(splitTenantHeader(['a|b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(splitTenantHeader(['a|'])).toEqual(['a', '']);
    expect(splitTenantHeader([])).toEqual([]);
  });
});

describe('readTenants', () => {
  it.each<[string, TenantTexts, readonly string[]]>([
    ['none', {}, []],
    ['an empty list of each kind as none', { parameter: [], header: [] }, []],
    ['one kind', { parameter: ['a', 'b'] }, ['a', 'b']],
    ['repeats once', { parameter: ['a', 'b', 'a'] }, ['a', 'b']],
    ['kinds that agree, in any order', { path: ['a', 'b'], parameter: ['b', 'a'] }, ['a', 'b']],
    ['three kinds that agree', { path: ['a'], parameter: ['a', 'a'], header: ['a'] }, ['a']],
    ['as many as are allowed', { header: ['a', 'b', 'c', 'a'] }, ['a', 'b', 'c']],
  ])('reads %s', (_what, texts, expected) => {
    expect(read(texts)).toEqual(expected);
  });

  it.each<[string, TenantTexts, unknown]>([
    ['an empty name', { path: [''] }, { code: 'tenant_malformed', source: 'path' }],
    ['a pattern', { parameter: ['.*'] }, { code: 'tenant_malformed', source: 'parameter' }],
    ['a separator', { parameter: ['a|b'] }, { code: 'tenant_malformed', source: 'parameter' }],
    [
      'one bad name among good ones',
      { header: ['a', 'B'] },
      { code: 'tenant_malformed', source: 'header' },
    ],
    [
      'a bad name in a second kind',
      { path: ['a'], header: [''] },
      { code: 'tenant_malformed', source: 'header' },
    ],
    [
      'kinds that differ',
      { path: ['a'], parameter: ['b'] },
      { code: 'tenant_sources_differ', sources: ['path', 'parameter'] },
    ],
    [
      'a kind that names fewer',
      { path: ['a', 'b'], header: ['a'] },
      { code: 'tenant_sources_differ', sources: ['path', 'header'] },
    ],
    [
      'a kind that names more',
      { path: ['a'], header: ['a', 'b'] },
      { code: 'tenant_sources_differ', sources: ['path', 'header'] },
    ],
    [
      'a third kind that differs',
      { path: ['a'], parameter: ['a'], header: ['b'] },
      { code: 'tenant_sources_differ', sources: ['path', 'parameter', 'header'] },
    ],
    [
      'too many',
      { parameter: ['a', 'b', 'c', 'd'] },
      { code: 'limit_tenants', limit: 3, value: 4 },
    ],
  ])('refuses %s', (_what, texts, expected) => {
    expect(read(texts)).toEqual(expected);
  });
});
