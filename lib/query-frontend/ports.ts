import type { PodPort } from '../pod-group.ts';

/** Where tenants connect. */
export const HTTPS_PORT: PodPort = { name: 'https', port: 8_443 };

/** Where tenants connect when TLS ends elsewhere. */
export const PLAIN_HTTP_PORT: PodPort = { name: 'http', port: 8_080 };

/** Where metrics and probes answer. Tenants must not reach it. */
export const OPERATIONS_PORT: PodPort = { name: 'operations', port: 9_091 };
