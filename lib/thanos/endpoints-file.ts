import { grpcFiles, type GrpcTls } from './grpc-tls.ts';
import type { StoreEndpoint } from './store-endpoint.ts';

/** Name of the file that lists what a querier asks. */
export const ENDPOINTS_FILE_NAME = 'endpoints.yaml';

/**
 * Prints the file of `--endpoint.sd-config-file`. It is JSON, which is YAML as well.
 *
 * Repeated addresses appear once: Thanos would ask the same store twice.
 *
 * @param endpoints - What is asked.
 * @param tls - The certificates of all of them, or `undefined` for plain gRPC.
 */
export function printEndpointsFile(endpoints: readonly StoreEndpoint[], tls?: GrpcTls): string {
  const addresses = [...new Set(endpoints.map(({ storeAddress }) => storeAddress))].toSorted();
  const file = {
    ...(tls === undefined ? {} : { default_client_config: clientConfig(tls) }),
    endpoints: addresses.map((address) => ({ address })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function clientConfig(tls: GrpcTls): unknown {
  const { ca, cert, key } = grpcFiles('client');
  return {
    tls_config: { enabled: true, cert_file: cert, key_file: key, ca_file: ca },
    server_name: tls.serverName,
  };
}

/** The labels that a querier over these endpoints deduplicates by. */
export function replicaLabelsOf(endpoints: readonly StoreEndpoint[]): string[] {
  return [...new Set(endpoints.flatMap(({ replicaLabels }) => replicaLabels))].toSorted();
}
