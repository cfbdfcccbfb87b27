import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from './http-request.ts';
import { promtool, type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { readPath } from './read-path.ts';
import { describeReal } from './skip.ts';

// 2020-09-13T12:26:40Z: older than any retention a server has by default.
const TIME = 1_600_000_000;

const SERIES = `# TYPE tenant_up gauge
tenant_up{namespace="team-a"} 1 ${TIME}
tenant_up{namespace="team-b"} 2 ${TIME}
# EOF
`;

await describeReal('startPrometheus', ['prometheus', 'promtool'], () => {
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: SERIES });
  });

  afterAll(() => prometheus.stop());

  it('answers queries about the series it was given, however old', async () => {
    const query = new URLSearchParams({ query: 'sum(tenant_up)', time: String(TIME) });
    const answer = await sendRequest({ url: `${prometheus.url}/api/v1/query?${query.toString()}` });
    const value = readPath(JSON.parse(answer.text), 'data', 'result', 0, 'value', 1);
    expect(value).toBe('3');
  });

  it('leaves nothing behind when it is stopped', async () => {
    const other = await startPrometheus({ flags: ['--log.level=debug'] });
    await other.stop();
    expect(existsSync(dirname(other.configFile))).toBe(false);
    await expect(sendRequest({ url: other.url })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says why a configuration is refused', async () => {
    await expect(startPrometheus({ config: 'nonsense: true' })).rejects.toThrow(
      /field nonsense not found/,
    );
  });
});

await describeReal('promtool', ['promtool'], () => {
  it('checks rules', async () => {
    const { exitCode, stderr } = await promtool(['check', 'rules'], 'groups: [{}]');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('Groupname must not be empty');
  });
});
