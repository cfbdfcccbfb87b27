import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpUpstream } from '../../frontend/adapters/upstream/http-upstream.ts';
import { FilterSlots } from '../../frontend/http/filter-slots.ts';
import { createTelemetry } from '../../frontend/http/telemetry.ts';
import { UpstreamWatch } from '../../frontend/http/upstream-watch.ts';
import { FrontendReadiness } from '../../frontend/roles/frontend-readiness.ts';
import { createRulesUpstream, type RulesUpstream } from '../../frontend/roles/rules-upstream.ts';
import { type Frontend, startFrontend } from '../http/harness/frontend.ts';
import { DEFAULT_GROUPS } from '../http/harness/limit-groups.ts';
import {
  json,
  type RecordingUpstream,
  type Responder,
  startUpstream,
} from '../http/harness/recording-upstream.ts';
import { inspectable, queriesOf, storesWith } from './inspected-upstream.ts';

const STORE_RULES = { tenancyLabel: 'namespace', staticLabels: [] };
const RULES = '/api/v1/rules?namespace=team-a';
const QUERY = '/api/v1/query?namespace=team-a&query=up';

/** A rule that an upstream which labels everything says is of `team-a`. */
const ANSWER = json(
  JSON.stringify({
    status: 'success',
    data: {
      groups: [
        {
          name: 'g',
          file: 'f',
          interval: 30,
          rules: [
            {
              type: 'recording',
              name: 'leaked',
              query: 'up',
              health: 'ok',
              labels: { namespace: 'team-a' },
            },
          ],
        },
      ],
    },
  }),
);

describe('an upstream of the rules', () => {
  let ruler: RecordingUpstream;
  let rules: RulesUpstream;
  let frontend: Frontend;
  let log: string[];

  beforeEach(async () => {
    log = [];
    ruler = await startUpstream();
    answerWith(inspectable(ANSWER));
    rules = createRulesUpstream({ url: ruler.url, maxSockets: 4 }, STORE_RULES, (...line) =>
      log.push(JSON.stringify(line)),
    );
    frontend = await startFrontend({
      endpoints: (queries) => ({
        filtered: {
          upstreams: { queries, rules: rules.upstream },
          hasTargetMetadata: false,
          maxBytes: DEFAULT_GROUPS.limits.filteredBytes,
          slots: new FilterSlots(),
        },
      }),
    });
  });

  afterEach(async () => {
    await frontend[Symbol.asyncDispose]();
    rules.close();
    await ruler[Symbol.asyncDispose]();
  });

  function answerWith(responder: Responder): void {
    ruler.respondWith(responder);
  }

  it('shows its rules once it was looked at, and not before', async () => {
    expect(await frontend.ask(RULES)).toMatchObject({ status: 503 });
    expect(queriesOf(ruler)).toEqual([]);
    await rules.watch.check();
    const { status, text } = await frontend.ask(RULES);
    expect(status).toBe(200);
    expect(text).toContain('leaked');
  });

  it.each([
    ['tenancy_label_external', storesWith({ namespace: 'team-a' })],
    ['clusters_mixed', storesWith({ cluster: 'a' }, { cluster: 'b' })],
  ])('is asked nothing while it is unsafe: %s', async (reason, stores) => {
    answerWith(inspectable(ANSWER, stores));
    await rules.watch.check();
    expect(rules.watch).toMatchObject({ state: 'unsafe', reason });
    for (const path of [RULES, '/api/v1/alerts?namespace=team-a']) {
      expect(await frontend.ask(path)).toMatchObject({ status: 503 });
    }
    expect(queriesOf(ruler)).toEqual([]);
    expect(log.join()).toContain('"upstream":"upstreams.rules"');
    expect(await frontend.ask(QUERY)).toMatchObject({ status: 200 });
    // What keeps the rule back is the guard: the same question passes without it.
    const bare = createHttpUpstream({ url: ruler.url, maxSockets: 1 });
    await using open = await startFrontend({
      endpoints: (queries) => ({
        filtered: {
          upstreams: { queries, rules: bare },
          hasTargetMetadata: false,
          maxBytes: DEFAULT_GROUPS.limits.filteredBytes,
          slots: new FilterSlots(),
        },
      }),
    });
    expect((await open.ask(RULES)).text).toContain('leaked');
    bare.close();
  });

  it('is reported by its name, and does not decide about readiness', async () => {
    const queries = new UpstreamWatch({ inspect: async () => ({}) }, STORE_RULES, () => undefined);
    const telemetry = createTelemetry();
    const readiness = new FrontendReadiness({
      access: { ready: async () => ({ isReady: true }) },
      apiServer: undefined,
      upstream: queries,
      rulesUpstream: rules.watch,
      log: () => undefined,
      metrics: telemetry.operations,
    });
    answerWith(inspectable(ANSWER, storesWith({ namespace: 'team-a' })));
    expect(await readiness.check()).toEqual({
      isReady: true,
      dependencies: [
        { name: 'upstream', state: 'reachable', reason: undefined },
        { name: 'upstreams.rules', state: 'unsafe', reason: 'tenancy_label_external' },
      ],
    });
    readiness.start();
    const shown = async (): Promise<string> => (await telemetry.exposition()).body;
    const finding =
      'tenancy_query_frontend_upstream_unsafe{upstream="upstreams.rules",finding="tenancy_label_external"} 1';
    while (!(await shown()).includes(finding)) await new Promise((done) => setTimeout(done, 10));
    expect(await shown()).toContain('dependency_up{dependency="upstreams.rules"} 1');
    readiness.stop();
    expect(await shown()).not.toContain('upstreams.rules"');
  });
});
