import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { connectRaw, getRequest, type RawSocket } from '../../http/harness/raw-socket.ts';
import { poll } from '../harness/poll.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { type LocalFrontend, startLocalFrontend } from './local-frontend.ts';

const TIME = 1_600_000_000;
const SERIES = ['team-a', 'team-b']
  .map((tenant) => `tenant_up{namespace="${tenant}",owner="${tenant}"} 1 ${TIME}\n`)
  .join('');
const QUERY = `/api/v1/query?namespace=team-b&time=${TIME}`;
const BODY = 'query=tenant_up';
const TIMES = 20;

await describeReal('requests as they come over the wire', ['prometheus', 'promtool'], () => {
  let prometheus: RunningPrometheus;
  let frontend: LocalFrontend;
  let raw: RawSocket;

  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: `# TYPE tenant_up gauge\n${SERIES}# EOF\n` });
    frontend = await startLocalFrontend(prometheus.url, {
      listener: { headersTimeoutMs: 2_000, requestTimeoutMs: 3_000 },
      limits: { querySelectors: 3 },
    });
    await poll(async () => ((await frontend.probe()).status === 200 ? true : undefined), {
      what: 'a frontend that is ready',
    });
  }, 120_000);

  afterAll(async () => {
    await frontend[Symbol.asyncDispose]();
    await prometheus.stop();
  });

  beforeEach(async () => {
    raw = await connectRaw(frontend.port);
  });

  afterEach(() => {
    raw[Symbol.dispose]();
  });

  const token = (): string => `Authorization: ${frontend.authorization}`;
  const get = (query: string, ...lines: readonly string[]): string =>
    getRequest(`${QUERY}&query=${encodeURIComponent(query)}`, token(), ...lines);
  const head = (length: number, ...lines: readonly string[]): string =>
    [
      `POST ${QUERY} HTTP/1.1\r\nHost: h`,
      token(),
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${length}`,
      ...lines,
      '\r\n',
    ].join('\r\n');
  const statuses = (received: string): readonly string[] =>
    [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
  const owners = (received: string): readonly string[] =>
    [...received.matchAll(/"owner":"([^"]+)"/g)].map(([, owner = '']) => owner);

  it('get their body asked for where they wait for that', async () => {
    raw.send(head(BODY.length, 'Expect: 100-continue', 'Connection: close'));
    expect(await raw.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    raw.send(BODY);
    const received = await raw.end();
    expect(statuses(received)).toEqual(['100', '200']);
    expect(owners(received)).toEqual(['team-b']);
  });

  it('get no body asked for that would be too large', async () => {
    raw.send(head(5_000_000, 'Expect: 100-continue'));
    const received = await raw.end();
    expect(statuses(received)).toEqual(['413']);
    expect(received).toContain('body_too_large');
  });

  it('are answered in order where one of two is over a limit', async () => {
    const many = 'tenant_up + tenant_up + tenant_up + tenant_up';
    raw.send(get(many) + get('tenant_up') + get(many) + get('tenant_up', 'Connection: close'));
    const received = await raw.end();
    expect(statuses(received)).toEqual(['422', '200', '422', '200']);
    expect(received.match(/"code":"\w+"/g)).toEqual([
      '"code":"limit_query_selectors"',
      '"code":"limit_query_selectors"',
    ]);
    expect(owners(received)).toEqual(['team-b', 'team-b']);
  });

  it('are answered before one whose body is too large, and not behind it', async () => {
    raw.send(get('tenant_up') + head(100_000) + 'x'.repeat(100_000) + get('tenant_up'));
    const received = await raw.end();
    expect(statuses(received)).toEqual(['200', '413']);
    expect(owners(received)).toEqual(['team-b']);
  });

  it('are cut off when their body drips, while others are answered', async () => {
    raw.send(head(1_000));
    const drip = setInterval(() => {
      raw.send('x');
    }, 100);
    const others = [];
    for (let i = 0; i < 5; i += 1) others.push((await frontend.query('tenant_up', TIME)).status);
    expect(others).toEqual([200, 200, 200, 200, 200]);
    const received = await raw.end();
    clearInterval(drip);
    expect(statuses(received)).toEqual(['408']);
    expect(received).toContain('request_timeout');
  }, 30_000);

  it('of megabytes are always told that they are too large', async () => {
    const body = `query=${'x'.repeat(5_000_000)}`;
    const outcomes: unknown[] = [];
    for (let i = 0; i < TIMES; i += 1) {
      const url = `http://127.0.0.1:${frontend.port}${QUERY}`;
      const headers = {
        Authorization: frontend.authorization,
        'Content-Type': 'application/x-www-form-urlencoded',
      };
      const asked = fetch(url, { method: 'POST', headers, body });
      outcomes.push(await asked.then(({ status }) => status, String));
    }
    expect(outcomes).toEqual(Array.from({ length: TIMES }, () => 413));
  }, 30_000);
});
