import { describe, expect, it } from '@jest/globals';
import { Fault } from '../../frontend/fault.ts';
import { guardUpstream } from '../../frontend/http/guard-upstream.ts';
import type { UpstreamSighting } from '../../frontend/http/upstream.ts';
import { FAILURES_UNTIL_AWAY, UpstreamWatch } from '../../frontend/http/upstream-watch.ts';

const RULES = { tenancyLabel: 'namespace', staticLabels: [] };
const AWAY = new Fault('upstream_unavailable', 'inspect the upstream');

type Sight = UpstreamSighting | Error;

function stores(labels: object): UpstreamSighting {
  const sidecar = [{ labelSets: [labels] }];
  return { stores: { document: { status: 'success', data: { sidecar } } } };
}

function watchOf(): {
  readonly watch: UpstreamWatch;
  readonly log: string[];
  see: (...sights: readonly Sight[]) => Promise<void>;
} {
  let next: Sight = {};
  const log: string[] = [];
  const watch = new UpstreamWatch(
    {
      inspect: async () => {
        if (next instanceof Error) throw next;
        return next;
      },
    },
    RULES,
    (level, event, fields) => log.push(`${level} ${event} ${String(fields?.['reason'] ?? '')}`),
  );
  return {
    watch,
    log,
    see: async (...sights) => {
      for (const sight of sights) {
        next = sight;
        await watch.check();
      }
    },
  };
}

describe('UpstreamWatch', () => {
  it('waits until the upstream has answered once, and says why, once', async () => {
    const { watch, see, log } = watchOf();
    expect(watch.state).toBe('waiting');
    await see(AWAY, AWAY, AWAY, AWAY);
    expect(watch).toMatchObject({ state: 'waiting', reason: 'upstream_unavailable' });
    await see({});
    expect(watch).toMatchObject({ state: 'reachable', reason: undefined });
    expect(log).toEqual(['warn upstream_waiting upstream_unavailable', 'info upstream_reachable ']);
  });

  it('says nothing of an upstream that is there from the beginning', async () => {
    const { see, log } = watchOf();
    await see({}, stores({ cluster: 'a' }));
    expect(log).toEqual([]);
  });

  it('takes a few failures in a row for an outage, and one answer for its end', async () => {
    const { watch, see, log } = watchOf();
    const failures = Array.from({ length: FAILURES_UNTIL_AWAY - 1 }, () => AWAY);
    await see({}, ...failures, {}, ...failures);
    expect(watch.state).toBe('reachable');
    await see(AWAY);
    expect(watch).toMatchObject({ state: 'away', reason: 'upstream_unavailable' });
    await see({});
    expect(watch.state).toBe('reachable');
    expect(log).toEqual(['warn upstream_away upstream_unavailable', 'info upstream_reachable ']);
  });

  it('keeps what it found until it is seen to be gone', async () => {
    const { watch, see, log } = watchOf();
    await see({}, stores({ namespace: 'x' }), AWAY, AWAY, AWAY, AWAY);
    expect(watch).toMatchObject({ state: 'unsafe', reason: 'tenancy_label_external' });
    await see(stores({ cluster: 'a' }));
    expect(watch).toMatchObject({ state: 'reachable', findings: [] });
    expect(log).toEqual([
      'error upstream_unsafe tenancy_label_external',
      'info upstream_reachable ',
    ]);
  });

  it('proves nothing by a list that it does not understand', async () => {
    const { watch, see } = watchOf();
    await see({ stores: { document: { status: 'success' } } });
    expect(watch).toMatchObject({ state: 'waiting', reason: 'upstream_unexpected' });
  });

  it('survives a defect', async () => {
    const { watch, see } = watchOf();
    await see(new TypeError('no'));
    expect(watch).toMatchObject({ state: 'waiting', reason: 'defect' });
  });
});

describe('guardUpstream', () => {
  it('sends nothing while that is not safe', async () => {
    let isSafe = false;
    let sent = 0;
    const guarded = guardUpstream(
      {
        send: () => {
          sent += 1;
          return Promise.reject(new Error('sent'));
        },
      },
      () => isSafe,
    );
    const send = (): Promise<unknown> =>
      guarded.send({} as Parameters<typeof guarded.send>[0], AbortSignal.abort());
    await expect(send()).rejects.toMatchObject({ code: 'upstream_unsafe' });
    expect(sent).toBe(0);
    isSafe = true;
    await expect(send()).rejects.toThrow('sent');
  });
});
