import { describe, expect, it } from '@jest/globals';
import {
  parseQueryFrontendConfig,
  type QueryFrontendConfig,
} from '../../frontend/config/query-frontend.ts';
import type { Upstream } from '../../frontend/http/upstream.ts';
import { createFilteredEndpoints } from '../../frontend/roles/filtered-parts.ts';

const QUERIES: Upstream = { send: () => Promise.reject(new Error('nobody asks')) };

const RULES: Upstream = { send: () => Promise.reject(new Error('nobody asks either')) };

function config(more: object): QueryFrontendConfig {
  const parsed = parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://thanos:9090' },
    access: { kind: 'kubernetes' },
    ...more,
  });
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.rejection));
  return parsed.value;
}

describe('createFilteredEndpoints', () => {
  it('offers nothing that is not configured', () => {
    const { exchange, close } = createFilteredEndpoints(config({}), QUERIES);
    expect(exchange).toMatchObject({
      filtered: { hasTargetMetadata: false, maxBytes: 16_777_216 },
      offer: { federate: false, alertmanager: false, silenceWrites: false },
    });
    expect(exchange.filtered.upstreams).toEqual({
      queries: QUERIES,
      rules: undefined,
      alertmanager: undefined,
    });
    close();
  });

  it('offers what is configured', () => {
    const { exchange, close } = createFilteredEndpoints(
      config({
        upstreams: { rules: { url: 'http://ruler' }, alertmanager: { url: 'http://am' } },
        endpoints: { federate: true, metadata: 'targets', silenceWrites: true },
        limits: { filteredBytes: 100_000 },
      }),
      QUERIES,
      RULES,
    );
    expect(exchange).toMatchObject({
      filtered: { hasTargetMetadata: true, maxBytes: 100_000 },
      offer: { federate: true, alertmanager: true, silenceWrites: true },
    });
    const { queries, rules, alertmanager } = exchange.filtered.upstreams;
    expect([queries, rules]).toEqual([QUERIES, RULES]);
    expect(alertmanager).toBeDefined();
    close();
  });

  it('has no silences to change without an Alertmanager', () => {
    const { exchange } = createFilteredEndpoints(
      config({ endpoints: { silenceWrites: true } }),
      QUERIES,
    );
    expect(exchange.offer.alertmanager).toBe(false);
  });
});
