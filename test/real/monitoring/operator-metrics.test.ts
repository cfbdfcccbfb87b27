import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { startWorkingOperator, type WorkingOperator } from './working-operator.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
] as const;

await describeReal('what the operator says of itself', PARTS, () => {
  let operator: WorkingOperator;
  const own = (metric: string, labels = ''): string =>
    `prometheus_operator_${metric}{controller="prometheus"${labels}}`;

  beforeAll(async () => {
    operator = await startWorkingOperator();
  });

  afterAll(async () => {
    await operator[Symbol.asyncDispose]();
  });

  const failedReads = async (): Promise<number> =>
    ((await operator.read(own('list_operations_failed_total'))) ?? Number.NaN) +
    ((await operator.read(own('watch_operations_failed_total'))) ?? Number.NaN);

  it('counts the monitors that it leaves out, by kind', async () => {
    const resources = (state: string): Promise<number | undefined> =>
      operator.read(own('managed_resources', `,resource="ServiceMonitor",state="${state}"`));
    // What is selected is counted before it is looked at.
    expect([await resources('rejected'), await resources('selected')]).toEqual([1, 1]);
  });

  it('is ready, and reads and reconciles without an error', async () => {
    expect(await operator.read(own('ready'))).toBe(1);
    // An operator of today lists nothing that it can have by a watch.
    expect(await operator.read(own('list_operations_total'))).toBeGreaterThanOrEqual(0);
    expect(await operator.read(own('watch_operations_total'))).toBeGreaterThan(0);
    expect(await failedReads()).toBe(0);
    expect(await operator.read(own('reconcile_operations_total'))).toBeGreaterThan(0);
    expect(await operator.read(own('reconcile_errors_total'))).toBe(0);
    expect(await operator.read(own('syncs', ',status="failed"'))).toBe(0);
  });

  it('says so when it cannot bring about a Prometheus', async () => {
    await operator.breakPrometheus();
    await poll(
      async () =>
        (await operator.read(own('syncs', ',status="failed"'))) === 1 ? true : undefined,
      { what: 'the failed object to be counted' },
    );
    expect(await operator.read(own('reconcile_errors_total'))).toBeGreaterThan(0);
  });

  it('counts the reads that fail', async () => {
    await operator.stopApiserver();
    await poll(async () => ((await failedReads()) > 0 ? true : undefined), {
      what: 'a read that fails',
    });
  });
});
