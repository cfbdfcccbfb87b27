import { describe, expect, it } from '@jest/globals';
import { startFrontend } from './harness/frontend.ts';
import { json, SUCCESS } from './harness/recording-upstream.ts';

const PATH = '/namespaces/team-a/api/v1/query?query=';
const QUERY = encodeURIComponent('info(rate(up[5m * 2]), {version=~".+"})');

describe('the features of PromQL', () => {
  it('are refused by name where they are off, and nothing is sent', async () => {
    await using frontend = await startFrontend({ features: { 'promql-duration-expr': true } });
    const answer = await frontend.ask(PATH + QUERY);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'query_unsupported',
      error: expect.stringContaining('needs the feature promql-experimental-functions'),
    });
    expect(frontend.upstream.recorded).toEqual([]);
  });

  it('are scoped and sent where they are on', async () => {
    await using frontend = await startFrontend({
      features: { 'promql-duration-expr': true, 'promql-experimental-functions': true },
    });
    frontend.upstream.respondWith(json(SUCCESS));
    expect((await frontend.ask(PATH + QUERY)).status).toBe(200);
    const [sent] = frontend.upstream.recorded;
    expect(sent?.parameters).toEqual([
      ['query', 'info(rate(up{namespace="team-a"}[5m * 2]), {version=~".+",namespace="team-a"})'],
    ]);
  });
});
