import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sendRequest } from './http-request.ts';
import {
  type NetworkNamespace,
  networkProgram,
  startNetworkNamespace,
} from './network-namespace.ts';
import { freePort } from './places.ts';
import { runProgram } from './processes.ts';
import { startPrometheus } from './prometheus.ts';
import { describeReal } from './skip.ts';

const POD = '192.0.2.10';

// Prints what a server says, or why none does.
const ASK = `
  fetch(process.argv[1]).then((it) => it.text(), (error) => error.cause.code).then(console.log);
`;

await describeReal('a network namespace', ['network-namespace', 'prometheus'], () => {
  const server = createServer((_request, response) => void response.end('here'));
  let network: NetworkNamespace;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
    network = await startNetworkNamespace([{ address: POD, port: 9100, to: port }]);
  });

  afterAll(async () => {
    await network.stop();
    server.close();
  });

  async function askFromInside(url: string): Promise<string> {
    const { program, args } = network.command(process.execPath, ['--eval', ASK, url]);
    const { stderr, stdout } = await runProgram(program, args);
    return (stdout + stderr).trim();
  }

  it('reaches through its exits, and nothing else of this machine', async () => {
    expect(await askFromInside(`http://${POD}:9100/`)).toBe('here');
    expect((await sendRequest({ url: `http://127.0.0.1:${port}/` })).text).toBe('here');
    expect(await askFromInside(`http://127.0.0.1:${port}/`)).toBe('ECONNREFUSED');
    expect(await askFromInside(`http://${POD}:${port}/`)).toBe('ECONNREFUSED');
    expect(await askFromInside('http://192.0.2.11/')).toBe('ENETUNREACH');
  });

  it('has addresses that exist in it alone', async () => {
    const { stdout } = await runProgram(await networkProgram(), ['-json', 'address']);
    expect(stdout).toContain('127.0.0.1');
    expect(stdout).not.toContain(POD);
  });

  it('is entered at the port of a server in it', async () => {
    const prometheus = await startPrometheus({ network });
    expect(prometheus.port).toBe(network.entrance);
    expect((await sendRequest({ url: `${prometheus.url}/-/healthy` })).status).toBe(200);
    await prometheus.stop();
    await expect(sendRequest({ url: prometheus.url })).rejects.toThrow(/ECONNRESET|socket hang up/);
  });

  it('ends, and its entrance with it', async () => {
    const other = await startNetworkNamespace([]);
    const { program, args } = other.command('true', []);
    expect((await runProgram(program, args)).exitCode).toBe(0);
    await other.stop();
    expect((await runProgram(program, args)).exitCode).not.toBe(0);
    await expect(sendRequest({ url: `http://127.0.0.1:${other.entrance}` })).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});
