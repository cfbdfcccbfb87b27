import { describe, expect, it } from '@jest/globals';
import { GrpcTls } from '../../lib/index.ts';
import { everyThanos } from '../lib/support/every-thanos.ts';
import { at, type Json, listAt, manifestsOf } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';
import { type PodTemplate, podTemplates } from '../lib/support/pod-templates.ts';

// The installation as it is shipped, and everything that it leaves out.
const templates = podTemplates([
  ...exampleManifests(),
  ...manifestsOf(everyThanos({ grpcTls: GrpcTls.fromSecrets() })),
]);
const containers = templates.flatMap((template) =>
  listAt(template.spec, 'containers').map((container): [string, PodTemplate, Json] => [
    `${template.owner}, ${String(at(container, 'name'))}`,
    template,
    container,
  ]),
);

// The others are the operator's, which says these things of them.
const ownContainers = containers.filter(([name]) => !/^Prometheus|^ThanosRuler/.test(name));

describe('every pod', () => {
  it.each(templates)('of $owner runs as somebody, confined', ({ spec }) => {
    expect(spec['securityContext']).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(at(spec, 'securityContext', 'runAsUser')).toBeGreaterThan(0);
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
      expect(at(spec, field)).toBeUndefined();
  });

  it.each(templates)('of $owner mounts no folder of its node', ({ spec }) => {
    const kinds = listAt(spec, 'volumes').flatMap((volume) =>
      typeof volume === 'object' && volume !== null ? Object.keys(volume) : [],
    );
    expect(
      kinds.filter(
        (kind) => !['name', 'configMap', 'projected', 'secret', 'emptyDir'].includes(kind),
      ),
    ).toEqual([]);
  });
});

describe('every container', () => {
  it.each(ownContainers)('(%s) can gain no privilege', (_name, _template, container) => {
    expect(at(container, 'securityContext')).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    for (const port of listAt(container, 'ports')) expect(at(port, 'hostPort')).toBeUndefined();
  });

  it.each(ownContainers)(
    '(%s) says what it needs and answers probes',
    (_name, _template, container) => {
      expect(at(container, 'resources', 'requests', 'cpu')).toMatch(/^\d+m$/);
      expect(at(container, 'resources', 'requests', 'memory')).toMatch(/^\d+Mi$/);
      expect(at(container, 'resources', 'limits', 'memory')).toMatch(/^\d+Mi$/);
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        expect(at(container, probe, 'httpGet', 'path')).toMatch(/^\/-\/(?:ready|healthy)$/);
      }
    },
  );

  it.each(containers)(
    '(%s) gets no secret by argument or environment',
    (_name, _template, container) => {
      const podName = { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
      expect(listAt(container, 'env').filter((it) => at(it, 'name') !== 'POD_NAME')).toEqual([]);
      for (const variable of listAt(container, 'env')) expect(variable).toMatchObject(podName);
      expect(listAt(container, 'envFrom')).toEqual([]);
      const words = [...listAt(container, 'command'), ...listAt(container, 'args')].map((word) =>
        String(word).replace('"$(POD_NAME)"', '""'),
      );
      const suspicious = words.filter((word) =>
        /\$\(|secret_key|password|(?:config|objstore)=\s*\{/i.test(word),
      );
      expect(suspicious).toEqual([]);
    },
  );
});
