import http from 'node:http';
import { listeningUrl } from './listening-url.ts';
import type { DependencyName } from './operations-metrics.ts';
import type { Telemetry } from './telemetry.ts';

/** The listener of operators: metrics, health and readiness. Tenants never reach it. */
export interface OperationsListener {
  /** Its address as a URL without path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Whether the pod should get requests, and what that depends on. */
export interface ReadinessReport {
  readonly isReady: boolean;
  readonly dependencies: readonly DependencyReport[];
}

/** How one dependency is. The words come from small closed sets: never an address. */
export interface DependencyReport {
  readonly name: DependencyName;
  readonly state: string;
  /** The code of what stands in the way. */
  readonly reason?: string | undefined;
}

/** Starts the operations listener. `readiness` is asked at each probe of `/-/ready`. */
export async function startOperationsListener(
  config: { readonly address: string; readonly port: number },
  telemetry: Pick<Telemetry, 'exposition'>,
  readiness: () => ReadinessReport,
): Promise<OperationsListener> {
  const server = http.createServer({ headersTimeout: 5_000, requestTimeout: 5_000 });
  server.maxConnections = 64;
  server.on('request', (request, response) => {
    const respond = (status: number, contentType: string, body: string): void => {
      response.writeHead(status, { 'Content-Type': contentType });
      response.end(body);
    };
    const text = (status: number, body: string): void => {
      respond(status, 'text/plain; charset=utf-8', `${body}\n`);
    };
    if (request.method !== 'GET') text(405, 'use GET');
    else if (request.url === '/-/healthy') text(200, 'healthy');
    else if (request.url === '/-/ready') {
      const { isReady, dependencies } = readiness();
      const body = `${JSON.stringify({ ready: isReady, dependencies })}\n`;
      respond(isReady ? 200 : 503, 'application/json', body);
    } else if (request.url === '/metrics') {
      telemetry.exposition().then(
        ({ contentType, body }) => {
          respond(200, contentType, body);
        },
        () => {
          text(500, 'metrics could not be collected');
        },
      );
    } else text(404, 'there is /metrics, /-/healthy and /-/ready');
  });
  await new Promise<void>((resolve, reject) => {
    // Stays on: a later error, such as running out of files, must not end the process.
    server.on('error', reject);
    server.listen(config.port, config.address, () => {
      resolve();
    });
  });
  return {
    url: listeningUrl(server, 'http', config.address),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
