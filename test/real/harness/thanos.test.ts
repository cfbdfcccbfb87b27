import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from './http-request.ts';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { readPath } from './read-path.ts';
import { describeReal } from './skip.ts';
import { type RunningThanos, startThanosQuerier, startThanosSidecar } from './thanos.ts';

const TIME = 1_600_000_000;

await describeReal('Thanos', ['prometheus', 'promtool', 'thanos'], () => {
  let prometheus: RunningPrometheus;
  let sidecar: RunningThanos;
  let querier: RunningThanos;

  beforeAll(async () => {
    prometheus = await startPrometheus({
      config: 'global: {external_labels: {cluster: test}}\n',
      openMetrics: `# TYPE tenant_up gauge\ntenant_up{namespace="team-a"} 1 ${TIME}\n# EOF\n`,
    });
    sidecar = await startThanosSidecar(prometheus);
    querier = await startThanosQuerier([sidecar.grpcAddress]);
  });

  afterAll(async () => {
    await querier.stop();
    await sidecar.stop();
    await prometheus.stop();
  });

  it('answers a query through querier and sidecar', async () => {
    const query = new URLSearchParams({ query: 'tenant_up', time: String(TIME) });
    const { text } = await sendRequest({
      url: `${querier.httpUrl}/api/v1/query?${query.toString()}`,
    });
    expect(readPath(JSON.parse(text), 'data', 'result', 0, 'metric')).toEqual({
      __name__: 'tenant_up',
      cluster: 'test',
      namespace: 'team-a',
    });
  });
});
