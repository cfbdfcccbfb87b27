import { join } from 'node:path';
import process from 'node:process';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AUDITED_RESOURCES } from '../../../frontend/tools/audit/audited-objects.ts';
import { PROJECT } from '../../support/source-files.ts';
import { operatorCrdFolder } from '../harness/build-part.ts';
import { mustKubectl } from '../harness/kubectl.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { type TempFolder, tempFolder } from '../harness/places.ts';
import { type ProgramResult, runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { monitoring, OWN, podMonitor, serviceMonitor } from './admission-case.ts';
import { create, enforce, PLATFORM, refusingRules } from './admitted-cluster.ts';

const PARTS = ['etcd', 'kube-apiserver', 'kubectl', 'operator-crds'] as const;

const FOUND = [
  `ServiceMonitor ${OWN}/bad: followRedirects: followRedirects must be false`,
  `PodMonitor ${OWN}/federated: federatePath: path must not contain "federate"`,
  `Prometheus ${OWN}/own: instance: Prometheus, PrometheusAgent, ThanosRuler and Alertmanager belong to the platform`,
  '3 of 5 objects would be refused',
];

await describeReal('the tool audit', PARTS, () => {
  let cluster: TestCluster;
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await tempFolder('audit');
    cluster = await startKubeApiserver();
    await cluster.installCrds(await operatorCrdFolder());
    for (const name of [PLATFORM, OWN]) await cluster.createNamespace(name);
    const objects = {
      good: serviceMonitor(),
      bad: serviceMonitor({ followRedirects: true }),
      federated: podMonitor({ path: '/federate' }),
      own: monitoring('Prometheus', {}),
      platform: { ...serviceMonitor({ followRedirects: true }) },
    };
    for (const [name, object] of Object.entries(objects)) {
      const namespace = name === 'platform' ? PLATFORM : OWN;
      const answer = await create(cluster, { ...object, metadata: { name, namespace } });
      expect(refusingRules(answer)).toEqual([]);
    }
    await cluster.createServiceAccount(OWN, 'reader');
  });

  afterAll(async () => {
    await cluster.stop();
    await folder.remove();
  });

  const audit = async (token = cluster.adminToken, input?: string): Promise<ProgramResult> => {
    const get = ['get', AUDITED_RESOURCES.join(), '--all-namespaces', '--output=json'];
    const stdin = input ?? (await mustKubectl(cluster.kubectl, get)).stdout;
    const tokenFile = join(folder.path, 'token');
    await writeFile(tokenFile, `${token}\n`);
    const args = ['--server', cluster.url, '--ca-file', cluster.caFile, '--token-file', tokenFile];
    const main = join(PROJECT, 'frontend/main.ts');
    return runProgram(process.execPath, [main, 'audit', ...args], { stdin });
  };

  it('says nothing of a cluster in which no policy is in force', async () => {
    expect(await audit()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('no policy for '),
    });
  });

  it.each([true, false])(
    'finds what would be refused, as a warning: %p',
    async (unsafeWarnOnly) => {
      await enforce(cluster, { unsafeWarnOnly });
      const { exitCode, stderr, stdout } = await audit();
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
      expect(stdout.trimEnd().split('\n')).toEqual(FOUND);
    },
  );

  it('changes nothing', async () => {
    const path = `/apis/monitoring.coreos.com/v1/namespaces/${OWN}/servicemonitors/good`;
    const before = await cluster.request('GET', path);
    await audit();
    expect((await cluster.request('GET', path)).body).toEqual(before.body);
  });

  it('ends well where nothing is found, also after a change', async () => {
    const good = ['get', 'servicemonitors', 'good', `--namespace=${OWN}`, '--output=json'];
    const listed: unknown = JSON.parse((await mustKubectl(cluster.kubectl, good)).stdout);
    await mustKubectl(cluster.kubectl, [
      'annotate',
      'servicemonitor',
      'good',
      'a=b',
      `--namespace=${OWN}`,
    ]);
    const list = JSON.stringify({ kind: 'List', items: [listed] });
    const { exitCode, stdout } = await audit(cluster.adminToken, list);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: '0 of 1 objects would be refused\n',
    });
  });

  it('does not take a missing right for an acquittal', async () => {
    const { exitCode, stderr } = await audit(await cluster.requestToken(OWN, 'reader'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not list validatingadmissionpolicybindings: status 403');
    await cluster.createClusterRole('policies', [
      { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['list'] },
    ]);
    await cluster.bindClusterRole('policies', {
      kind: 'ServiceAccount',
      namespace: OWN,
      name: 'reader',
    });
    const second = await audit(await cluster.requestToken(OWN, 'reader'));
    expect(second.exitCode).toBe(1);
    expect(second.stdout).toContain('not tried: ');
    expect(second.stdout).toContain('5 of 5 objects');
  });

  it.each([
    ['no JSON', 'x'],
    ['no List', '{"kind":"Pod"}'],
    [
      'another kind',
      '{"kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"a","name":"b"}}]}',
    ],
  ])('refuses %s', async (_what, input) => {
    expect((await audit(cluster.adminToken, input)).exitCode).toBe(2);
  });
});
