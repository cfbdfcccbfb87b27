import type { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PodConnection } from '../network/network-part.ts';
import { addConfigFolder, type ConfigFolder } from './pod-folders.ts';
import type { ThanosWorkload } from './workload.ts';

/** Where a Thanos component keeps what it has read or answered: in its memory or in a memcached. */
export abstract class ThanosCache {
  /** Name of the file that configures it, by which the kinds of caches differ. */
  abstract readonly fileName: string;
  /** Memory that the cache takes inside the pod, which its memory limit must hold. */
  readonly memory: Size;
  /** What the pod connects to for it. */
  readonly connections: readonly PodConnection[];
  readonly #config: unknown;

  protected constructor(memory: Size, config: unknown, connections: readonly PodConnection[] = []) {
    this.memory = memory;
    this.connections = connections;
    this.#config = config;
  }

  /** Prints the file that Thanos reads. It is JSON, which is YAML as well. */
  print(): string {
    return `${JSON.stringify(this.#config, null, 2)}\n`;
  }
}

/** Adds the file of a cache to the pods of a workload, in a folder below `/etc/thanos`. */
export function addCacheFolder(
  scope: Construct,
  workload: ThanosWorkload,
  name: string,
  cache: ThanosCache,
): ConfigFolder {
  const data = { [cache.fileName]: cache.print() };
  return addConfigFolder(scope, workload, { name, folder: folderOf(name), data });
}

/** The path of the file of a cache in such a folder. */
export function cacheFile(name: string, cache: ThanosCache): string {
  return `${folderOf(name)}/${cache.fileName}`;
}

/** What pods connect to for all their caches. They may use one memcached. */
export function cacheConnections(
  ...caches: readonly (ThanosCache | undefined)[]
): readonly PodConnection[] {
  return [...new Set(caches.flatMap((cache) => cache?.connections ?? []))];
}

function folderOf(name: string): string {
  return `/etc/thanos/${name}`;
}
