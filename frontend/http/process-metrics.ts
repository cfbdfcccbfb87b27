import process from 'node:process';
import type { Registry } from 'prom-client';
import Counter from 'prom-client/lib/counter.js';
import eventLoopLag from 'prom-client/lib/metrics/eventLoopLag.js';
import heapSizeAndUsed from 'prom-client/lib/metrics/heapSizeAndUsed.js';
import memory from 'prom-client/lib/metrics/osMemoryHeap.js';
import maxFileDescriptors from 'prom-client/lib/metrics/processMaxFileDescriptors.js';
import openFileDescriptors from 'prom-client/lib/metrics/processOpenFileDescriptors.js';
import startTime from 'prom-client/lib/metrics/processStartTime.js';
import version from 'prom-client/lib/metrics/version.js';

const COLLECTORS = [
  eventLoopLag,
  heapSizeAndUsed,
  memory,
  maxFileDescriptors,
  openFileDescriptors,
  startTime,
  version,
];

/** Adds the metrics of the process itself: memory, CPU time, event loop lag, file descriptors. */
export function collectProcessMetrics(registry: Registry): void {
  for (const collect of COLLECTORS) collect(registry);
  const cpuSeconds = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers: [registry],
    collect: () => {
      const { user, system } = process.cpuUsage();
      cpuSeconds.reset();
      cpuSeconds.inc((user + system) / 1e6);
    },
  });
}
