import { THANOS_GRPC } from './ports.ts';

/** Name of the file that tells routers which ingestors there are. */
export const HASHRING_FILE_NAME = 'hashrings.json';

/** The addresses of the ingestors, relative to the namespace: each pod by its own name. */
export function ingestorAddresses(name: string, ingestors: number): string[] {
  return Array.from(
    { length: ingestors },
    (_, index) => `${name}-${index}.${name}:${THANOS_GRPC.port}`,
  );
}

/** Prints that file: one ring for everything. */
export function printHashrings(addresses: readonly string[]): string {
  const endpoints = addresses.map((address) => ({ address }));
  return `${JSON.stringify([{ hashring: 'default', endpoints }], null, 2)}\n`;
}
