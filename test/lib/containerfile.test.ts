import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RUNTIME_USER } from '../../lib/pod-security.ts';
import { CODE_FOLDER } from '../../lib/query-frontend/runtime-code.ts';
import {
  RuntimeCode,
  SynthError,
  TenantQueryFrontend,
  type TenantQueryFrontendProps,
} from '../../lib/index.ts';
import { PROJECT } from '../support/source-files.ts';
import {
  copiesOf,
  onlyInstruction,
  parseContainerfile,
  type Stage,
} from './support/containerfile.ts';
import { at, type Manifest, manifestsOf, only, platformChart } from './support/manifests.ts';
import { QUERIER } from './support/querier.ts';

const STAGES = parseContainerfile(readFileSync(join(PROJECT, 'Containerfile'), 'utf8'));
const IMAGE = `registry.example/kit@sha256:${'0'.repeat(64)}`;

function stage(index: number): Stage {
  const found = STAGES.at(index);
  if (found === undefined) throw new Error(`no stage ${index}`);
  return found;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(PROJECT, name), 'utf8'));
}

function synth(props: Partial<TenantQueryFrontendProps>): readonly Manifest[] {
  const chart = platformChart();
  void new TenantQueryFrontend(chart, 'frontend', { upstream: QUERIER, ...props });
  return manifestsOf(chart);
}

function podOf(manifests: readonly Manifest[]): unknown {
  return at(only(manifests, 'Deployment').spec, 'template', 'spec');
}

describe('the Containerfile', () => {
  it('copies what exists', () => {
    for (const { sources, stage: from } of STAGES.flatMap(copiesOf)) {
      if (from !== undefined) continue;
      expect(sources.filter((it) => !existsSync(join(PROJECT, it)))).toEqual([]);
    }
    const froms = STAGES.flatMap(copiesOf).flatMap(({ stage: from }) => from ?? []);
    expect(froms).toEqual([stage(0).name]);
  });

  it('builds from the lock file, with the script of the package and all that it compiles', () => {
    const runs = stage(0).instructions.filter(({ name }) => name === 'RUN');
    expect(runs.map(({ text }) => text)).toEqual(['npm ci --no-audit --no-fund', 'npm run build']);
    expect(at(readJson('package.json'), 'scripts', 'build')).toEqual(expect.any(String));
    const copied = copiesOf(stage(0)).flatMap(({ sources }) => sources);
    const compiled = at(readJson('tsconfig.build.json'), 'include') as readonly string[];
    expect(copied).toEqual(expect.arrayContaining(compiled.map((it) => `${it}/`)));
    expect(copied).toEqual(expect.arrayContaining(['package.json', 'package-lock.json']));
  });

  it('ends in an image with Node and the bundles alone', () => {
    const last = stage(-1);
    expect(last.base).toMatch(/^gcr\.io\/distroless\/nodejs24-debian\d+:nonroot$/);
    expect(last.instructions.map(({ name }) => name)).not.toContain('RUN');
    expect(copiesOf(last)).toEqual([
      { stage: undefined, sources: ['LICENSE'], target: `${CODE_FOLDER}/LICENSE` },
      { stage: 'build', sources: ['/source/build/bundles/'], target: `${CODE_FOLDER}/` },
    ]);
    expect(onlyInstruction(stage(0), 'WORKDIR').text).toBe('/source');
  });

  it('runs as the user of the construct, by number', () => {
    const user = onlyInstruction(stage(-1), 'USER').text;
    expect(user).toBe(`${RUNTIME_USER.user}:${RUNTIME_USER.group}`);
    const security = at(podOf(synth({ code: RuntimeCode.image(IMAGE) })), 'securityContext');
    expect(security).toMatchObject({ runAsNonRoot: true, runAsUser: Number(user.split(':')[0]) });
  });

  it('starts as the construct expects: Node, and then what the arguments name', () => {
    const entrypoint: unknown = JSON.parse(onlyInstruction(stage(-1), 'ENTRYPOINT').text);
    expect(entrypoint).toEqual([expect.stringMatching(/\/node$/)]);
    const command: unknown = JSON.parse(onlyInstruction(stage(-1), 'CMD').text);
    const container = at(podOf(synth({ code: RuntimeCode.image(IMAGE) })), 'containers', 0);
    expect(at(command, 0)).toBe(at(container, 'args', 0));
  });
});

describe('RuntimeCode.image', () => {
  it('brings no ConfigMap of code and mounts nothing over the image', () => {
    const manifests = synth({ code: RuntimeCode.image(IMAGE) });
    expect(manifests.filter(({ kind }) => kind === 'ConfigMap')).toHaveLength(1);
    const container = at(podOf(manifests), 'containers', 0);
    expect(container).toMatchObject({
      image: IMAGE,
      args: [
        '/app/query-frontend.mjs',
        '--config',
        '/etc/prometheus-tenancy-kit/config/config.json',
      ],
    });
    expect(container).not.toHaveProperty('command');
    expect(JSON.stringify(at(container, 'volumeMounts'))).not.toContain(`"${CODE_FOLDER}"`);
  });

  it('starts the bundle with the web UI where that is named', () => {
    const code = RuntimeCode.image(IMAGE, 'query-frontend-ui');
    const container = at(podOf(synth({ code, ui: { kind: 'thanos' } })), 'containers', 0);
    expect(at(container, 'args', 0)).toBe('/app/query-frontend-ui.mjs');
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['a tag', () => RuntimeCode.image('registry.example/kit:1'), /names no digest/],
    ['a short digest', () => RuntimeCode.image('kit@sha256:00'), /names no digest/],
    [
      'a web UI that the named bundle has not',
      () => synth({ code: RuntimeCode.image(IMAGE), ui: { kind: 'thanos' } }),
      /holds no web UI/,
    ],
    [
      'a Node beside it',
      () => synth({ code: RuntimeCode.image(IMAGE), image: { tag: '26' } }),
      /would have no effect/,
    ],
  ])('refuses %s', (_what, build, message) => {
    expect(build).toThrow(SynthError);
    expect(build).toThrow(message);
  });
});
