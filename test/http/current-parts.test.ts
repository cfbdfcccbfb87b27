import { describe, expect, it } from '@jest/globals';
import { CurrentParts } from '../../frontend/http/current-parts.ts';

function setup(): { readonly current: CurrentParts<string>; readonly released: string[] } {
  const released: string[] = [];
  return { current: new CurrentParts('old', () => released.push('old')), released };
}

describe('CurrentParts', () => {
  it('ends work with the parts that it began with', async () => {
    const { current, released } = setup();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = current.use(async (parts) => {
      await promise;
      return parts;
    });
    current.replace('new', () => released.push('new'));
    expect(current.latest).toBe('new');
    expect(await current.use(async (parts) => parts)).toBe('new');
    expect(released).toEqual([]);
    resolve();
    expect(await work).toBe('old');
    expect(released).toEqual(['old']);
  });

  it('releases at once what nobody uses', () => {
    const { current, released } = setup();
    current.replace('new');
    expect(released).toEqual(['old']);
  });

  it('releases once, also after work that failed', async () => {
    const { current, released } = setup();
    const work = current.use(() => Promise.reject(new Error('no')));
    current.replace('new');
    await expect(work).rejects.toThrow('no');
    current.close();
    expect(released).toEqual(['old']);
  });

  it('releases everything at its close, in use or not', async () => {
    const { current, released } = setup();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = current.use(() => promise);
    current.replace('new', () => released.push('new'));
    current.close();
    expect(released).toEqual(['old', 'new']);
    resolve();
    await work;
    expect(released).toEqual(['old', 'new']);
  });
});
