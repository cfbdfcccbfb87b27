import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MARKS, type TenantName } from '../../query-frontend/support/tenant-series.ts';

/** A server with the metrics of one tenant's checkout: a histogram with exemplars. */
export interface TenantTarget {
  /** `host:port`, as a scrape target. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

const TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Starts a target whose texts and figures tell the tenants apart. */
export async function startTenantTarget(tenant: TenantName): Promise<TenantTarget> {
  const text = expositionOf(tenant);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': TYPE });
    response.end(text);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function expositionOf(tenant: TenantName): string {
  const { name, orders } = MARKS[tenant];
  return [
    '# TYPE checkout_seconds histogram',
    `# HELP checkout_seconds Time at the checkout of ${name}.`,
    `checkout_seconds_bucket{le="0.1",shop="${name}"} 2 # {trace_id="${name}-1"} 0.05`,
    `checkout_seconds_bucket{le="1.0",shop="${name}"} 5 # {trace_id="${name}-2"} 0.5`,
    `checkout_seconds_bucket{le="+Inf",shop="${name}"} 6`,
    `checkout_seconds_count{shop="${name}"} 6`,
    `checkout_seconds_sum{shop="${name}"} ${orders}`,
    '# EOF',
    '',
  ].join('\n');
}
