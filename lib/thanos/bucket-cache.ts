import { Duration, Size } from 'cdk8s';
import { SynthError } from '../synth-error.ts';
import { printBytes, printGoDuration } from '../units.ts';
import { ThanosCache } from './cache.ts';
import { memcachedConfig, type MemcachedServer } from './memcached.ts';

/** How long it may be remembered that a block is not marked for deletion: so much longer it is served. */
export const UNMARKED_REMEMBERED: Duration = Duration.minutes(15);

const LARGEST_META_FILE = Size.mebibytes(1);

/**
 * Where a store gateway keeps what it has fetched from the object store: pieces of chunks, and the files
 * that describe blocks. It saves requests to the object store, which cost time and money.
 */
export class BucketCache extends ThanosCache {
  readonly fileName = 'bucket-cache.yaml';

  /** Keeps it in the memory of the pod. One item takes at most half of `size`. */
  static inMemory(size: Size): BucketCache {
    if (size.toKibibytes() < 2 * LARGEST_META_FILE.toKibibytes()) {
      throw new SynthError(
        'BucketCache',
        'does not hold the largest item',
        'give it 2 MiB or more',
      );
    }
    const item = Size.kibibytes(Math.floor(size.toKibibytes() / 2));
    return new BucketCache(size, {
      type: 'IN-MEMORY',
      config: { max_size: printBytes(size), max_item_size: printBytes(item) },
      ...commonConfig(LARGEST_META_FILE),
    });
  }

  /** Keeps it in a memcached, which all replicas share and which survives a restart of theirs. */
  static memcached(server: MemcachedServer): BucketCache {
    const { connection, maxItemSize } = server;
    const isSmaller = maxItemSize.toKibibytes() < LARGEST_META_FILE.toKibibytes();
    const config = {
      type: 'MEMCACHED',
      config: memcachedConfig(server),
      ...commonConfig(isSmaller ? maxItemSize : LARGEST_META_FILE),
    };
    return new BucketCache(Size.kibibytes(0), config, [connection]);
  }
}

function commonConfig(largestMetaFile: Size): Readonly<Record<string, string>> {
  return {
    metafile_max_size: printBytes(largestMetaFile),
    metafile_doesnt_exist_ttl: printGoDuration(UNMARKED_REMEMBERED),
  };
}
