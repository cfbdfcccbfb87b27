import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';

/** Servers of one test, which end together. */
export interface ExposingServers {
  /** Listens on a port of 127.0.0.1, or on a socket. */
  readonly listen: (at: number | string, answer: RequestListener) => Promise<void>;
  readonly stop: () => void;
}

/** Prepares servers that stand for what Prometheus scrapes. */
export function exposingServers(): ExposingServers {
  const servers: Server[] = [];
  return {
    listen: async (at, answer) => {
      const server = createServer(answer);
      servers.push(server);
      await new Promise<void>((resolve) => {
        if (typeof at === 'number') server.listen(at, '127.0.0.1', resolve);
        else server.listen(at, resolve);
      });
    },
    stop: () => {
      for (const server of servers) server.close();
    },
  };
}

/** Answers with metrics in the text format. */
export function expose(response: ServerResponse, metrics: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics);
}
