import { describe, expect, it } from '@jest/globals';
import type { NetworkNode } from '../../lib/index.ts';
import { everyThanos } from './support/every-thanos.ts';
import { manifestsOf } from './support/manifests.ts';
import { podTemplates } from './support/pod-templates.ts';
import { pod, policiesOf, table } from './support/reachability-table.ts';

const MANIFESTS = manifestsOf(everyThanos({ memcached: true }));
const POLICIES = policiesOf(MANIFESTS);
const TENANT = { 'prometheus-tenancy-kit/tenant': 'true' };

const PLATFORM: readonly NetworkNode[] = podTemplates(MANIFESTS).map(
  ({ labels, namespace, owner }) =>
    pod(owner.replace(/^\w+ /, '').replace('tenancy', 'prometheus'), namespace, labels),
);

const TENANT_POD = pod('pod of a tenant', 'team-a', { app: 'anything' }, TENANT);

// A tenant chooses the labels of its pods: here those of each pod of the platform.
const DISGUISED: readonly NetworkNode[] = PLATFORM.map(({ name, pod: own }) =>
  pod(`disguised as ${name}`, 'team-a', own?.labels ?? {}, TENANT),
);

const STRANGERS: readonly NetworkNode[] = [
  TENANT_POD,
  pod('neighbour in the namespace', 'monitoring', { app: 'grafana' }),
  pod('resolver', 'kube-system', { 'k8s-app': 'kube-dns' }),
  pod('stranger', 'default', { app: 'anything' }),
  { name: 'world', address: '203.0.113.7' },
];

const ALERTMANAGER = pod('alertmanager', 'alerting', { app: 'alertmanager' });

describe('the network policies of every part', () => {
  it('open these connections and no other', () => {
    expect(table(POLICIES, PLATFORM, PLATFORM)).toEqual([
      'prometheus -> prometheus: 8080 10902',
      'prometheus -> thanos-store-gateway-shard-0: 10902',
      'prometheus -> thanos-store-gateway-shard-1: 10902',
      'prometheus -> thanos-compactor: 10902',
      'prometheus -> thanos-compactor-other: 10902',
      'prometheus -> thanos-receive-ingestor: 10902',
      'prometheus -> thanos-receive: 10902',
      'prometheus -> thanos-ruler: 9092 10902',
      'prometheus -> thanos-writing-ruler: 10902',
      'prometheus -> thanos-operator-ruler: 9092 10902',
      'prometheus -> thanos-querier: 10902',
      'prometheus -> thanos-query-frontend: 10902',
      'prometheus -> tenant-query-frontend: 9091',
      'prometheus -> thanos-bucket-web: 10902',
      'thanos-store-gateway-shard-0 -> thanos-memcached: 11211',
      'thanos-store-gateway-shard-1 -> thanos-memcached: 11211',
      'thanos-receive -> thanos-receive-ingestor: 10901',
      'thanos-ruler -> thanos-querier: 10902',
      'thanos-writing-ruler -> thanos-receive: 19291',
      'thanos-writing-ruler -> thanos-querier: 10902',
      'thanos-operator-ruler -> thanos-querier: 10902',
      'thanos-querier -> prometheus: 10901',
      'thanos-querier -> thanos-store-gateway-shard-0: 10901',
      'thanos-querier -> thanos-store-gateway-shard-1: 10901',
      'thanos-querier -> thanos-receive-ingestor: 10901',
      'thanos-querier -> thanos-ruler: 10901',
      'thanos-querier -> thanos-writing-ruler: 10901',
      'thanos-querier -> thanos-operator-ruler: 10901',
      'thanos-query-frontend -> thanos-memcached: 11211',
      'thanos-query-frontend -> thanos-querier: 10902',
      'tenant-query-frontend -> thanos-query-frontend: 10902',
    ]);
  });

  it('let nobody else in but tenants, to their query frontend', () => {
    expect(table(POLICIES, [...STRANGERS, ALERTMANAGER], PLATFORM)).toEqual([
      'pod of a tenant -> tenant-query-frontend: 8443',
    ]);
  });

  it('know the pods of the platform by their namespace, not only by labels', () => {
    const open = table(POLICIES, DISGUISED, PLATFORM);
    expect(open).toEqual(DISGUISED.map(({ name }) => `${name} -> tenant-query-frontend: 8443`));
    const inPlace = table(POLICIES, PLATFORM, PLATFORM);
    expect(inPlace.length).toBeGreaterThan(open.length);
  });

  it('let out to tenants Prometheus alone, but for ports of what may be anywhere', () => {
    const ports = (line: string): string => line.replace(/^.*: /, '');
    const open = table(POLICIES, PLATFORM, [TENANT_POD]);
    expect(open).toContain('prometheus -> pod of a tenant: any');
    const others = open.filter((line) => !line.startsWith('prometheus '));
    // The object store and the API server, whose addresses were not named.
    expect(new Set(others.map(ports))).toEqual(new Set(['443', '443 6443']));
    expect(others.filter((line) => ports(line) === '443 6443')).toEqual([
      'tenant-query-frontend -> pod of a tenant: 443 6443',
    ]);
  });

  it('let rulers out to Alertmanager, and nobody else', () => {
    const toAlertmanager = PLATFORM.filter((from) =>
      table(POLICIES, [from], [ALERTMANAGER]).join().includes(' 9093'),
    );
    expect(toAlertmanager.map(({ name }) => name)).toEqual([
      'thanos-ruler',
      'thanos-operator-ruler',
    ]);
  });

  it('let out to the object store those who use it', () => {
    const world = STRANGERS.filter(({ name }) => name === 'world');
    const users = table(POLICIES, PLATFORM, world).map((line) => line.replace(/ -> .*/, ''));
    expect(users).toEqual([
      'prometheus',
      'thanos-store-gateway-shard-0',
      'thanos-store-gateway-shard-1',
      'thanos-compactor',
      'thanos-compactor-other',
      'thanos-receive-ingestor',
      'thanos-ruler',
      'thanos-operator-ruler',
      'tenant-query-frontend',
      'thanos-bucket-web',
    ]);
  });
});
