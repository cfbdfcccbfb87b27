import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { type ConfigReloader, startConfigReloader } from './config-reloader.ts';

const PARTS = ['prometheus', 'prometheus-config-reloader'] as const;

await describeReal('the reloader beside Prometheus', PARTS, () => {
  let prometheus: RunningPrometheus;
  let reloader: ConfigReloader;

  beforeAll(async () => {
    prometheus = await startPrometheus();
    reloader = await startConfigReloader(prometheus);
  });

  afterAll(async () => {
    await reloader[Symbol.asyncDispose]();
    await prometheus.stop();
  });

  const read = async (metric: string): Promise<number | undefined> => {
    const line = (await reloader.metrics()).split('\n').find((it) => it.startsWith(`${metric} `));
    return line === undefined ? undefined : Number(line.slice(metric.length));
  };

  it('counts no failure while all goes well', async () => {
    expect(await read('reloader_config_apply_operations_failed_total')).toBe(0);
    expect(await read('reloader_watch_errors_total')).toBe(0);
  });

  it('counts a configuration that it cannot read', async () => {
    // The operator packs what it generates.
    await reloader.write(Buffer.of(0x1f, 0x8b, 0x08, 0x00));
    await poll(
      async () =>
        ((await read('reloader_config_apply_operations_failed_total')) ?? 0) > 0 ? true : undefined,
      { what: 'the failure to be counted' },
    );
  });
});
