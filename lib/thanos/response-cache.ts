import { Duration, Size } from 'cdk8s';
import { SynthError } from '../synth-error.ts';
import { printBytes, printGoDuration } from '../units.ts';
import { ThanosCache } from './cache.ts';
import { memcachedConfig, type MemcachedServer } from './memcached.ts';

/** Where the query frontend of Thanos keeps answers. */
export class ResponseCache extends ThanosCache {
  readonly fileName = 'response-cache.yaml';

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
}
