import { describe, expect, it } from '@jest/globals';
import {
  namespacesOfSeries,
  type ReservedNames,
  SynthError,
  TenantPrometheus,
} from '../../lib/index.ts';
import { at, type Json, manifestsOf, only, platformChart } from './support/manifests.ts';

function classesOf(reserved?: ReservedNames): Json {
  const chart = platformChart();
  const more = reserved === undefined ? {} : { reserved };
  void new TenantPrometheus(chart, 'prometheus', { cluster: 'main', ...more });
  return at(only(manifestsOf(chart), 'Prometheus').spec, 'scrapeClasses');
}

describe('the names that belong to the platform', () => {
  it('are dropped by the scrape class of whoever names none', () => {
    expect(classesOf()).toEqual([
      {
        name: 'tenant',
        default: true,
        relabelings: [
          {
            action: 'drop',
            sourceLabels: ['job'],
            regex: '(?:kube-state-metrics|node-exporter|kubelet|cadvisor|apiserver)',
          },
        ],
        metricRelabelings: [
          {
            action: 'drop',
            sourceLabels: ['__name__'],
            regex: '(?:kube_|kubelet_|container_|machine_|node_).*',
          },
        ],
      },
      { name: 'platform' },
    ]);
  });

  it('are those that are given', () => {
    expect(at(classesOf({ jobs: [], metricPrefixes: ['vault_'] }), 0)).toEqual({
      name: 'tenant',
      default: true,
      relabelings: [],
      metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: '(?:vault_).*' }],
    });
  });

  it.each([{ jobs: ['.*'] }, { metricPrefixes: [''] }, { metricPrefixes: ['a|b'] }])(
    'are no expressions: %j',
    (reserved) => {
      expect(() => classesOf(reserved)).toThrow(SynthError);
    },
  );
});

describe('namespacesOfSeries', () => {
  it('takes the label back under which Prometheus put it aside', () => {
    expect(namespacesOfSeries('tenant_id')).toEqual([
      {
        action: 'replace',
        sourceLabels: ['exported_tenant_id'],
        regex: '(.+)',
        targetLabel: 'tenant_id',
      },
      { action: 'labeldrop', regex: 'exported_tenant_id' },
    ]);
  });
});
