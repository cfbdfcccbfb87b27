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
import type { TestCluster } from '../harness/kubernetes.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { type ProgramResult, runProgram } from '../harness/processes.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { EXPECTED_NAMESPACES } from './dist-folder.ts';
import { resourceVersions } from './resource-versions.ts';
import { startOperatorCluster } from './support/operator-cluster.ts';

const CLUSTER_PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

// What the API server lets a Secret hold.
const MAX_SECRET_BYTES = 1_048_576;

async function synthHelm(outdir: string): Promise<TenancyApp> {
  const runtime = await bundleRuntime('query-frontend');
  const app = new TenancyApp({ runtime, tenants: TENANTS, outdir, output: 'helm' });
  app.synth();
  return app;
}

/** What belongs to a release: everything but the labels of namespaces. */
function releasedObjects(app: TenancyApp): readonly Manifest[] {
  return manifestsOf(...app.charts.filter(({ node }) => node.id !== NAMESPACE_LABELS_CHART));
}

await describeReal('the Helm chart', ['helm'], () => {
  let folder: TempFolder;
  // Helm keeps caches there, which must not lie in the chart: it would take them for files of it.
  let home: TempFolder;
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    folder = await tempFolder('helm');
    home = await tempFolder('helm-home');
    manifests = releasedObjects(await synthHelm(folder.path));
  });

  afterAll(async () => {
    await folder.remove();
    await home.remove();
  });

  const helm = async (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram(await partBinary('helm'), args, { env: { HOME: home.path } });

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

await describeReal('the Helm chart in a cluster', ['helm', ...CLUSTER_PARTS], () => {
  let folder: TempFolder;
  let home: TempFolder;
  let cluster: TestCluster;
  let app: TenancyApp;

  beforeAll(async () => {
    folder = await tempFolder('helm');
    home = await tempFolder('helm-home');
    app = await synthHelm(folder.path);
    cluster = await startOperatorCluster({ namespaces: EXPECTED_NAMESPACES });
  });

  afterAll(async () => {
    await cluster.stop();
    await folder.remove();
    await home.remove();
  });

  const helm = async (...args: readonly string[]): Promise<void> => {
    const env = { HOME: home.path, KUBECONFIG: cluster.kubeconfigFile };
    const options = ['--namespace', 'monitoring', ...args];
    const { exitCode, stderr } = await runProgram(await partBinary('helm'), options, { env });
    expect([exitCode, stderr]).toEqual([0, '']);
  };

  // Helm keeps all of a release, code included, in one Secret.
  const releaseBytes = async (): Promise<number> => {
    const path = '/api/v1/namespaces/monitoring/secrets/sh.helm.release.v1.tenancy.v1';
    const { body } = await cluster.request('GET', path);
    return Buffer.byteLength(readString(body, 'data', 'release'), 'base64');
  };

  it('is installed, upgraded without a change, and leaves the namespaces when it goes', async () => {
    const manifests = releasedObjects(app);
    await helm('install', 'tenancy', folder.path);
    const first = await resourceVersions(cluster, manifests);
    expect(first.size).toBe(manifests.length);
    expect(await releaseBytes()).toBeLessThan(MAX_SECRET_BYTES / 2);
    await helm('upgrade', 'tenancy', folder.path);
    expect(await resourceVersions(cluster, manifests)).toEqual(first);
    await helm('uninstall', 'tenancy');
    await expect(resourceVersions(cluster, manifests)).rejects.toThrow('NotFound');
    for (const name of EXPECTED_NAMESPACES) {
      const { body, status } = await cluster.request('GET', `/api/v1/namespaces/${name}`);
      expect([status, readPath(body, 'metadata', 'deletionTimestamp')]).toEqual([200, undefined]);
    }
  });
});
