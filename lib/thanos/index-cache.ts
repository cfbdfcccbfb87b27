import { Size } from 'cdk8s';
import { SynthError } from '../synth-error.ts';
import { printBytes } from '../units.ts';
import { ThanosCache } from './cache.ts';
import { memcachedConfig, type MemcachedServer } from './memcached.ts';

/** Where a store gateway keeps the parts of the index that it has read. */
export class IndexCache extends ThanosCache {
  readonly fileName = 'index-cache.yaml';

  /** Keeps it in the memory of the pod. One item takes at most half of `size`. */
  static inMemory(size: Size): IndexCache {
    if (size.toKibibytes() < 2) {
      throw new SynthError('IndexCache', 'is smaller than any item', 'give it some mebibytes');
    }
    const item = Size.kibibytes(Math.floor(size.toKibibytes() / 2));
    return new IndexCache(size, {
      type: 'IN-MEMORY',
      config: { max_size: printBytes(size), max_item_size: printBytes(item) },
    });
  }

  /** Keeps it in a memcached, which all replicas share and which survives a restart of theirs. */
  static memcached(server: MemcachedServer): IndexCache {
    const config = { type: 'MEMCACHED', config: memcachedConfig(server) };
    return new IndexCache(Size.kibibytes(0), config, [server.connection]);
  }
}
