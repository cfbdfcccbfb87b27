import net, { type Socket } from 'node:net';

/** A client that sends bytes as they are. */
export interface RawSocket extends Disposable {
  readonly socket: Socket;
  send(bytes: string): void;
  /** All bytes that came so far. */
  received(): string;
  /** Waits until what came matches. Rejects when the connection ends before. */
  until(pattern: RegExp): Promise<string>;
  /** Waits for the end of the connection, however it comes, and gives all bytes. */
  end(): Promise<string>;
}

/** Connects to a port of the loopback. */
export async function connectRaw(
  port: number,
  options: { readonly allowHalfOpen?: boolean } = {},
): Promise<RawSocket> {
  const socket = net.connect({ ...options, port, host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let received = '';
  let isClosed = false;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
  });
  return {
    socket,
    send: (bytes) => {
      socket.write(bytes, 'latin1');
    },
    received: () => received,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (pattern.test(received)) resolve(received);
          else if (isClosed) reject(new Error(`the connection ended after ${received}`));
        };
        socket.on('data', check);
        socket.on('close', check);
        check();
      }),
    end: () =>
      new Promise((resolve) => {
        const finish = (): void => {
          resolve(received);
        };
        if (isClosed) finish();
        else socket.once('close', finish);
      }),
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}

/** Sends bytes on a connection of their own and gives all that comes back until it ends. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  using raw = await connectRaw(port);
  raw.send(bytes);
  return await raw.end();
}

/** The bytes of a GET for `target`, with the given header lines. */
export function getRequest(target: string, ...headers: readonly string[]): string {
  return `GET ${target} HTTP/1.1\r\nHost: h\r\n${headers.map((it) => `${it}\r\n`).join('')}\r\n`;
}
