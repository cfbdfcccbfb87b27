import { describe, expect, it } from '@jest/globals';
import { TenancyApp } from '../../charts/tenancy-app.ts';
import { AlertmanagerUpstream, SynthError } from '../../lib/index.ts';
import type { TenantEntry } from '../../charts/tenants.ts';
import {
  at,
  listAt,
  type Manifest,
  manifestsOf,
  only,
  PLACEHOLDER,
} from '../lib/support/manifests.ts';

function tenant(entry: Partial<TenantEntry> = {}): Manifest[] {
  const tenants = [{ namespace: 'team-a', ...entry }];
  const app = new TenancyApp({ runtime: PLACEHOLDER, tenants });
  return manifestsOf(...app.tenants);
}

function subjectsOf(manifests: readonly Manifest[], binding: string): readonly unknown[] {
  return listAt(only(manifests, 'RoleBinding', binding), 'subjects').map((it) => at(it, 'name'));
}

describe('a tenant of the list', () => {
  it('gets what a tenant gets by itself, where nothing is said', () => {
    expect(tenant().map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount metrics-reader',
      'Role metrics-reader',
      'RoleBinding metrics-reader',
      'Secret metrics-reader-token',
      'ConfigMap grafana-data-source-metrics',
      'NetworkPolicy metrics-prometheus-only',
    ]);
  });

  it('gives each kind of right to its groups', () => {
    const manifests = tenant({
      readerGroups: ['readers'],
      writerGroups: ['writers'],
      ruleEditorGroups: ['editors', 'owners'],
    });
    expect(subjectsOf(manifests, 'metrics-reader')).toEqual(['metrics-reader', 'readers']);
    expect(subjectsOf(manifests, 'metrics-writer')).toEqual(['writers']);
    expect(subjectsOf(manifests, 'rules-editor')).toEqual(['editors', 'owners']);
  });

  it('lets groups silence its alerts, where the frontend takes silences', () => {
    const silencerGroups = ['on-call'];
    const frontend = {
      endpoints: { silenceWrites: true },
      upstreams: { alertmanager: AlertmanagerUpstream.operated('main') },
    };
    const tenants = [{ namespace: 'team-a', silencerGroups }];
    const app = new TenancyApp({ runtime: PLACEHOLDER, tenants, frontend });
    expect(subjectsOf(manifestsOf(...app.tenants), 'silences-writer')).toEqual(['on-call']);
    expect(() => tenant({ silencerGroups })).toThrow('the frontend lets nobody change silences');
  });

  it('has a token that is made anew, or none', () => {
    const renewed = tenant({ token: 'renewed' }).map(({ kind }) => kind);
    expect(renewed).toEqual(expect.arrayContaining(['CronJob', 'Job']));
    const none = tenant({ token: 'none', grafana: 'forwardedOAuth' }).map(({ kind }) => kind);
    expect(none).not.toContain('Secret');
    expect(() => tenant({ token: 'none' })).toThrow('points to a token');
  });

  it('has its data source in an organisation of its own, or none', () => {
    const [file] = Object.values(
      at(only(tenant({ grafana: { organisation: 7 } }), 'ConfigMap'), 'data') as object,
    ) as string[];
    expect(JSON.parse(file ?? '')).toMatchObject({ datasources: [{ orgId: 7 }] });
    expect(tenant({ grafana: 'none' }).map(({ kind }) => kind)).not.toContain('ConfigMap');
  });

  it('refuses two tokens in one organisation', () => {
    const grafana = { organisation: 7 } as const;
    const tenants = ['a', 'b'].map((namespace) => ({ namespace, grafana }));
    expect(() => new TenancyApp({ runtime: PLACEHOLDER, tenants })).toThrow(/organisation/);
  });

  it('has defaults for containers, in the words of Kubernetes', () => {
    const containerDefaults = { cpu: '0.25', memory: '128Mi', memoryLimit: '1Gi' };
    const { spec } = only(tenant({ quota: { containerDefaults } }), 'LimitRange');
    expect(at(spec, 'limits', 0)).toEqual({
      type: 'Container',
      default: { memory: '1024Mi' },
      defaultRequest: { cpu: '250m', memory: '128Mi' },
    });
    for (const wrong of [{ cpu: 'yes' }, { memory: '1G' }, { memoryLimit: '0Mi' }]) {
      const quota = { containerDefaults: { ...containerDefaults, ...wrong } };
      expect(() => tenant({ quota })).toThrow(SynthError);
    }
  });

  it('has a quota and samples', () => {
    const manifests = tenant({ quota: { monitors: 5, hard: { pods: '3' } }, samples: true });
    expect(at(only(manifests, 'ResourceQuota').spec, 'hard')).toMatchObject({
      'count/servicemonitors.monitoring.coreos.com': 5,
      pods: '3',
    });
    expect(only(manifests, 'ServiceMonitor').metadata.name).toBe('example');
  });
});
