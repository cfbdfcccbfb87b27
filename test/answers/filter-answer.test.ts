import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { filterAlerts } from '../../frontend/answers/alerts.ts';
import { filterAnswer } from '../../frontend/http/filter-answer.ts';
import { bytesOf, scopeOf, SHOWN } from './scopes.ts';

const LARGE = bytesOf({
  status: 'success',
  data: {
    alerts: Array.from({ length: 60_000 }, () => ({
      labels: { namespace: 'team-b', text: 'x'.repeat(200) },
    })),
  },
});

async function filterLarge(signal: AbortSignal): Promise<unknown> {
  const body = Readable.from([Buffer.from(LARGE)]);
  return filterAnswer(body, filterAlerts(scopeOf('team-a'), SHOWN), {
    maxBytes: LARGE.length,
    signal,
  });
}

describe('filterAnswer', () => {
  it('lets others have their turns while it reads', async () => {
    let turns = 0;
    let isDone = false;
    const countTurns = (): void => {
      turns += 1;
      if (!isDone) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    expect(await filterLarge(new AbortController().signal)).toMatchObject({ ok: true });
    isDone = true;
    // A slower machine has more of them; in one go there would be two or three.
    expect(turns).toBeGreaterThan(5);
  });

  it('stops when nobody waits for the answer any more', async () => {
    const caller = new AbortController();
    const filtered = filterLarge(caller.signal);
    setImmediate(() => {
      caller.abort(new Error('gone'));
    });
    await expect(filtered).rejects.toThrow('gone');
  });
});
