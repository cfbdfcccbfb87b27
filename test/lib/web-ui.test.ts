import { describe, expect, it } from '@jest/globals';
import { RuntimeCode, SynthError, TenantQueryFrontend } from '../../lib/index.ts';
import type { RuntimeRole, WebUiSettings } from '../../lib/index.ts';
import { parseTenancyLabel } from '../../tenant/index.ts';
import { at, type Manifest, manifestsOf, only, platformChart } from './support/manifests.ts';

function synth(role: RuntimeRole, ui?: WebUiSettings): readonly Manifest[] {
  const chart = platformChart();
  const tenancyLabel = parseTenancyLabel('namespace');
  if (tenancyLabel === undefined) throw new TypeError('no label');
  const files = [`${role}.mjs`, `${role}-shared.mjs`].map((name) => ({ name, code: '0;\n' }));
  void new TenantQueryFrontend(chart, 'frontend', {
    upstream: {
      queryUrl: 'http://querier:10902',
      pods: { component: 'querier', podLabels: { app: 'querier' }, metricsPorts: [] },
      queryPort: { name: 'http', port: 10_902 },
      tenancyLabel,
    },
    code: RuntimeCode.configMap({ role, files }),
    ...(ui !== undefined && { ui }),
  });
  return manifestsOf(chart);
}

function configOf(manifests: readonly Manifest[]): unknown {
  const texts = manifests.map((it) => at(it, 'data', 'config.json'));
  return JSON.parse(String(texts.find((text) => text !== undefined)));
}

describe('the web UI of a TenantQueryFrontend', () => {
  it('is off by default', () => {
    expect(configOf(synth('query-frontend'))).not.toHaveProperty('ui');
    expect(configOf(synth('query-frontend-ui'))).not.toHaveProperty('ui');
  });

  it('is switched on in the configuration, and started from the bundle that holds it', () => {
    const manifests = synth('query-frontend-ui', { kind: 'thanos' });
    expect(at(configOf(manifests), 'ui')).toEqual({ kind: 'thanos' });
    const pod = ['spec', 'template', 'spec', 'containers', 0, 'command'] as const;
    expect(at(only(manifests, 'Deployment'), ...pod)).toEqual([
      'node',
      '/app/query-frontend-ui.mjs',
    ]);
  });

  it('is refused with a bundle that holds none', () => {
    expect(() => synth('query-frontend', { kind: 'thanos' })).toThrow(SynthError);
    expect(() => synth('query-frontend', { kind: 'thanos' })).toThrow('holds no web UI');
  });
});
