import { describe, expect, it } from '@jest/globals';
import { at, type Json, listAt } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';
import { type PodTemplate, podTemplates } from '../lib/support/pod-templates.ts';

const templates = podTemplates(exampleManifests());
const containers = templates.flatMap((template) =>
  listAt(template.spec, 'containers').map((container): [string, PodTemplate, Json] => [
    `${template.owner}, ${String(at(container, 'name'))}`,
    template,
    container,
  ]),
);

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
  it.each(containers)('(%s) can gain no privilege', (_name, _template, container) => {
    expect(at(container, 'securityContext')).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    for (const port of listAt(container, 'ports')) expect(at(port, 'hostPort')).toBeUndefined();
  });

  it.each(containers.filter(([name]) => !name.startsWith('Prometheus')))(
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
      expect(listAt(container, 'env')).toEqual([]);
      expect(listAt(container, 'envFrom')).toEqual([]);
      const words = [...listAt(container, 'command'), ...listAt(container, 'args')].map(String);
      const suspicious = words.filter((word) =>
        /\$\(|secret_key|password|(?:config|objstore)=\s*\{/i.test(word),
      );
      expect(suspicious).toEqual([]);
    },
  );
});
