import { Duration, Size } from 'cdk8s';
import type { PodConnection } from '../network/network-part.ts';
import { SynthError } from '../synth-error.ts';
import { printBytes, printGoDuration } from '../units.ts';
import { memcachedConfig, type MemcachedServer } from './memcached.ts';

/** Name of the file that configures the response cache of the query frontend of Thanos. */
export const RESPONSE_CACHE_FILE_NAME = 'response-cache.yaml';

/** Where the query frontend of Thanos keeps answers. */
export class ResponseCache {
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

  /**
   * Keeps answers in the memory of each pod.
   *
   * @param size - Memory for them.
   * @param validity - How long an answer serves. 24 hours by default.
   */
  static inMemory(size: Size, validity: Duration = Duration.hours(24)): ResponseCache {
    if (size.toMebibytes() < 1) {
      throw new SynthError('ResponseCache', 'is smaller than most answers', 'give it mebibytes');
    }
    const config = { max_size: printBytes(size), validity: printGoDuration(validity) };
    return new ResponseCache(size, { type: 'IN-MEMORY', config });
  }

  /**
   * Keeps answers in a memcached, which all replicas share.
   *
   * @param server - The memcached.
   * @param expiration - How long an answer serves. 24 hours by default.
   */
  static memcached(
    server: MemcachedServer,
    expiration: Duration = Duration.hours(24),
  ): ResponseCache {
    const config = { ...memcachedConfig(server), expiration: printGoDuration(expiration) };
    return new ResponseCache(Size.kibibytes(0), { type: 'MEMCACHED', config }, [server.connection]);
  }

  /** Prints the file that Thanos reads. It is JSON, which is YAML as well. */
  print(): string {
    return `${JSON.stringify(this.#config, null, 2)}\n`;
  }
}
