import { describe, expect, it } from '@jest/globals';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import { DEFAULT_PROMQL_FEATURES, DEFAULT_SCOPE_OPTIONS } from '../../frontend/promql/options.ts';

const DOCUMENT = {
  apiVersion: 'prometheus-tenancy-kit/v1alpha1',
  kind: 'QueryFrontend',
  listener: { address: '127.0.0.1' },
  upstream: { url: 'http://thanos:9090' },
  access: { kind: 'kubernetes' },
};

function scopingOf(scoping: unknown): unknown {
  const config = parseQueryFrontendConfig({ ...DOCUMENT, scoping });
  return config.ok ? config.value.scoping : config.rejection.map(({ path }) => path);
}

describe('the configuration of scoping', () => {
  it('has the defaults of the core', () => {
    expect(scopingOf(undefined)).toEqual({
      mode: DEFAULT_SCOPE_OPTIONS.mode,
      features: DEFAULT_PROMQL_FEATURES,
    });
    const config = parseQueryFrontendConfig(DOCUMENT);
    expect(config.ok && config.value.limits.scopedBytes).toBe(DEFAULT_SCOPE_OPTIONS.maxBytes);
  });

  it('refuses what it does not know', () => {
    expect(scopingOf({ mode: 'replace', features: { 'promql-at-modifier': true } })).toEqual([
      'scoping.mode',
      'scoping.features.promql-at-modifier',
    ]);
  });

  it('takes a mode and features', () => {
    expect(scopingOf({ mode: 'error', features: { 'promql-duration-expr': true } })).toEqual({
      mode: 'error',
      features: { ...DEFAULT_PROMQL_FEATURES, 'promql-duration-expr': true },
    });
  });
});
