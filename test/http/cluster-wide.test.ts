import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Explanation } from '../../frontend/http/explain-request.ts';
import { ROUTES, offeredMethods } from '../../frontend/http/routes.ts';
import { methodsBehind, SERVED_CLUSTER_WIDE } from '../../frontend/http/cluster-wide.ts';
import { askerOf } from '../../frontend/http/shares.ts';
import { createTelemetry } from '../../frontend/http/telemetry.ts';
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import { scopeOf } from '../answers/scopes.ts';
import { type ServedEndpoints, startServed } from '../answers/served.ts';
import type { Answer, Question } from './harness/ask.ts';
import { eventually } from './harness/eventually.ts';
import { accessOf, identityOf } from './harness/fake-access.ts';
import { type Frontend, type LogLine, startFrontend } from './harness/frontend.ts';
import { DEFAULT_GROUPS } from './harness/limit-groups.ts';
import { json, type Recorded } from './harness/recording-upstream.ts';

const ALL = '/all-namespaces';
const ID = '00000000-0000-4000-8000-000000000001';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

// The second may read every namespace that there is, by rights in each.
const ACCESS = accessOf({
  platform: { username: 'platform', namespaces: ['team-a'], clusterWide: true },
  tenant: { username: 'tenant', namespaces: ['team-a', 'team-b'] },
});

let served: ServedEndpoints;
let before = 0;

beforeAll(async () => {
  served = await startServed({ access: ACCESS, offer: { clusterWide: true } });
});

afterAll(async () => {
  expect(served.frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  await served[Symbol.asyncDispose]();
});

beforeEach(() => {
  before = served.frontend.upstream.recorded.length;
});

function ask(path: string, question: Question = {}, token = 'platform'): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}`, ...question.headers };
  return served.frontend.ask(path, { ...question, headers });
}

function sent(): readonly Recorded[] {
  return served.frontend.upstream.recorded.slice(before);
}

async function lineOf(answer: Answer): Promise<LogLine | undefined> {
  const id = answer.headers['x-request-id'];
  const find = (): LogLine | undefined =>
    served.frontend.log.find(({ fields }) => fields['requestId'] === id);
  await eventually(find, (line) => line !== undefined);
  return find();
}

describe('a query for the whole cluster', () => {
  it.each([
    ['query', 'query=up', ['up']],
    ['query', 'query=up%7Bnamespace%3D%22team-b%22%7D', ['up{namespace="team-b"}']],
    ['query_range', 'query=up&start=1&end=2&step=1', ['up']],
    ['query', 'query=1%2B1', ['1+1']],
    ['series', 'match[]=up', ['up']],
    ['series', '', ['{__name__!=""}']],
    ['labels', '', []],
    ['label/job/values', '', []],
    ['label/job/values', 'match[]=up', ['up']],
    ['format_query', 'query=up', ['up']],
  ])('%s?%s is sent without the tenancy label', async (route, parameters, texts) => {
    const answer = await ask(`${ALL}/api/v1/${route}?${parameters}`);
    expect(answer.status).toBe(200);
    const [request, ...others] = sent();
    expect(others).toEqual([]);
    const promql = request?.parameters.filter(([name]) => name === 'query' || name === 'match[]');
    expect(promql?.map(([, text]) => text.replaceAll(' ', ''))).toEqual(texts);
    expect(request?.headers).not.toHaveProperty('x-scope-orgid');
  });

  it('is refused to whoever may read every namespace by itself', async () => {
    for (const path of ['query?query=up', 'query?query=1%2B1', 'labels', 'status/buildinfo']) {
      const answer = await ask(`${ALL}/api/v1/${path}`, {}, 'tenant');
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        403,
        { code: 'cluster_denied', errorType: 'forbidden' },
      ]);
    }
    expect(sent()).toEqual([]);
  });

  it('leaves requests of tenants as they are, also of a reader of the cluster', async () => {
    await ask('/namespaces/team-a/api/v1/query?query=up');
    expect(sent()[0]?.parameters).toEqual([['query', 'up{namespace="team-a"}']]);
    expect((await ask('/namespaces/team-b/api/v1/query?query=up')).status).toBe(403);
    expect((await ask('/api/v1/query?query=up')).status).toBe(400);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['a parameter', 'query=up&namespace=team-a', {}],
    ['an empty parameter', 'query=up&namespace=', {}],
    ['a parameter without a value', 'query=up&namespace', {}],
    ['a pattern', 'query=up&namespace=*', {}],
    ['a header', 'query=up', { headers: { 'X-Scope-OrgID': 'team-a' } }],
    ['an empty header', 'query=up', { headers: { 'X-Scope-OrgID': '' } }],
    ['a form', 'query=up', { method: 'POST', body: 'namespace=team-a', headers: FORM }],
  ])('is refused with %s that names a tenant', async (_what, parameters, question) => {
    const answer = await ask(`${ALL}/api/v1/query?${parameters}`, question);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      400,
      { code: 'tenant_sources_differ' },
    ]);
    expect(sent()).toEqual([]);
  });

  it.each([
    '/all-namespaces',
    '/all-namespaces/',
    '/all-namespaces//api/v1/query',
    '//all-namespaces/api/v1/query',
    '/All-Namespaces/api/v1/query',
    '/all%2dnamespaces/api/v1/query',
    '/all-namespaces;x/api/v1/query',
    '/all-namespaces/all-namespaces/api/v1/query',
    '/all-namespaces/namespaces/team-a/api/v1/query',
    '/namespaces/team-a/all-namespaces/api/v1/query',
  ])('has one spelling, which is not %s', async (path) => {
    const answer = await ask(`${path}?query=up`);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'route_unknown' });
    expect(sent()).toEqual([]);
  });

  it('may be a namespace of that name, which is one like any other', async () => {
    const answer = await ask('/namespaces/all-namespaces/api/v1/query?query=up');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'tenant_denied' });
  });

  it('takes part in no answer of a tenant, and gives none to one', async () => {
    const gates: (() => void)[] = [];
    served.frontend.upstream.respondWith((response, recorded) => {
      gates.push(() => {
        json(JSON.stringify({ status: 'success', data: recorded.parameters }))(response, recorded);
      });
    });
    // The query of the tenant reads as that of the cluster does once it is scoped.
    const text = encodeURIComponent('up{namespace="team-a"}');
    const both = [ask(`${ALL}/api/v1/query?query=${text}`), ask('/namespaces/team-a/api/v1/query?query=up')]; // prettier-ignore
    await eventually(sent, (requests) => requests.length === 2);
    for (const open of gates) open();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    served.frontend.upstream.respondWith(json('{"status":"success","data":[]}'));
  });
});

describe('what callers share', () => {
  const cluster = ClusterScope.grant();
  const TEXT = encodeURIComponent('up{namespace="team-a"}');

  function askAs(frontend: Frontend, path: string): Promise<Answer> {
    return frontend.ask(path, { headers: { Authorization: 'Bearer platform' } });
  }

  it('never has the key of a set of tenants, nor that of a user', () => {
    const users = ['all namespaces', 'all', ''].map((name) => askerOf(identityOf(name), undefined));
    const tenants = ['all-namespaces', 'all', 'namespaces'].map((name) =>
      askerOf(identityOf('jane'), scopeOf(name)),
    );
    const { tenant } = askerOf(identityOf('jane'), cluster);
    expect([...users, ...tenants].map((it) => it.tenant)).not.toContain(tenant);
    expect(askerOf(identityOf('joe'), cluster).tenant).toBe(tenant);
  });

  it('are answers that are remembered for the whole cluster, or for a tenant, but not for both', async () => {
    const coalescing = { ...DEFAULT_GROUPS.coalescing, cacheTtlMs: 60_000 };
    await using frontend = await startFrontend({
      access: ACCESS,
      clusterWide: true,
      groups: { coalescing },
    });
    const whole = `${ALL}/api/v1/query?time=1&query=${TEXT}`;
    const own = '/namespaces/team-a/api/v1/query?time=1&query=up';
    for (const path of [whole, whole, own, own]) {
      expect((await askAs(frontend, path)).status).toBe(200);
    }
    const texts = frontend.upstream.recorded.map(({ parameters }) => parameters);
    expect(texts).toHaveLength(2);
    expect(texts[0]?.toSorted()).toEqual(texts[1]?.toSorted());
  });

  it('is a rate of its own', async () => {
    await using frontend = await startFrontend({
      access: ACCESS,
      clusterWide: true,
      groups: { rates: { perTenant: 1, perUser: 0 } },
    });
    const statuses: number[] = [];
    for (const prefix of [ALL, ALL, ALL, '/namespaces/team-a']) {
      statuses.push((await askAs(frontend, `${prefix}/api/v1/query?query=up`)).status);
    }
    expect(statuses).toContain(429);
    expect(statuses.at(-1)).toBe(200);
  });
});

describe('the audit line and the metrics of a request for the whole cluster', () => {
  it('say so, whether it was allowed or not', async () => {
    const allowed = await lineOf(await ask(`${ALL}/api/v1/query?query=up`));
    expect(allowed?.fields).toMatchObject({
      scope: 'cluster',
      tenants: '',
      user: 'platform',
      accessSource: 'live',
      decision: 'answered',
    });
    const denied = await lineOf(await ask(`${ALL}/api/v1/query?query=up`, {}, 'tenant'));
    expect(denied?.fields).toMatchObject({ scope: 'cluster', decision: 'cluster_denied' });
    const own = await lineOf(await ask('/namespaces/team-a/api/v1/query?query=up'));
    expect(own?.fields['scope']).toBeUndefined();
    expect(served.frontend.finished.slice(-3).map((it) => it.isClusterWide)).toEqual([
      true,
      true,
      undefined,
    ]);
  });
});

describe('the audit line of a request for the whole cluster that is refused early', () => {
  it.each([
    ['without a token', '?query=up', { Authorization: '' }, 'token_missing'],
    ['with an unknown one', '?query=up', { Authorization: 'Bearer x' }, 'token_rejected'],
    ['beside a namespace', '?query=up&namespace=team-a', {}, 'tenant_sources_differ'],
    ['without its parameters', '', {}, 'parameter_missing'],
  ])('says so: %s', async (_what, parameters, headers, decision) => {
    const answer = await ask(`${ALL}/api/v1/query${parameters}`, { headers });
    const line = await lineOf(answer);
    expect(line?.fields).toMatchObject({ scope: 'cluster', tenants: '', decision });
    expect(served.frontend.finished.at(-1)).toMatchObject({ isClusterWide: true, decision });
  });
});

describe('the audit line of an answer that asks no upstream', () => {
  it.each([ALL, '/namespaces/team-a'])('says where the verdict came from: %s', async (prefix) => {
    const line = await lineOf(await ask(`${prefix}/api/v1/status/buildinfo`));
    expect(line?.fields).toMatchObject({ accessSource: 'live', decision: 'answered' });
  });
});

describe('the metric of requests for the whole cluster', () => {
  it('counts these alone', async () => {
    const telemetry = createTelemetry();
    const request = { route: 'query', status: 200, decision: 'answered', seconds: 1 };
    telemetry.requestFinished(request);
    telemetry.requestFinished({ ...request, isClusterWide: true });
    telemetry.requestFinished({ ...request, decision: 'cluster_denied', isClusterWide: true });
    const { body } = await telemetry.exposition();
    const lines = body.split('\n').filter((line) => line.includes('cluster_wide_requests_total{'));
    expect(lines).toEqual([
      'tenancy_query_frontend_cluster_wide_requests_total{decision="answered"} 1',
      'tenancy_query_frontend_cluster_wide_requests_total{decision="cluster_denied"} 1',
    ]);
  });
});

describe('answers with entries, for the whole cluster', () => {
  it('hold rules and alerts with and without a tenant', async () => {
    const rules = [
      { name: 'a', type: 'recording', labels: { namespace: 'team-b' } },
      { name: 'p', type: 'recording', labels: {} },
    ];
    const groups = [{ name: 'g', rules }];
    served.rules.respondWith(json(JSON.stringify({ status: 'success', data: { groups } })));
    const answer = await ask(`${ALL}/api/v1/rules`);
    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: { groups } });
    expect(served.rules.recorded.at(-1)?.parameters).toEqual([]);
    const own = await ask('/namespaces/team-a/api/v1/rules');
    expect(own.text).not.toContain('team-b');
  });

  it('hold metadata of every target', async () => {
    const data = [
      { target: { namespace: 'team-b' }, metric: 'm', type: 'gauge', help: 'b', unit: '' },
      { target: {}, metric: 'm', type: 'gauge', help: 'nobody', unit: '' },
    ];
    served.frontend.upstream.respondWith(json(JSON.stringify({ status: 'success', data })));
    const { text } = await ask(`${ALL}/api/v1/metadata`);
    expect(text).toContain('nobody');
    expect(sent()[0]).toMatchObject({ path: '/api/v1/targets/metadata', parameters: [] });
    expect((await ask('/namespaces/team-a/api/v1/metadata')).text).not.toContain('nobody');
  });

  it('hold exemplars of every series', async () => {
    const data = [{ seriesLabels: { namespace: 'team-b' }, exemplars: [] }];
    served.frontend.upstream.respondWith(json(JSON.stringify({ status: 'success', data })));
    const path = '/api/v1/query_exemplars?query=up';
    expect((await ask(ALL + path)).text).toContain('team-b');
    expect((await ask(`/namespaces/team-a${path}`)).text).not.toContain('team-b');
  });

  it('hold silences of everybody, and none can be changed', async () => {
    const silence = { id: ID, matchers: [{ name: 'severity', value: 'page', isRegex: false }] };
    served.alertmanager.respondWith((response, recorded) => {
      const body = recorded.path.endsWith('s') ? [silence] : silence;
      json(JSON.stringify(body))(response, recorded);
    });
    expect(JSON.parse((await ask(`${ALL}/api/v2/silences`)).text)).toEqual([silence]);
    expect(JSON.parse((await ask(`${ALL}/api/v2/silence/${ID}`)).text)).toEqual(silence);
    expect((await ask(`/namespaces/team-a/api/v2/silence/${ID}`)).status).toBe(404);
    const count = served.alertmanager.recorded.length;
    const posted = await ask(`${ALL}/api/v2/silences`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    const deleted = await ask(`${ALL}/api/v2/silence/${ID}`, { method: 'DELETE' });
    for (const { status, headers } of [posted, deleted]) {
      expect([status, headers.allow]).toEqual([405, 'GET']);
    }
    expect(served.alertmanager.recorded).toHaveLength(count);
  });

  it('hold alerts of everybody in Alertmanager', async () => {
    const alerts = [{ labels: { namespace: 'team-b' } }, { labels: { severity: 'page' } }];
    served.alertmanager.respondWith(json(JSON.stringify(alerts)));
    expect(JSON.parse((await ask(`${ALL}/api/v2/alerts`)).text)).toEqual(alerts);
    expect(served.alertmanager.recorded.at(-1)?.parameters).toEqual([]);
    expect((await ask('/namespaces/team-a/api/v2/alerts')).text.trim()).toBe('[]');
  });
});

describe('an explanation for the whole cluster', () => {
  async function explained(token: string): Promise<Explanation> {
    const { text } = await ask(`${ALL}/-/explain?query=up`, {}, token);
    return (JSON.parse(text) as { readonly data: Explanation }).data;
  }

  it('says what the request itself would come to', async () => {
    expect(await explained('platform')).toMatchObject({
      namespaces: [],
      clusterWide: { verdict: 'allowed', source: 'live' },
      query: { outcome: 'sent', text: 'up' },
    });
    expect(await explained('tenant')).toMatchObject({
      namespaces: [],
      clusterWide: { verdict: 'denied', source: 'live' },
      query: { outcome: 'refused', code: 'cluster_denied' },
    });
    expect(sent()).toEqual([]);
  });
});

describe('the table of what is served for the whole cluster', () => {
  const OFFER = {
    federate: true,
    alertmanager: true,
    silenceWrites: true,
    webUi: true,
    clusterWide: true,
  };
  const PREFIXED = { path: '', isClusterWide: true } as const;

  it('never offers a change', () => {
    const writes = ROUTES.flatMap((route) =>
      methodsBehind(PREFIXED, route, OFFER).filter((method) => route.writes?.includes(method)),
    );
    expect(writes).toEqual([]);
    expect(ROUTES.flatMap((route) => route.writes ?? [])).not.toEqual([]);
  });

  it('offers nothing where it is off', () => {
    const off = { ...OFFER, clusterWide: false };
    expect(ROUTES.flatMap((route) => methodsBehind(PREFIXED, route, off))).toEqual([]);
    expect(ROUTES.flatMap((route) => offeredMethods(route, off))).not.toEqual([]);
  });

  it('offers no pages', () => {
    const refused = Object.entries(SERVED_CLUSTER_WIDE).filter(([, isServed]) => !isServed);
    expect(refused.map(([name]) => name)).toEqual(['ui_page', 'ui_file', 'stores', 'flags']);
  });
});

describe('a frontend where nobody reads the whole cluster', () => {
  it('knows no such path', async () => {
    await using off = await startServed({ access: ACCESS });
    for (const path of ['/api/v1/query?query=up', '/api/v1/status/buildinfo', '/-/explain', '/']) {
      const answer = await off.frontend.ask(ALL + path, {
        headers: { Authorization: 'Bearer platform' },
      });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([404, { code: 'route_unknown' }]); // prettier-ignore
    }
    expect(off.asked()).toBe(0);
  });
});
