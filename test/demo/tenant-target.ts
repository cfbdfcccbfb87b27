import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small server with the metrics of one tenant's shop. */
export interface TenantTarget {
  /** `host:port`, as a scrape target. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** Starts a target whose figures tell the tenants apart: both have the same metric names. */
export async function startTenantTarget(orders: number): Promise<TenantTarget> {
  let count = orders;
  const server = createServer((_request, response) => {
    count += 1;
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' });
    response.end(
      '# HELP shop_orders_total Orders taken.\n# TYPE shop_orders_total counter\n' +
        `shop_orders_total ${count}\n` +
        '# HELP shop_open Whether the shop is open.\n# TYPE shop_open gauge\nshop_open 1\n',
    );
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
