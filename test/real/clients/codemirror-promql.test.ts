import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PrometheusConfig } from '@prometheus-io/codemirror-promql/dist/cjs/client/prometheus.js';
import { describeReal } from '../harness/skip.ts';
import { shows } from '../query-frontend/support/tenant-series.ts';
import { CLIENT, completionsOf, GRAMMAR, MATCHERS } from './support/codemirror.ts';
import {
  type Installation,
  INSTALLATION_PARTS,
  startInstallation,
} from './support/installation.ts';

const { HTTPPrometheusClient } = CLIENT;
const { Matcher } = MATCHERS;
const { EqlRegex, Neq } = GRAMMAR;

type Client = InstanceType<typeof HTTPPrometheusClient>;

/** Ways in which an editor asks: Prometheus' own uses POST and looks back 12 hours. */
const SETTINGS: readonly (readonly [name: string, settings: PrometheusConfig])[] = [
  ['POST', {}],
  ['GET', { httpMethod: 'GET' }],
  ['POST of the last 12 hours', { lookbackInterval: 12 * 3_600_000 }],
  ['GET of the last 12 hours', { httpMethod: 'GET', lookbackInterval: 12 * 3_600_000 }],
];

const METRIC = 'checkout_seconds_bucket';
const SOME_MATCHERS = [new Matcher(EqlRegex, 'shop', '.+'), new Matcher(Neq, 'le', '0.1')];

/** Everything an editor asks for while somebody types. Each answer shows whose data it is. */
const FUNCTIONS: readonly (readonly [name: string, ask: (client: Client) => Promise<unknown>])[] = [
  ['labelNames', (client) => client.labelNames()],
  ['labelNames of a metric', (client) => client.labelNames(METRIC)],
  ['labelValues', (client) => client.labelValues('shop')],
  ['labelValues of namespaces', (client) => client.labelValues('namespace')],
  ['labelValues of a metric', (client) => client.labelValues('shop', METRIC)],
  ['labelValues beside matchers', (client) => client.labelValues('shop', METRIC, SOME_MATCHERS)],
  ['metricNames', (client) => client.metricNames()],
  ['series', (client) => client.series(METRIC)],
  ['series with matchers', (client) => client.series(METRIC, SOME_MATCHERS)],
];

await describeReal('the HTTP client of codemirror-promql', INSTALLATION_PARTS, () => {
  let installation: Installation;
  const trusted = getCACertificates('default');

  beforeAll(async () => {
    installation = await startInstallation();
    setDefaultCACertificates([...trusted, installation.caPem]);
  }, 300_000);

  afterAll(async () => {
    setDefaultCACertificates(trusted);
    await installation?.stop();
  });

  beforeEach(() => {
    installation.proxy.forget();
  });

  /** Settings of an editor whose fetch sends the token, as the page around it would. */
  const tenantSettings = (url: string, settings: PrometheusConfig = {}): PrometheusConfig => ({
    url,
    fetchFn: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('Authorization', `Bearer ${installation.token}`);
      return fetch(input, { ...init, headers });
    },
    httpErrorHandler: failAtOnce,
    ...settings,
  });

  const aloneSettings = (settings: PrometheusConfig = {}): PrometheusConfig => ({
    url: installation.aloneUrl,
    httpErrorHandler: failAtOnce,
    ...settings,
  });

  const ownUrl = (): string => `${installation.url}/namespaces/team-a`;

  describe.each(SETTINGS)('by %s', (_name, settings) => {
    it.each(FUNCTIONS)('gets the own data and nothing else from %s', async (_function, ask) => {
      const expected = await ask(new HTTPPrometheusClient(aloneSettings(settings)));
      expect(expected).not.toHaveLength(0);
      const answer = await ask(new HTTPPrometheusClient(tenantSettings(ownUrl(), settings)));
      expect(answer).toEqual(expected);
      expect(installation.proxy.requests).toHaveLength(1);
    });

    it.each(FUNCTIONS)('is denied %s of another namespace', async (_function, ask) => {
      const errors: unknown[] = [];
      const client = new HTTPPrometheusClient({
        ...tenantSettings(`${installation.url}/namespaces/team-b`, settings),
        httpErrorHandler: (error) => errors.push(error),
      });
      // The editor completes nothing then, and goes on.
      expect(await ask(client)).toEqual([]);
      expect(errors).toEqual([new Error('Forbidden')]);
      expect(installation.proxy.requests).toEqual([]);
    });
  });

  it('sends the token where it is one of its own headers, too', async () => {
    const requestHeaders = new Headers({ Authorization: `Bearer ${installation.token}` });
    const client = new HTTPPrometheusClient({
      url: installation.url,
      apiPrefix: '/namespaces/team-a/api/v1',
      requestHeaders,
      httpErrorHandler: failAtOnce,
    });
    expect(await client.labelValues('shop')).toEqual(['robin']);
    expect(await client.labelNames(METRIC)).toContain('le');
  });

  it('gets no metadata unless an installation shows it, and then the own', async () => {
    expect(await new HTTPPrometheusClient(tenantSettings(ownUrl())).metricMetadata()).toEqual({});
    const url = `${installation.urlWithMetadata}/namespaces/team-a`;
    const shown = await new HTTPPrometheusClient(tenantSettings(url)).metricMetadata();
    expect(shown).toEqual(await new HTTPPrometheusClient(aloneSettings()).metricMetadata());
    expect(shows(JSON.stringify(shown), 'team-a')).toBe(true);
  });

  it('goes on without the flags of the server, which are not shown', async () => {
    const errors: unknown[] = [];
    const client = new HTTPPrometheusClient({
      ...tenantSettings(ownUrl()),
      httpErrorHandler: (error) => errors.push(error),
    });
    expect(await client.flags()).toEqual({});
    expect(errors).toEqual([new Error('Not Found')]);
  });

  it('reports what is wrong with a selector in our words', async () => {
    const errors: unknown[] = [];
    const client = new HTTPPrometheusClient({
      ...tenantSettings(ownUrl()),
      httpErrorHandler: (error) => errors.push(error),
    });
    expect(await client.series('shop_orders{')).toEqual([]);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/expect/) })]);
  });

  describe('in an editor', () => {
    it.each([
      ['a metric name', 'shop_|', 'shop_orders'],
      ['a label of a metric', `${METRIC}{|}`, 'shop'],
      ['a value', `${METRIC}{shop="|"}`, 'robin'],
      ['a value beside a matcher', `${METRIC}{le="1.0",shop="|"}`, 'robin'],
      ['a label of any metric', 'sum by (|)', 'robin_id'],
      ['a label to group by', `sum by (le, |) (${METRIC})`, 'shop'],
    ])('completes %s from the own data', async (_what, text, offered) => {
      const completions = await completionsOf(text, tenantSettings(ownUrl(), QUIET));
      expect(completions).toContain(offered);
      expect(completions).toEqual(await completionsOf(text, aloneSettings(QUIET)));
      expect(shows(completions.join(), 'team-b')).toBe(false);
    });
  });
});

/** Settings for an editor that asks for flags as well, and needs none. */
const QUIET: PrometheusConfig = { httpErrorHandler: () => undefined };

function failAtOnce(error: unknown): never {
  throw error;
}
