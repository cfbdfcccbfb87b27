import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { helmTemplate } from '../../../charts/helm-chart.ts';
import { NAMESPACE_LABELS_CHART } from '../../../charts/layout.ts';
import { TenancyApp } from '../../../charts/tenancy-app.ts';
import { TENANTS } from '../../../charts/tenants.ts';
import { bundleRuntime } from '../../../frontend/bundle.ts';
import { type Manifest, manifestsOf } from '../../lib/support/manifests.ts';
import { partBinary } from '../harness/build-part.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { type ProgramResult, runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';

await describeReal('the Helm chart', ['helm'], () => {
  let folder: TempFolder;
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    folder = await tempFolder('helm');
    const app = new TenancyApp({
      runtime: await bundleRuntime('query-frontend'),
      tenants: TENANTS,
      outdir: folder.path,
      output: 'helm',
    });
    app.synth();
    manifests = manifestsOf(...app.charts.filter(({ node }) => node.id !== NAMESPACE_LABELS_CHART));
  });

  afterAll(() => folder.remove());

  const helm = async (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram(await partBinary('helm'), args, { env: { HOME: folder.path } });

  it('renders to the very objects of the other forms', async () => {
    const { exitCode, stderr, stdout } = await helm('template', 'tenancy', folder.path);
    expect([exitCode, stderr]).toEqual([0, '']);
    const rendered = parseAllDocuments(stdout).map((it): unknown => it.toJS());
    expect(rendered).toHaveLength(manifests.length);
    expect(rendered).toEqual(expect.arrayContaining([...manifests]));
  });

  it('is a sound chart', async () => {
    const { exitCode, stdout } = await helm('lint', '--strict', folder.path);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  it('leaves braces in texts alone, which Helm would take for its own', async () => {
    const text = 'a {{ $labels.namespace }} and {{{ "b" }}}';
    const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: braces }\ndata: { text: '${text}' }\n`;
    const { path, text: template } = helmTemplate({ path: 'braces.yaml', text: yaml });
    await writeFile(join(folder.path, path), template);
    const escaped = await helm('template', 'tenancy', folder.path, '--show-only', path);
    expect(escaped.stdout).toContain(text);
    await appendFile(join(folder.path, path), `# ${text}\n`);
    const plain = await helm('template', 'tenancy', folder.path, '--show-only', path);
    expect(plain.exitCode).not.toBe(0);
  });
});
