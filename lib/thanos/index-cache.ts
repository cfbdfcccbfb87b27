import { Size } from 'cdk8s';
import type { PodConnection } from '../network/network-part.ts';
import { SynthError } from '../synth-error.ts';
import { printBytes } from '../units.ts';
import { memcachedConfig, type MemcachedServer } from './memcached.ts';

/** Name of the file that configures the index cache of a store gateway. */
export const INDEX_CACHE_FILE_NAME = 'index-cache.yaml';

/** Where a store gateway keeps the parts of the index that it has read. */
export class IndexCache {
  /** Memory that the cache takes inside the pod, which its memory limit must hold. */
  readonly memory: Size;
  /** What the pod connects to for it. */
  readonly connections: readonly PodConnection[];
  readonly #config: unknown;

  private constructor(memory: Size, config: unknown, connections: readonly PodConnection[] = []) {
    this.memory = memory;
    this.connections = connections;
    this.#config = config;
  }

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

  /** Prints the file that Thanos reads. It is JSON, which is YAML as well. */
  print(): string {
    return `${JSON.stringify(this.#config, null, 2)}\n`;
  }
}
