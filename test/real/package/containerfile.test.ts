import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RuntimeCode, TenantQueryFrontend } from '../../../lib/index.ts';
import { CODE_FOLDER } from '../../../lib/query-frontend/runtime-code.ts';
import { copiesOf, parseContainerfile, type Stage } from '../../lib/support/containerfile.ts';
import { at, manifestsOf, only, platformChart } from '../../lib/support/manifests.ts';
import { QUERIER } from '../../lib/support/querier.ts';
import { PROJECT } from '../../support/source-files.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';

const run = promisify(execFile);
const BUILD_TIMEOUT_MS = 300_000;
const IMAGE = `registry.example/kit@sha256:${'0'.repeat(64)}`;

// Where there is no container engine the steps of the stages can still be taken, one by one. What the
// base images hold is not tried here.
describe('the steps of the Containerfile', () => {
  let root: TempFolder;
  let build: Stage;
  let last: Stage;

  const inBuild = (path: string): string => join(root.path, 'build', path);
  const inImage = (path: string): string => join(root.path, 'image', path);

  beforeAll(async () => {
    root = await tempFolder('containerfile');
    const text = await readFile(join(PROJECT, 'Containerfile'), 'utf8');
    const [first, second] = parseContainerfile(text);
    if (first === undefined || second === undefined) throw new Error('there are no two stages');
    [build, last] = [first, second];
    await mkdir(inBuild('source'), { recursive: true });
    const runs = build.instructions.filter(({ name }) => name === 'RUN');
    expect(runs.map(({ text: command }) => command)).toEqual([
      expect.stringMatching(/^npm ci /),
      'npm run build',
    ]);
    for (const { sources, target } of copiesOf(build)) {
      for (const source of sources) {
        const to = target === './' ? source : target;
        await cp(join(PROJECT, source), inBuild(`source/${to}`), { recursive: true });
      }
    }
    // Stands for `npm ci`, which would fetch the same packages again.
    await symlink(join(PROJECT, 'node_modules'), inBuild('source/node_modules'));
    await run('npm', ['run', 'build'], { cwd: inBuild('source'), timeout: BUILD_TIMEOUT_MS });
    for (const { sources, stage, target } of copiesOf(last)) {
      for (const source of sources) {
        const from = stage === undefined ? join(PROJECT, source) : inBuild(source);
        await cp(from, inImage(target), { recursive: true });
      }
    }
  }, BUILD_TIMEOUT_MS);

  afterAll(() => root.remove());

  it('end in the bundles and the licence alone', async () => {
    expect((await readdir(inImage(CODE_FOLDER))).toSorted()).toEqual([
      'LICENSE',
      'query-frontend-shared.mjs',
      'query-frontend-ui-shared.mjs',
      'query-frontend-ui.mjs',
      'query-frontend.mjs',
    ]);
  });

  it.each(['query-frontend', 'query-frontend-ui'] as const)(
    'start %s with the arguments and the configuration of the construct',
    async (role) => {
      const chart = platformChart();
      void new TenantQueryFrontend(chart, 'frontend', {
        upstream: QUERIER,
        code: RuntimeCode.image(IMAGE, role),
        ...(role === 'query-frontend-ui' && { ui: { kind: 'thanos' as const } }),
      });
      const manifests = manifestsOf(chart);
      const container = at(only(manifests, 'Deployment').spec, 'template', 'spec', 'containers', 0);
      const [entry = '', option = '', file = ''] = at(container, 'args') as readonly string[];
      const configFile = inImage('config.json');
      await writeFile(configFile, String(at(only(manifests, 'ConfigMap'), 'data', 'config.json')));
      expect([option, file]).toEqual(['--config', expect.stringMatching(/\/config\.json$/)]);
      const args = [inImage(entry), option, configFile, '--check-config'];
      const { stderr } = await run(process.execPath, args);
      expect(stderr).toBe('');
    },
  );
});
