import http from 'node:http';

/** One request of a load, and whether its client leaves before the answer has ended. */
export interface LoadRequest {
  readonly path: string;
  readonly token: string;
  readonly form?: string;
  /** Milliseconds after which the client destroys its connection. */
  readonly leavesAfterMs?: number;
}

/** How one request of a load ended. */
export interface LoadOutcome {
  /** The HTTP status, or `broken` when the connection ended before the answer did. */
  readonly status: number | 'broken';
  readonly ms: number;
}

/** Sends one request and reads its answer to the end, or leaves when the request says so. */
export function sendLoad(
  url: string,
  request: LoadRequest,
  agent: http.Agent,
): Promise<LoadOutcome> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const finish = (status: LoadOutcome['status']): void => {
      resolve({ status, ms: performance.now() - startedMs });
    };
    const outgoing = http.request(
      url + request.path,
      {
        agent,
        method: request.form === undefined ? 'GET' : 'POST',
        headers: {
          Authorization: `Bearer ${request.token}`,
          ...(request.form !== undefined && {
            'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': String(request.form.length),
          }),
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => {
          finish(response.statusCode ?? 0);
        });
        response.once('error', () => {
          finish('broken');
        });
      },
    );
    outgoing.once('error', () => {
      finish('broken');
    });
    if (request.leavesAfterMs !== undefined) {
      setTimeout(() => outgoing.destroy(), request.leavesAfterMs);
    }
    outgoing.end(request.form);
  });
}
