import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest } from '../harness/http-request.ts';
import { poll } from '../harness/poll.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { startThanosQuerier, startThanosSidecar } from '../harness/thanos.ts';
import { type LocalFrontend, startLocalFrontend } from './local-frontend.ts';

const TIME = 1_600_000_000;
const SERIES = ['team-a', 'team-b']
  .map((tenant) => `tenant_up{namespace="${tenant}",owner="${tenant}"} 1 ${TIME}\n`)
  .join('');

/** A store behind a querier: a Prometheus with the series of both tenants, and its sidecar. */
async function startStore(
  started: AsyncDisposableStack,
  externalLabels: Readonly<Record<string, string>>,
): Promise<string> {
  const prometheus = await startPrometheus({
    config: `global: {external_labels: ${JSON.stringify(externalLabels)}}\n`,
    openMetrics: `# TYPE tenant_up gauge\n${SERIES}# EOF\n`,
  });
  started.defer(prometheus.stop);
  const sidecar = await startThanosSidecar(prometheus);
  started.defer(sidecar.stop);
  return sidecar.grpcAddress;
}

async function startQuerier(
  started: AsyncDisposableStack,
  ...stores: readonly string[]
): Promise<string> {
  const querier = await startThanosQuerier(stores);
  started.defer(querier.stop);
  return querier.httpUrl;
}

function owners(text: string): readonly unknown[] {
  const result = readPath(JSON.parse(text), 'data', 'result');
  return (Array.isArray(result) ? result : []).map((entry) => readPath(entry, 'metric', 'owner'));
}

async function probeShows(
  frontend: LocalFrontend,
  status: number,
  upstream: object,
): Promise<unknown> {
  return poll(
    async () => {
      const answer = await frontend.probe();
      const report = readPath(JSON.parse(answer.text), 'dependencies', 0);
      return answer.status === status && JSON.stringify(report) === JSON.stringify(upstream)
        ? report
        : undefined;
    },
    { what: `a probe that shows ${JSON.stringify(upstream)}`, withinMs: 20_000 },
  );
}

await describeReal('the stores behind the upstream', ['prometheus', 'promtool', 'thanos'], () => {
  const started = new AsyncDisposableStack();
  let mislabelled: string;
  let clean: string;
  let mixed: string;

  beforeAll(async () => {
    const wrong = await startStore(started, { cluster: 'a', namespace: 'team-b' });
    const right = await startStore(started, { cluster: 'a' });
    const elsewhere = await startStore(started, { cluster: 'b' });
    mislabelled = await startQuerier(started, wrong);
    clean = await startQuerier(started, right);
    mixed = await startQuerier(started, right, elsewhere);
  });

  afterAll(async () => {
    await started.disposeAsync();
  });

  describe('with the tenancy label among their external labels', () => {
    it('give one tenant everything, when they are asked without the frontend', async () => {
      const form = new URLSearchParams({
        query: 'tenant_up{namespace="team-b"}',
        time: String(TIME),
      });
      const { text } = await sendRequest({ url: `${mislabelled}/api/v1/query?${form.toString()}` });
      expect(owners(text)).toContain('team-a');
    });

    it('keep the frontend from being ready, and from asking them', async () => {
      await using frontend = await startLocalFrontend(mislabelled);
      await probeShows(frontend, 503, {
        name: 'upstream',
        state: 'unsafe',
        reason: 'tenancy_label_external',
      });
      expect(await frontend.query('tenant_up', TIME)).toMatchObject({ status: 503 });
      expect(await frontend.metrics()).toContain(
        'tenancy_query_frontend_upstream_unsafe{upstream="upstream",finding="tenancy_label_external"} 1',
      );
    });
  });

  it('keep only rules and alerts back where they stand behind the upstream of the rules', async () => {
    await using frontend = await startLocalFrontend(clean, {
      upstreams: { rules: { url: mislabelled } },
    });
    const report = await poll(
      async () => {
        const { status, text } = await frontend.probe();
        return status === 200 && text.includes('unsafe')
          ? (JSON.parse(text) as unknown)
          : undefined;
      },
      { what: 'a probe that shows an unsafe upstream of the rules', withinMs: 20_000 },
    );
    expect(report).toEqual({
      ready: true,
      dependencies: [
        { name: 'upstream', state: 'reachable' },
        { name: 'upstreams.rules', state: 'unsafe', reason: 'tenancy_label_external' },
      ],
    });
    const asked = ['rules', 'alerts'].map(async (path) => {
      const url = `http://127.0.0.1:${frontend.port}/api/v1/${path}?namespace=team-b`;
      const headers = { Authorization: frontend.authorization };
      return (await sendRequest({ url, headers })).status;
    });
    expect(await Promise.all(asked)).toEqual([503, 503]);
    expect((await frontend.query('tenant_up', TIME)).status).toBe(200);
    expect(await frontend.metrics()).toContain(
      'tenancy_query_frontend_upstream_unsafe{upstream="upstreams.rules",finding="tenancy_label_external"} 1',
    );
  });

  it('let the frontend be ready without it', async () => {
    await using frontend = await startLocalFrontend(clean);
    await probeShows(frontend, 200, { name: 'upstream', state: 'reachable' });
    const { status, text } = await frontend.query('tenant_up', TIME);
    expect({ status, owners: owners(text) }).toEqual({ status: 200, owners: ['team-b'] });
  });

  it('keep it from being ready when they belong to two clusters', async () => {
    await using frontend = await startLocalFrontend(mixed);
    await probeShows(frontend, 503, {
      name: 'upstream',
      state: 'unsafe',
      reason: 'clusters_mixed',
    });
    expect(await frontend.query('tenant_up', TIME)).toMatchObject({ status: 503 });
  });

  it('let it be ready when every scope pins one of two clusters', async () => {
    await using frontend = await startLocalFrontend(mixed, { staticLabels: { cluster: 'b' } });
    await probeShows(frontend, 200, { name: 'upstream', state: 'reachable' });
    const { text } = await frontend.query('tenant_up', TIME);
    const metric = readPath(JSON.parse(text), 'data', 'result', 0, 'metric');
    expect(owners(text)).toEqual(['team-b']);
    expect(metric).toMatchObject({ cluster: 'b', namespace: 'team-b' });
  });
});
