import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type OperationsListener,
  type ReadinessReport,
  startOperationsListener,
} from '../../frontend/http/operations-listener.ts';
import { createTelemetry, type RoleTelemetry } from '../../frontend/http/telemetry.ts';
import { ask } from './harness/ask.ts';

const ADDRESS = { address: '127.0.0.1', port: 0 };

describe('the operations listener', () => {
  let isReady = false;
  const readiness = (): ReadinessReport => ({
    isReady,
    dependencies: [
      { name: 'api_server', state: 'answering' },
      { name: 'upstream', state: 'waiting', reason: 'upstream_unavailable' },
    ],
  });
  let telemetry: RoleTelemetry;
  let listener: OperationsListener;

  beforeEach(async () => {
    isReady = false;
    telemetry = createTelemetry();
    listener = await startOperationsListener(ADDRESS, telemetry, readiness);
  });

  afterEach(() => listener.close());

  it('is healthy from the start, and ready when it is told so', async () => {
    expect(await ask(`${listener.url}/-/healthy`)).toMatchObject({
      status: 200,
      text: 'healthy\n',
    });
    expect(await ask(`${listener.url}/-/ready`)).toMatchObject({ status: 503 });
    isReady = true;
    expect(await ask(`${listener.url}/-/ready`)).toMatchObject({ status: 200 });
  });

  it('names what readiness depends on, and no address', async () => {
    const answer = await ask(`${listener.url}/-/ready`);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.text)).toEqual({
      ready: false,
      dependencies: [
        { name: 'api_server', state: 'answering' },
        { name: 'upstream', state: 'waiting', reason: 'upstream_unavailable' },
      ],
    });
  });

  it('gives the metrics, their labels from closed sets', async () => {
    telemetry.requestFinished({ route: 'query', status: 200, decision: 'answered', seconds: 0.02 });
    telemetry.parametersDropped(0);
    telemetry.parametersDropped(2);
    telemetry.access.cacheLookup('allowed', true);
    telemetry.access.reviewFinished('access', 'denied', 0.1);
    telemetry.access.reviewWithheld('token', 'rate');
    telemetry.access.localCheckFinished('passed');
    telemetry.access.issuerKeysRefreshed('failed');
    telemetry.operations.readyChanged(true);
    telemetry.operations.dependencyChanged('upstream', false);
    telemetry.operations.upstreamInspected('upstream', ['clusters_mixed']);
    telemetry.operations.configReloaded('refused');
    telemetry.operations.certificateChecked(false);
    const answer = await ask(`${listener.url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    const ours = answer.text
      .split('\n')
      .filter((line) => line.startsWith('tenancy_query_frontend'));
    expect(ours).toEqual(
      expect.arrayContaining([
        'tenancy_query_frontend_requests_total{route="query",status="200",decision="answered"} 1',
        'tenancy_query_frontend_request_duration_seconds_bucket{le="0.025",route="query"} 1',
        'tenancy_query_frontend_parameters_dropped_total 2',
        'tenancy_query_frontend_verdict_cache_lookups_total{cache="allowed",result="hit"} 1',
        'tenancy_query_frontend_review_duration_seconds_count{kind="access",outcome="denied"} 1',
        'tenancy_query_frontend_issuer_key_refreshes_total{outcome="failed"} 1',
        'tenancy_query_frontend_ready 1',
        'tenancy_query_frontend_dependency_up{dependency="upstream"} 0',
        'tenancy_query_frontend_upstream_unsafe{upstream="upstream",finding="tenancy_label_external"} 0',
        'tenancy_query_frontend_upstream_unsafe{upstream="upstream",finding="clusters_mixed"} 1',
        'tenancy_query_frontend_config_reloads_total{outcome="refused"} 1',
        'tenancy_query_frontend_config_last_reload_successful 0',
        'tenancy_query_frontend_certificate_last_reload_successful 0',
      ]),
    );
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/api/v1/query?query=up', 404],
    ['GET', '/metrics/', 404],
    ['POST', '/metrics', 405],
    ['PUT', '/-/ready', 405],
    ['HEAD', '/-/healthy', 405],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect(await ask(`${listener.url}${path}`, { method })).toMatchObject({ status });
  });

  it('says where it cannot listen', async () => {
    const port = Number(new URL(listener.url).port);
    const second = startOperationsListener({ ...ADDRESS, port }, telemetry, readiness);
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
