import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { itBeyondFloor } from '../harness/beyond-floor.ts';
import { sendRequest } from '../harness/http-request.ts';
import { freePort } from '../harness/places.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { readPath, readString } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { startThanos, startThanosQuerier } from '../harness/thanos.ts';
import { type AnsweringFrontend, bodyOf, startAnsweringFrontend } from './support/frontend.ts';
import { type MetricsServer, serveOpenMetrics } from './support/metrics-server.ts';

/** What one tenant exposes: a metric that both have, with words and a trace of its own. */
function exposition(tenant: string): string {
  return [
    '# TYPE orders counter',
    `# HELP orders words of ${tenant}`,
    `orders_total 5 # {trace_id="trace-of-${tenant}"} 1.0`,
    `# TYPE only_${tenant.replace('-', '_')} gauge`,
    `# HELP only_${tenant.replace('-', '_')} more words of ${tenant}`,
    `only_${tenant.replace('-', '_')} 1`,
    '# EOF',
    '',
  ].join('\n');
}

const TENANTS = ['team-a', 'team-b'] as const;

function config(targets: ReadonlyMap<string, string>, remoteWrite: readonly object[] = []): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', external_labels: { cluster: 'one' } },
    scrape_configs: [...targets].map(([tenant, address]) => ({
      job_name: tenant,
      static_configs: [{ targets: [address] }],
      // As the enforcement of the operator writes it: the label is one of the target.
      relabel_configs: [{ target_label: 'namespace', replacement: tenant }],
    })),
    remote_write: remoteWrite,
  });
}

function helpOf(entry: object): string {
  return readString(entry, 'help');
}

const RANGE = { start: '0', end: '9999999999' };

function exemplarsPath(query: string): string {
  return `/api/v1/query_exemplars?${new URLSearchParams({ query, ...RANGE }).toString()}`;
}

await describeReal('what targets tell', ['prometheus', 'thanos'], () => {
  const servers: MetricsServer[] = [];
  let targets: ReadonlyMap<string, string>;
  let prometheus: RunningPrometheus;
  let frontend: AnsweringFrontend;

  beforeAll(async () => {
    const entries: [string, string][] = [];
    for (const tenant of TENANTS) {
      const server = await serveOpenMetrics(exposition(tenant));
      servers.push(server);
      entries.push([tenant, server.address]);
    }
    targets = new Map(entries);
    prometheus = await startPrometheus({
      config: config(targets),
      flags: ['--enable-feature=exemplar-storage'],
    });
    frontend = await startAnsweringFrontend({ queries: prometheus.url });
    await poll(
      async () => {
        const text = await direct(exemplarsPath('orders_total'));
        return TENANTS.every((tenant) => text.includes(`trace-of-${tenant}`)) ? true : undefined;
      },
      { what: 'both targets to be scraped' },
    );
  }, 300_000);

  afterAll(async () => {
    await frontend?.stop();
    await prometheus?.stop();
    for (const server of servers) await server.stop();
  });

  const direct = async (path: string): Promise<string> =>
    (await sendRequest({ url: `${prometheus.url}${path}` })).text;
  const own = async (path: string, tenant = 'team-a'): Promise<unknown> =>
    bodyOf(await frontend.ask(`/namespaces/${tenant}${path}`));

  it('shows without us the words of another tenant under the name of an own metric', async () => {
    const filteredByName = await direct('/api/v1/metadata?metric=orders');
    expect(filteredByName).toContain('words of team-b');
  });

  it('shows a tenant the words of its own targets alone', async () => {
    const all = await own('/api/v1/metadata');
    expect(readPath(all, 'data')).toMatchObject({
      orders: [{ type: 'counter', help: 'words of team-a', unit: '' }],
      only_team_a: [{ type: 'gauge', help: 'more words of team-a', unit: '' }],
    });
    expect(JSON.stringify(all)).not.toMatch(/team.b/);
    expect(readPath(await own('/api/v1/metadata?metric=orders'), 'data')).toEqual({
      orders: [{ type: 'counter', help: 'words of team-a', unit: '' }],
    });
    expect(readPath(await own('/api/v1/metadata?metric=only_team_b'), 'data')).toEqual({});
  });

  it('gives the metadata that Prometheus gives, where all of it is the own', async () => {
    const parse = (text: string): unknown => readPath(JSON.parse(text), 'data');
    const both = readPath(await own('/api/v1/metadata', 'team-a,team-b'), 'data') as object;
    const theirs = parse(await direct('/api/v1/metadata')) as Readonly<
      Record<string, readonly object[]>
    >;
    // Neither the metrics nor the entries of one have an order.
    const sorted = (it: object): unknown =>
      Object.fromEntries(
        Object.entries(it as Readonly<Record<string, readonly object[]>>).map(([name, entries]) => [
          name,
          entries.toSorted((a, b) => helpOf(a).localeCompare(helpOf(b))),
        ]),
      );
    expect(sorted(both)).toEqual(sorted(theirs));
    const limited = await own('/api/v1/metadata?limit=1');
    expect(Object.keys(readPath(limited, 'data') as object)).toHaveLength(1);
  });

  it('shows a tenant its own exemplars', async () => {
    const data = readPath(await own(exemplarsPath('orders_total')), 'data');
    expect(data).toMatchObject([
      {
        seriesLabels: { __name__: 'orders_total', namespace: 'team-a' },
        exemplars: [{ labels: { trace_id: 'trace-of-team-a' }, value: '1' }],
      },
    ]);
    expect(data).toHaveLength(1);
    const foreign = exemplarsPath('orders_total{namespace="team-b"}');
    expect(readPath(await own(foreign), 'data')).toEqual([]);
    expect(readPath(await own(exemplarsPath('1+1')), 'data')).toEqual([]);
    // What Grafana asks to find out whether there are exemplars at all, in milliseconds.
    const test = '/api/v1/query_exemplars?query=test&start=1700000000000&end=1700000001000';
    expect(await own(test)).toEqual({ status: 'success', data: [] });
  });

  it('federates own series, with and without a selector', async () => {
    const federated = async (query: string): Promise<string> =>
      (await frontend.ask(`/namespaces/team-a/federate${query}`)).text;
    expect((await sendRequest({ url: `${prometheus.url}/federate?match[]=orders_total` })).text).toContain('team-b'); // prettier-ignore
    for (const query of [
      '',
      '?match[]=orders_total',
      '?match[]={namespace="team-b"}&match[]={__name__=~".%2B"}',
    ]) {
      const text = await federated(query);
      expect(text).not.toContain('team-b');
      expect(text).toMatch(/^orders_total\{.*namespace="team-a".*\} 5 \d+$/m);
    }
  });

  it('shows a reader of the whole cluster the words, exemplars and series of all', async () => {
    const whole = async (path: string): Promise<string> =>
      (await frontend.ask(`/all-namespaces${path}`)).text;
    for (const path of ['/api/v1/metadata', exemplarsPath('orders_total'), '/federate']) {
      const text = await whole(path);
      for (const tenant of TENANTS) expect(text).toContain(tenant);
    }
    const matched = await whole('/federate?match[]=orders_total{namespace="team-b"}');
    expect(matched).toMatch(/^orders_total\{.*namespace="team-b".*\} 5 \d+$/m);
    expect(matched).not.toContain('team-a');
  });

  it('formats a query without reading anything', async () => {
    const format = await frontend.ask('/api/v1/format_query?query=sum(up)by(job)');
    expect(bodyOf(format)).toEqual({ status: 'success', data: 'sum by (job) (up)' });
  });

  const itOnPrometheus3 = itBeyondFloor('Prometheus 2.55 has no parse_query');
  itOnPrometheus3('shows what a query is made of', async () => {
    const parse = await frontend.ask('/api/v1/parse_query?query=up{namespace="team-c"}');
    expect(readPath(bodyOf(parse), 'data')).toMatchObject({ type: 'vectorSelector', name: 'up' });
  });

  it('keeps exemplars apart where Thanos drops the matcher of the scope', async () => {
    const writeAddress = `127.0.0.1:${await freePort()}`;
    const receive = await startThanos('receive', [
      `--remote-write.address=${writeAddress}`,
      '--tsdb.path=./receive',
      '--label=receive="one"',
      '--receive.tenant-label-name=namespace',
      '--tsdb.max-exemplars=100',
    ]);
    const writer = await startPrometheus({
      config: config(
        targets,
        TENANTS.map((tenant) => ({
          url: `http://${writeAddress}/api/v1/receive`,
          headers: { 'THANOS-TENANT': tenant },
          send_exemplars: true,
          write_relabel_configs: [
            { source_labels: ['namespace'], regex: tenant, action: 'keep' },
            { regex: 'namespace', action: 'labeldrop' },
          ],
        })),
      ),
      flags: ['--enable-feature=exemplar-storage'],
    });
    const querier = await startThanosQuerier([receive.grpcAddress]);
    const behind = await startAnsweringFrontend({ queries: querier.httpUrl });
    try {
      const scoped = exemplarsPath('orders_total{namespace="team-a"}');
      const leak = await poll(
        async () => {
          const { text } = await sendRequest({ url: `${querier.httpUrl}${scoped}` });
          return text.includes('trace-of-team-a') && text.includes('trace-of-team-b')
            ? text
            : undefined;
        },
        { what: 'exemplars of both tenants to arrive' },
      );
      expect(leak).toContain('trace-of-team-b');
      const answer = await behind.ask(`/namespaces/team-a${exemplarsPath('orders_total')}`);
      expect(readPath(bodyOf(answer), 'data')).toMatchObject([
        { seriesLabels: { namespace: 'team-a' } },
      ]);
      expect(answer.text).toContain('trace-of-team-a');
      expect(answer.text).not.toContain('team-b');
    } finally {
      await behind.stop();
      await querier.stop();
      await writer.stop();
      await receive.stop();
    }
  });
});
