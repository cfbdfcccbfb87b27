import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestCluster } from '../harness/kubernetes.ts';
import { describeReal } from '../harness/skip.ts';
import {
  refusingRules,
  startAdmittedCluster,
  tryCreate,
  typeWarnings,
} from './admitted-cluster.ts';
import { GLOBAL_RECEIVER_CASES } from './cases/alertmanager-configs.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
] as const;

const OPTIONS = { globalReceivers: ['mail', 'opsgenie'] as const } as const;

await describeReal(
  'the admission policies where Alertmanager has credentials of its own',
  PARTS,
  () => {
    let cluster: TestCluster;

    beforeAll(async () => {
      cluster = await startAdmittedCluster(OPTIONS);
    });

    afterAll(() => cluster.stop());

    it('are in line with the fields of each kind', async () => {
      expect(await typeWarnings(cluster, OPTIONS)).toEqual({});
    });

    it.each(GLOBAL_RECEIVER_CASES)('say of $name: $refusedBy', async ({ object, refusedBy }) => {
      expect(refusingRules(await tryCreate(cluster, object))).toEqual(
        refusedBy === undefined ? [] : [expect.stringContaining(`${refusedBy}: `)],
      );
    });
  },
);
