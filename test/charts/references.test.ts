import { describe, expect, it } from '@jest/globals';
import { at, type Json, listAt, type Manifest, textAt, textsAt } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';
import { type PodTemplate, podTemplates } from '../lib/support/pod-templates.ts';

// What the manifests expect to exist in the namespace of the platform.
const EXTERNAL = ['Secret thanos-objstore-secret', 'Secret tenant-query-frontend-tls'];

const manifests = exampleManifests();
const templates = podTemplates(manifests);

function ofKind(kind: string): Manifest[] {
  return manifests.filter((it) => it.kind === kind);
}

function has(kind: string, name: Json, namespace: string | undefined): boolean {
  return ofKind(kind).some(
    (it) => it.metadata.name === name && it.metadata.namespace === namespace,
  );
}

function selected(labels: Record<string, string>, namespace: string | undefined): PodTemplate[] {
  return templates.filter(
    (it) =>
      it.namespace === namespace &&
      Object.entries(labels).every(([key, value]) => it.labels[key] === value),
  );
}

function containersOf(template: PodTemplate): readonly Json[] {
  return listAt(template.spec, 'containers');
}

function portNames(template: PodTemplate): Json[] {
  return containersOf(template).flatMap((container) =>
    listAt(container, 'ports').map((port) => at(port, 'name')),
  );
}

describe('the manifests', () => {
  it('hold pods to check', () => {
    expect(templates.map(({ owner }) => owner)).toEqual([
      'Prometheus tenancy',
      'StatefulSet thanos-store-gateway',
      'Deployment thanos-querier',
      'Deployment tenant-query-frontend',
    ]);
  });

  it.each(ofKind('Service'))(
    'select pods by Service $metadata.name, whose ports they have',
    (service) => {
      const pods = selected(textsAt(service.spec, 'selector'), service.metadata.namespace);
      expect(pods).toHaveLength(1);
      const [pod] = pods;
      if (pod === undefined) return;
      for (const port of listAt(service.spec, 'ports')) {
        expect(portNames(pod)).toContain(at(port, 'targetPort'));
      }
    },
  );

  it.each(ofKind('PodDisruptionBudget'))('leave room in the budget $metadata.name', (budget) => {
    const labels = textsAt(budget.spec, 'selector', 'matchLabels');
    expect(selected(labels, budget.metadata.namespace)).toHaveLength(1);
    expect(at(budget.spec, 'maxUnavailable')).toBe(1);
  });

  it.each(ofKind('NetworkPolicy').filter((it) => it.metadata.namespace === 'monitoring'))(
    'select pods by NetworkPolicy $metadata.name',
    (policy) => {
      const labels = textsAt(policy.spec, 'podSelector', 'matchLabels');
      expect(selected(labels, 'monitoring').length).toBeGreaterThan(0);
    },
  );

  it.each(['Deployment', 'StatefulSet'].flatMap(ofKind))(
    'select by $kind $metadata.name the pods it makes, without a version',
    (workload) => {
      const selector = textsAt(workload.spec, 'selector', 'matchLabels');
      expect(textsAt(workload.spec, 'template', 'metadata', 'labels')).toMatchObject(selector);
      expect(selector).not.toHaveProperty(['app.kubernetes.io/version']);
    },
  );

  it.each(templates)('mount in $owner only volumes it has', (template) => {
    const volumes = listAt(template.spec, 'volumes').map((volume) => at(volume, 'name'));
    const mounts = containersOf(template).flatMap((container) => listAt(container, 'volumeMounts'));
    for (const mount of mounts) expect(volumes).toContain(at(mount, 'name'));
    const used = new Set(mounts.map((mount) => at(mount, 'name')));
    expect(volumes.filter((name) => !used.has(name))).toEqual([]);
  });

  it.each(templates)('refer in $owner to what exists', (template) => {
    for (const volume of listAt(template.spec, 'volumes')) {
      const configMap = at(volume, 'configMap', 'name');
      const secret = at(volume, 'secret', 'secretName');
      if (configMap !== undefined)
        expect(has('ConfigMap', configMap, template.namespace)).toBe(true);
      if (secret !== undefined) expect(EXTERNAL).toContain(`Secret ${String(secret)}`);
    }
    expect(has('ServiceAccount', at(template.spec, 'serviceAccountName'), template.namespace)).toBe(
      true,
    );
  });

  it.each(templates)('name the ports of $owner once, and probe only those', (template) => {
    const names = portNames(template);
    expect(new Set(names).size).toBe(names.length);
    for (const container of containersOf(template)) {
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const port = at(container, probe, 'httpGet', 'port');
        if (port !== undefined) expect(names).toContain(port);
      }
    }
  });

  it.each(['RoleBinding', 'ClusterRoleBinding'].flatMap(ofKind))(
    'bind by $kind $metadata.name a role and ServiceAccounts that exist',
    (binding) => {
      const kind = textAt(binding, 'roleRef', 'kind');
      expect(has(kind, at(binding, 'roleRef', 'name'), binding.metadata.namespace)).toBe(true);
      for (const subject of listAt(binding, 'subjects')) {
        if (at(subject, 'kind') !== 'ServiceAccount') continue;
        const namespace = textAt(subject, 'namespace');
        expect(has('ServiceAccount', at(subject, 'name'), namespace)).toBe(true);
      }
    },
  );

  it('resolve every store by a headless Service with that port', () => {
    const file = ofKind('ConfigMap').find(
      (it) => textsAt(it, 'data')['endpoints.yaml'] !== undefined,
    );
    const endpoints = listAt(
      JSON.parse(textsAt(file, 'data')['endpoints.yaml'] ?? '{}'),
      'endpoints',
    );
    expect(endpoints).toHaveLength(2);
    for (const endpoint of endpoints) {
      const [, port, name] =
        /^dnssrv\+_(\w+)\._tcp\.([\w-]+)$/.exec(textAt(endpoint, 'address')) ?? [];
      const service = ofKind('Service').find((it) => it.metadata.name === name);
      expect(at(service?.spec, 'clusterIP')).toBe('None');
      expect(listAt(service?.spec, 'ports').map((it) => at(it, 'name'))).toContain(port);
    }
  });

  it('let tokens only where the API server is asked', () => {
    const holders = templates.filter((it) => at(it.spec, 'automountServiceAccountToken') === true);
    expect(holders.map(({ owner }) => owner)).toEqual([
      'Prometheus tenancy',
      'Deployment tenant-query-frontend',
    ]);
    const automounted = ofKind('ServiceAccount').filter(
      (it) => at(it, 'automountServiceAccountToken') !== false,
    );
    expect(automounted).toEqual([]);
  });

  it('grant nothing by a wildcard, and no Secrets', () => {
    const rules = ['Role', 'ClusterRole'].flatMap(ofKind).flatMap((it) => listAt(it, 'rules'));
    expect(rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(rules)).not.toMatch(/"\*"|"secrets"/);
  });
});
