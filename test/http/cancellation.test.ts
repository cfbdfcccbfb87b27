import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Cancellation } from '../../frontend/http/cancellation.ts';

describe('Cancellation', () => {
  it('is not cancelled at first', () => {
    const cancellation = new Cancellation();
    expect(cancellation.reason).toBeUndefined();
    expect(cancellation.signal.aborted).toBe(false);
  });

  it('keeps the first reason', () => {
    const cancellation = new Cancellation();
    cancellation.cancel('client_gone');
    cancellation.cancel('deadline');
    expect(cancellation.reason).toBe('client_gone');
    expect(cancellation.signal.aborted).toBe(true);
  });

  it('is cancelled at its deadline', async () => {
    const cancellation = new Cancellation();
    cancellation.startDeadline(1);
    await new Promise((resolve) => {
      cancellation.signal.addEventListener('abort', resolve);
    });
    expect(cancellation.reason).toBe('deadline');
  });

  it('has no deadline any more once it is closed', async () => {
    const cancellation = new Cancellation();
    cancellation.startDeadline(1);
    cancellation.close();
    await sleep(20);
    expect(cancellation.reason).toBeUndefined();
  });
});
