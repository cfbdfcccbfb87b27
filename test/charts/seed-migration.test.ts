import { beforeAll, describe, expect, it } from '@jest/globals';
import { at, type Json, listAt, type Manifest, only, textsAt } from '../lib/support/manifests.ts';
import { podTemplates } from '../lib/support/pod-templates.ts';
import {
  MIGRATION_DOCUMENT,
  SEED_DEPLOYMENTS,
  SEED_OTHERS,
  SEED_RULE,
  SEED_SERVICES,
  seedTenant,
  synthesiseMigration,
} from '../support/seed-platform.ts';

/** The first cells of the rows of the table in the document. */
const OLD = MIGRATION_DOCUMENT.split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => (line.split(' | ')[0] ?? '').slice(2));

describe('the platform that takes the place of the older manifests', () => {
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    manifests = await synthesiseMigration();
    // It bundles the runtime, in two processes.
  }, 60_000);

  const find = (kind: string, name: string): Manifest => only(manifests, kind, name);
  const portsOf = (name: string): Record<string, Json> =>
    Object.fromEntries(
      listAt(find('Service', name).spec, 'ports').map((it) => [
        String(at(it, 'name')),
        at(it, 'port'),
      ]),
    );
  const argsOf = (kind: string, name: string): readonly Json[] =>
    listAt(find(kind, name).spec, 'template', 'spec', 'containers', 0, 'args');

  it('has every Service under the name and the ports that it had', () => {
    const missing = SEED_SERVICES.flatMap(({ name, ports }) =>
      Object.values(ports)
        .filter((port) => !Object.values(portsOf(name)).includes(port))
        .map((port) => `${name}:${port}`),
    );
    // A compactor has never listened there.
    expect(missing).toEqual(['thanos-compactor:10901']);
  });

  it('has these ports behind them', () => {
    expect(portsOf('thanos-querier-frontend')).toEqual({ https: 9_090 });
    expect(portsOf('thanos-store-gateway')).toEqual({ grpc: 10_901, http: 10_902 });
    expect(portsOf('thanos-compactor')).toEqual({ http: 10_902 });
    const querier = { grpc: 10_901, http: 10_902, 'legacy-http': 9_090 };
    expect(portsOf('thanos-querier')).toEqual(querier);
    expect(portsOf('thanos-sidecar')).toEqual({ grpc: 10_901, http: 10_902 });
    expect(portsOf('prometheus-thanos-sidecar')).toEqual({ grpc: 10_901, http: 10_902 });
  });

  it('has pods that listen behind each of them', () => {
    const pods = podTemplates(manifests);
    for (const { name } of SEED_SERVICES) {
      const { spec } = find('Service', name);
      const selector = Object.entries(textsAt(spec, 'selector'));
      const selected = pods.filter(({ labels }) =>
        selector.every(([label, value]) => labels[label] === value),
      );
      expect(selected).toHaveLength(1);
      const names = listAt(selected[0]?.spec, 'containers')
        .flatMap((it) => listAt(it, 'ports'))
        .map((it) => at(it, 'name'));
      for (const port of listAt(spec, 'ports')) expect(names).toContain(at(port, 'targetPort'));
    }
  });

  it('keeps the Prometheus, how long it keeps what it scrapes, and its disks', () => {
    const { spec } = find('Prometheus', 'prometheus');
    expect(spec).toMatchObject({ replicas: 2, retention: '7d', serviceMonitorSelector: {} });
    expect(at(spec, 'podMonitorSelector')).toEqual({});
    const storage = at(spec, 'storage', 'volumeClaimTemplate', 'spec', 'resources', 'requests');
    expect(storage).toEqual({ storage: '20480Mi' });
    expect(at(spec, 'securityContext')).toMatchObject({ runAsUser: 65_534, fsGroup: 65_534 });
    expect(at(spec, 'enforcedNamespaceLabel')).toBe('namespace');
  });

  it('keeps blocks as long as before, and deletes them later', () => {
    expect(argsOf('StatefulSet', 'thanos-compactor')).toEqual(
      expect.arrayContaining([
        '--retention.resolution-raw=720h',
        '--retention.resolution-5m=1440h',
        '--retention.resolution-1h=2160h',
        '--delete-delay=48h',
        '--wait',
      ]),
    );
    expect(at(find('StatefulSet', 'thanos-compactor').spec, 'replicas')).toBe(1);
  });

  it('has everything scraped that had a monitor', () => {
    const components = manifests
      .filter(({ kind }) => kind === 'ScrapeConfig')
      .map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] ?? '');
    expect(components.toSorted()).toEqual([
      'prometheus',
      'prometheus-server',
      'tenant-query-frontend',
      'thanos-compactor',
      'thanos-querier',
      'thanos-store-gateway',
    ]);
  });

  it('reads the object store by the Secret that is there', () => {
    const users = podTemplates(manifests).filter(({ spec }) =>
      JSON.stringify(spec).includes('"secretName":"thanos-objstore-secret"'),
    );
    expect(users.map(({ owner }) => owner).toSorted()).toEqual([
      'Prometheus prometheus',
      'StatefulSet thanos-compactor',
      'StatefulSet thanos-store-gateway',
    ]);
    for (const { spec } of users) {
      expect(JSON.stringify(spec)).toContain('"key":"thanos.yaml"');
      expect(JSON.stringify(spec)).not.toContain('secretKeyRef');
    }
  });

  it('asks with no flag that Thanos has removed', () => {
    const args = argsOf('Deployment', 'thanos-querier').map(String);
    expect(args.filter((it) => /^--store(?:=|$)/.test(it))).toEqual([]);
    expect(args).toEqual(expect.arrayContaining(['--query.auto-downsampling']));
    expect(args.filter((it) => it.startsWith('--query.replica-label'))).toContain(
      '--query.replica-label=prometheus_replica',
    );
  });

  it("asks the API server what tenants' Roles already grant", () => {
    const config = manifests.find(
      ({ kind, metadata }) =>
        kind === 'ConfigMap' && metadata.name.startsWith('tenant-query-frontend-config-'),
    );
    const access: unknown = JSON.parse(String(at(config, 'data', 'config.json')));
    expect(at(access, 'access', 'attributes')).toMatchObject({
      verb: SEED_RULE.verbs[0],
      group: SEED_RULE.apiGroups[0],
      resource: SEED_RULE.resources[0]?.split('/')[0],
      subresource: SEED_RULE.resources[0]?.split('/')[1],
    });
    // Tokens out of Secrets have the audience of the API server alone.
    expect(at(access, 'access', 'audiences')).toContain(
      'https://kubernetes.default.svc.cluster.local',
    );
    const [role] = seedTenant('showcase').filter(({ kind }) => kind === 'Role');
    expect(at(role, 'rules')).toEqual([SEED_RULE]);
  });

  it('is compared in the document with every object that was there', () => {
    const missing = [
      ...SEED_SERVICES.map(({ name }) => `Service \`${name}\``),
      ...SEED_DEPLOYMENTS.map((name) => `Deployment \`${name}\``),
      ...SEED_OTHERS,
    ].filter((object) => !OLD.some((cell) => cell.includes(object)));
    expect(missing).toEqual([]);
  });

  it('makes every object that the document names as new', () => {
    const rows = MIGRATION_DOCUMENT.split('\n').filter((line) => line.startsWith('| '));
    const named = rows.flatMap((line) => {
      const cell = line.split(' | ')[1] ?? '';
      return [...cell.matchAll(/(\b[A-Z]\w+) `([\w-]+)`/g)].map(([, kind, name]) => [kind, name]);
    });
    const ours = named.filter(([, name]) => !name?.startsWith('metrics-reader'));
    expect(ours.length).toBeGreaterThan(10);
    const absent = ours.filter(
      ([kind, name]) => !manifests.some((it) => it.kind === kind && it.metadata.name === name),
    );
    expect(absent).toEqual([]);
  });
});
