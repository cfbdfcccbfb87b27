import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { attack as ask, startAttackedFrontend } from '../attack/running-frontend.ts';
import { faultsOf } from '../attack/check-sent.ts';
import type { Frontend } from '../http/harness/frontend.ts';
import { json, type Recorded, SUCCESS } from '../http/harness/recording-upstream.ts';
import { get, withHeaders } from '../real/query-frontend/support/question.ts';
import {
  CUSTOM_PARAMETERS,
  DATA_SOURCE,
  GRAFANA_HEADERS,
  GRAFANA_REQUESTS,
  type GrafanaRequest,
  LAST_ROW,
  type Manner,
  sentBy,
} from './requests.ts';

const TURNS = GRAFANA_REQUESTS.flatMap((request) =>
  request.manners.flatMap((manner) =>
    [{}, CUSTOM_PARAMETERS].map((custom) => ({
      row: request.row,
      title: `${request.what}, by ${manner}${custom === CUSTOM_PARAMETERS ? ', with custom parameters twice' : ''}`,
      manner,
      request,
      custom,
    })),
  ),
);

describe('the table of requests', () => {
  it('has every kind of request', () => {
    const rows = [...new Set(GRAFANA_REQUESTS.map(({ row }) => row))].toSorted((a, b) => a - b);
    expect(rows).toEqual(Array.from({ length: LAST_ROW }, (_, index) => index + 1));
  });
});

describe('a request of Grafana', () => {
  let frontend: Frontend;
  let before = 0;

  beforeAll(async () => {
    frontend = await startAttackedFrontend();
  });

  afterAll(async () => {
    await frontend[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    before = frontend.upstream.recorded.length;
  });

  const sentUpstream = (): readonly Recorded[] => frontend.upstream.recorded.slice(before);

  it.each(TURNS)('$row: $title', async ({ request, manner, custom }) => {
    frontend.upstream.respondWith(json(emptyAnswer(request)));
    const answer = await ask(frontend, sentBy(manner, request, custom));
    const { expected } = request;
    const envelope: unknown = JSON.parse(answer.text);
    // What Grafana could not read: another encoding, or a body that is not JSON.
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers['content-type']).toBe('application/json');
    for (const sent of sentUpstream()) expect(faultsOf(sent, 'namespace="team-a"')).toEqual([]);
    switch (expected.kind) {
      case 'upstream':
        expect([answer.status, answer.text]).toEqual([200, SUCCESS]);
        expect(sentUpstream()).toHaveLength(1);
        expectSent(request, manner, expected.sends, sentUpstream());
        return;
      case 'filtered':
        expect(answer.status).toBe(200);
        expect(envelope).toMatchObject({ status: 'success', data: expected.data });
        return;
      case 'local':
        expect(answer.status).toBe(200);
        // A member "features" would make Grafana take us for another server.
        expect(envelope).toEqual({
          status: 'success',
          data: expect.not.objectContaining({ features: expect.anything() }),
        });
        expect(envelope).toHaveProperty('data.version', expect.stringMatching(/^\d+\.\d+\.\d+/));
        expect(sentUpstream()).toEqual([]);
        return;
      case 'refused':
        expect([answer.status, envelope]).toEqual([
          expected.status,
          expect.objectContaining({
            status: 'error',
            code: expected.code,
            errorType: expect.any(String),
          }),
        ]);
        // Grafana shows the first bytes only.
        expect(answer.text.slice(0, 1_024)).toContain('"error":"');
        expect(sentUpstream()).toEqual([]);
        return;
      default:
        throw new TypeError(`${JSON.stringify(expected satisfies never)} is not expected`);
    }
  });

  it('for a foreign namespace is 403, which Grafana does not try again', async () => {
    for (const custom of [{}, CUSTOM_PARAMETERS]) {
      const fields = { query: 'shop_orders', ...custom, namespace: 'team-b' };
      const path = `${DATA_SOURCE.replace('team-a', 'team-b')}/api/v1/query`;
      const answer = await ask(frontend, withHeaders(get(path, fields), GRAFANA_HEADERS));
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        403,
        expect.objectContaining({ code: 'tenant_denied' }),
      ]);
    }
    expect(sentUpstream()).toEqual([]);
  });

  it('needs no namespace to check the health of a data source without one', async () => {
    frontend.upstream.respondWith(json(SUCCESS));
    const question = withHeaders(
      get('/api/v1/query', { query: '1+1', time: '4' }),
      GRAFANA_HEADERS,
    );
    expect((await ask(frontend, question)).status).toBe(200);
    expect(sentUpstream()).toHaveLength(1);
  });
});

function expectSent(
  request: GrafanaRequest,
  manner: Manner,
  sends: readonly string[],
  sent: readonly Recorded[],
): void {
  const [only] = sent;
  const texts = only?.parameters.filter(([name]) => name === 'query' || name === 'match[]');
  expect(texts?.map(([, text]) => text)).toEqual(sends);
  expect(only?.path.replace('/U__caf_e9__2e_size/', '/caf%C3%A9.size/')).toBe(
    request.path.replace('/U__caf_e9__2e_size/', '/caf%C3%A9.size/'),
  );
  // The times, the step and the limits travel as they came.
  const names = ['time', 'start', 'end', 'step', 'timeout', 'limit'];
  const own = Object.entries(request.fields).filter(([name]) => names.includes(name));
  expect(Object.fromEntries(only?.parameters ?? [])).toMatchObject(Object.fromEntries(own));
  expect(only?.headers['traceparent']).toBe(GRAFANA_HEADERS['traceparent']);
  if (manner !== 'GET' && request.path.includes('/label/')) expect(only?.method).toBe('GET');
}

function emptyAnswer({ expected }: GrafanaRequest): string {
  return expected.kind === 'filtered'
    ? JSON.stringify({ status: 'success', data: expected.data })
    : SUCCESS;
}
