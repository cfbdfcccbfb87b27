import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestCluster } from '../harness/kubernetes.ts';
import { AT_FLOOR } from '../harness/parts.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import {
  PLATFORM,
  refusingRules,
  startAdmittedCluster,
  tryCreate,
  typeWarnings,
} from './admitted-cluster.ts';
import { ALERTMANAGER_CASES } from './cases/alertmanager-configs.ts';
import { LIMIT_CASES } from './cases/limits.ts';
import { MONITOR_CASES } from './cases/monitors.ts';
import { OTHER_CASES } from './cases/other-kinds.ts';
import { RELABELLING_CASES } from './cases/relabelling.ts';
import { ROUTE_CASES } from './cases/routes.ts';
import { byDefinitions, UNKNOWN_TO_DEFINITIONS } from './oldest-definitions.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'operator-crds',
] as const;

const CASES = byDefinitions([
  ...MONITOR_CASES,
  ...LIMIT_CASES,
  ...RELABELLING_CASES,
  ...ALERTMANAGER_CASES,
  ...ROUTE_CASES,
  ...OTHER_CASES,
]);

await describeReal('the admission policies, as the API server applies them', PARTS, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startAdmittedCluster();
  });

  afterAll(() => cluster.stop());

  it('are in line with the fields of each kind', async () => {
    expect(await typeWarnings(cluster)).toEqual({});
  });

  describe('accept', () => {
    it.each(CASES.known.filter((it) => it.refusedBy === undefined))('$name', async ({ object }) => {
      expect(refusingRules(await tryCreate(cluster, object))).toEqual([]);
    });
  });

  describe('refuse', () => {
    it.each(CASES.known.filter((it) => it.refusedBy !== undefined))(
      '$name ($refusedBy)',
      async ({ object, refusedBy }) => {
        const refusals = refusingRules(await tryCreate(cluster, object));
        expect(refusals).toHaveLength(1);
        expect(refusals[0]).toContain(`${refusedBy}: `);
      },
    );

    it('nothing of all this in a namespace of the platform', async () => {
      const tried = CASES.known.filter(
        ({ object }) => readPath(object, 'metadata', 'namespace') !== undefined,
      );
      for (const { name, object } of tried) {
        const moved = { ...object, metadata: { name: 'tried', namespace: PLATFORM } };
        expect([name, refusingRules(await tryCreate(cluster, moved))]).toEqual([name, []]);
      }
    });
  });

  if (AT_FLOOR) {
    it.each(CASES.unknown)('need not refuse, for the definitions do: $name', async ({ object }) => {
      const { body, status } = await tryCreate(cluster, object);
      expect([400, 422]).toContain(status);
      expect(readPath(body, 'message')).toMatch(UNKNOWN_TO_DEFINITIONS);
    });
  }
});
