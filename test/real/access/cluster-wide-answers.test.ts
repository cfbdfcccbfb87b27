import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RealUpstream } from '../../attack/attack.ts';
import { PLATFORM } from '../../attack/rows.ts';
import { type AttackedInstallation, startAttackedInstallation } from '../attack/attacked-installation.ts'; // prettier-ignore
import type { HttpAnswer } from '../harness/http-request.ts';
import { readPath } from '../harness/read-path.ts';
import { describeReal } from '../harness/skip.ts';
import { bodyOf, dataOf } from '../query-frontend/support/envelope.ts';
import { get, send, withToken } from '../query-frontend/support/question.ts';
import { AT, RANGE, shows } from '../query-frontend/support/tenant-series.ts';

const UPSTREAMS: readonly RealUpstream[] = ['prometheus', 'thanos'];

/** Endpoints whose whole answer shows both tenants. */
const WHOLE = [
  ['query', '/api/v1/query', { query: 'shop_orders', ...AT }],
  ['query_range', '/api/v1/query_range', { query: 'shop_orders', ...RANGE }],
  ['series without a selector', '/api/v1/series', {}],
  ['labels', '/api/v1/labels', {}],
  ['label values', '/api/v1/label/shop/values', {}],
  ['alerts', '/api/v1/alerts', {}],
] as const;

await describeReal('answers for the whole cluster', ['prometheus', 'promtool', 'thanos'], () => {
  let installation: AttackedInstallation;

  beforeAll(async () => {
    installation = await startAttackedInstallation();
  }, 300_000);

  afterAll(() => installation?.stop());

  describe.each(UPSTREAMS)('from %s', (upstream) => {
    const ask = (
      path: string,
      fields: Readonly<Record<string, string>> = {},
    ): Promise<HttpAnswer> =>
      send(installation.upstreams[upstream].frontend, withToken(get(path, fields), PLATFORM));

    it.each(WHOLE)(
      'show both tenants in %s, where a tenant sees itself',
      async (_name, path, fields) => {
        const whole = await ask(`/all-namespaces${path}`, fields);
        expect(whole.status).toBe(200);
        expect(shows(whole.text, 'team-a')).toBe(true);
        expect(shows(whole.text, 'team-b')).toBe(true);
        const own = await ask(`/namespaces/monitoring${path}`, fields);
        expect(own.status).toBe(200);
        expect(shows(own.text, 'team-a') || shows(own.text, 'team-b')).toBe(false);
      },
    );

    it('are those that the upstream gives without us', async () => {
      const fields = { query: 'sum by (namespace) (shop_orders) + on () group_left () count(up)', ...AT }; // prettier-ignore
      const direct = await send(installation.upstreams[upstream], get('/api/v1/query', fields));
      const whole = await ask('/all-namespaces/api/v1/query', fields);
      expect(dataOf(whole)).toEqual(dataOf(direct));
      expect(JSON.stringify(dataOf(whole))).toContain('"team-b"');
    });

    it('hold series that belong to no tenant', async () => {
      const lost = { query: 'lost', ...AT };
      expect(dataOf(await ask('/all-namespaces/api/v1/query', lost))).toMatchObject({
        result: [{ metric: { shop: 'kingfisher' } }],
      });
      expect(dataOf(await ask('/namespaces/monitoring/api/v1/query', lost))).toMatchObject({
        result: [],
      });
    });

    it('hold the exemplars and the metadata that there are', async () => {
      const exemplars = await ask('/all-namespaces/api/v1/query_exemplars', { query: 'up', ...RANGE }); // prettier-ignore
      const metadata = await ask('/all-namespaces/api/v1/metadata');
      expect([exemplars, metadata].map(bodyOf)).toEqual([
        { status: 'success', data: [] },
        { status: 'success', data: {} },
      ]);
    });
  });

  it('hold the rules of both tenants', async () => {
    const { frontend } = installation.upstreams.prometheus;
    const rules = await send(frontend, withToken(get('/all-namespaces/api/v1/rules'), PLATFORM));
    // Groups have no order that anybody promises.
    const groups = readPath(dataOf(rules), 'groups') as readonly { readonly name: string }[];
    expect(groups.map(({ name }) => name).toSorted()).toEqual(['kingfisher rules', 'robin rules']);
    expect(rules.text).not.toContain('rules.json');
    const matched = await send(
      frontend,
      withToken(
        get('/all-namespaces/api/v1/rules', { 'match[]': '{namespace="team-b"}' }),
        PLATFORM,
      ),
    );
    expect(dataOf(matched)).toMatchObject({ groups: [{ name: 'kingfisher rules' }] });
    expect(shows(matched.text, 'team-a')).toBe(false);
  });
});
