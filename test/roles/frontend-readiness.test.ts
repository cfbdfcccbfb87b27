import { describe, expect, it } from '@jest/globals';
import { SILENT_OBSERVER } from '../../frontend/access/access-observer.ts';
import { Fault } from '../../frontend/fault.ts';
import { createTelemetry } from '../../frontend/http/telemetry.ts';
import { UpstreamWatch } from '../../frontend/http/upstream-watch.ts';
import { ApiServerHearsay, FrontendReadiness } from '../../frontend/roles/frontend-readiness.ts';

const AWAY = new Fault('upstream_unavailable', 'inspect the upstream');

function setup(): {
  readonly readiness: FrontendReadiness;
  readonly apiServer: ApiServerHearsay;
  readonly world: { accessReason?: string | undefined; upstreamIsAway: boolean; asked: number };
} {
  const world = { accessReason: undefined as string | undefined, upstreamIsAway: false, asked: 0 };
  const log = (): undefined => undefined;
  const upstream = new UpstreamWatch(
    {
      inspect: async () => {
        if (world.upstreamIsAway) throw AWAY;
        return {};
      },
    },
    { tenancyLabel: 'namespace', staticLabels: [] },
    log,
  );
  const access = {
    ready: async () => {
      world.asked += 1;
      const { accessReason: reason } = world;
      return reason === undefined
        ? { isReady: true as const }
        : { isReady: false as const, reason };
    },
  };
  const apiServer = new ApiServerHearsay();
  const metrics = createTelemetry().operations;
  const readiness = new FrontendReadiness({ access, apiServer, upstream, log, metrics });
  return { readiness, apiServer, world };
}

describe('FrontendReadiness', () => {
  it('is not ready before anything was asked', () => {
    expect(setup().readiness.report).toEqual({
      isReady: false,
      dependencies: [
        { name: 'api_server', state: 'waiting', reason: 'not_asked_yet' },
        { name: 'upstream', state: 'waiting', reason: undefined },
      ],
    });
  });

  it('needs both to have answered once', async () => {
    const { readiness, world } = setup();
    world.accessReason = 'api_server_unreachable';
    world.upstreamIsAway = true;
    expect(await readiness.check()).toEqual({
      isReady: false,
      dependencies: [
        { name: 'api_server', state: 'waiting', reason: 'api_server_unreachable' },
        { name: 'upstream', state: 'waiting', reason: 'upstream_unavailable' },
      ],
    });
    world.accessReason = undefined;
    expect(await readiness.check()).toMatchObject({ isReady: false });
    world.upstreamIsAway = false;
    expect(await readiness.check()).toEqual({
      isReady: true,
      dependencies: [
        { name: 'api_server', state: 'answering', reason: undefined },
        { name: 'upstream', state: 'reachable', reason: undefined },
      ],
    });
  });

  it('stays ready when both are away later, and says so', async () => {
    const { readiness, apiServer, world } = setup();
    await readiness.check();
    world.upstreamIsAway = true;
    for (let checks = 0; checks < 3; checks += 1) await readiness.check();
    const observer = apiServer.listenBefore(SILENT_OBSERVER);
    observer.reviewFaulted('access', new Fault('api_server_unreachable', 'ask'));
    expect(readiness.report).toEqual({
      isReady: true,
      dependencies: [
        { name: 'api_server', state: 'failing', reason: 'api_server_unreachable' },
        { name: 'upstream', state: 'away', reason: 'upstream_unavailable' },
      ],
    });
    observer.reviewFinished('access', 'fault', 1);
    expect(apiServer.failingWith).toBe('api_server_unreachable');
    observer.reviewFinished('access', 'denied', 1);
    expect(apiServer.failingWith).toBeUndefined();
  });

  it('asks for access until that worked, because asking costs reviews', async () => {
    const { readiness, world } = setup();
    world.accessReason = 'api_server_unreachable';
    await readiness.check();
    world.accessReason = undefined;
    await readiness.check();
    await readiness.check();
    expect(world.asked).toBe(2);
  });

  it('ends with the drain', async () => {
    const { readiness } = setup();
    await readiness.check();
    readiness.stop();
    expect(readiness.report.isReady).toBe(false);
  });
});
