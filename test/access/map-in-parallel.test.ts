import { describe, expect, it } from '@jest/globals';
import { mapInParallel } from '../../frontend/access/map-in-parallel.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('mapInParallel', () => {
  it('returns the results in the order of the items', async () => {
    const results = await mapInParallel([30, 20, 10, 0], {
      limit: 3,
      map: async (ms) => {
        await wait(ms);
        return ms;
      },
      isLast: () => false,
    });
    expect(results).toEqual([30, 20, 10, 0]);
  });

  it('starts nothing after a last result, and awaits what is under way', async () => {
    const started: number[] = [];
    const results = await mapInParallel([1, 2, 3, 4], {
      limit: 2,
      map: async (item) => {
        started.push(item);
        if (item === 1) await wait(10);
        return item;
      },
      isLast: (result) => result === 2,
    });
    expect(started).toEqual([1, 2]);
    expect(results).toEqual([1, 2]);
  });

  it('takes no items for what they are', async () => {
    const options = { limit: 4, map: async () => 1, isLast: () => false };
    expect(await mapInParallel([], options)).toEqual([]);
  });

  it('fails as a whole', async () => {
    const map = async (): Promise<number> => {
      throw new RangeError('lost');
    };
    await expect(mapInParallel([1, 2], { limit: 2, map, isLast: () => false })).rejects.toThrow(
      RangeError,
    );
  });
});
