import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A target that can be scraped. */
export interface MetricsServer {
  /** `host:port`, as a scrape configuration names it. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Serves a text in the OpenMetrics format on a free port of 127.0.0.1. */
export async function serveOpenMetrics(text: string): Promise<MetricsServer> {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'Content-Type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    });
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
