import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GrpcTls } from '../../../lib/index.ts';
import { everyThanos } from '../../lib/support/every-thanos.ts';
import { listAt, manifestsOf } from '../../lib/support/manifests.ts';
import { exampleManifests } from '../../lib/support/platform.ts';
import { isOperated, podTemplates } from '../../lib/support/pod-templates.ts';
import { startKubeApiserver, type TestCluster } from '../harness/kubernetes.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { restrictedNamespace, type TryPod } from './support/restricted-namespace.ts';

// The installation as it is shipped, and everything that it leaves out. What the operator makes of its
// resources is tried elsewhere, with the operator.
const TEMPLATES = podTemplates(
  [
    ...exampleManifests(),
    ...manifestsOf(everyThanos({ grpcTls: GrpcTls.fromSecrets(), memcached: true })),
  ].filter((it) => !isOperated(it)),
);

await describeReal('Pod Security admission', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let cluster: TestCluster;
  let tryPod: TryPod;

  beforeAll(async () => {
    cluster = await startKubeApiserver();
    tryPod = await restrictedNamespace(cluster);
  });

  afterAll(() => cluster.stop());

  it.each(TEMPLATES)('takes the pod of $owner where restricted is enforced', async ({ spec }) => {
    const { body, status } = await tryPod(spec);
    expect([status, readPath(body, 'message')]).toEqual([201, undefined]);
  });

  it.each<[string, (spec: object) => object]>([
    ['without a seccomp profile', (spec) => ({ ...spec, securityContext: { runAsNonRoot: true } })],
    ['on the network of its node', (spec) => ({ ...spec, hostNetwork: true })],
    [
      'with a folder of its node',
      (spec) => ({
        ...spec,
        volumes: [...listAt(spec, 'volumes'), { name: 'node', hostPath: { path: '/' } }],
      }),
    ],
  ])('refuses the same pods %s', async (_how, spoil) => {
    for (const { spec } of TEMPLATES) {
      const { body, status } = await tryPod(spoil(spec));
      expect(status).not.toBe(201);
      expect(String(readPath(body, 'message'))).toMatch(/violates PodSecurity "restricted/);
    }
  });
});
