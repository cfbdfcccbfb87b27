import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Frontend, READER, startFrontend } from './harness/frontend.ts';
import { connectRaw } from './harness/raw-socket.ts';

const FORM = 'namespace=team-a&query=sum(up)&time=1';
const LINES = [
  'Host: h',
  `Authorization: Bearer ${READER}`,
  'Content-Type: application/x-www-form-urlencoded',
  'Connection: close',
];
const GET = `GET /api/v1/query?${FORM} HTTP/1.1\r\n${LINES.join('\r\n')}\r\n\r\n`;
const POST = `POST /namespaces/team-a/api/v1/query HTTP/1.1\r\n${LINES.join('\r\n')}\r\nContent-Length: ${FORM.length}\r\n\r\n${FORM}`;
const SELECTORS = `GET /api/v1/series?namespace=team-a&match[]=up HTTP/1.1\r\n${LINES.join('\r\n')}\r\n\r\n`;

const PIECE = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\n',
    '\0',
    '%00',
    '%0d%0a',
    '&',
    ';',
    '#',
    '?',
    '//',
    '../',
    '%2e',
    '%',
    '+',
    '"}',
    ' or on() {namespace="victim"}',
    '&namespace=victim',
    '&namespace=team-b',
    '&query=secret',
    '&match[]=secret',
    'X-Scope-OrgID: victim\r\n',
    'X-Scope-OrgID: team-a\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 3\r\n',
    'Host: x\r\n',
    'Authorization: Bearer x\r\n',
    ' HTTP/1.0',
    GET,
  ),
  fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
);

interface Change {
  readonly at: number;
  readonly drop: number;
  readonly piece: string;
}

const CHANGE: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(POST.length),
  drop: fc.constantFrom(0, 0, 0, 1, 4),
  piece: PIECE,
});

function changed(bytes: string, changes: readonly Change[]): string {
  return changes.reduce(
    (text, { at, drop, piece }) => text.slice(0, at) + piece + text.slice(at + drop),
    bytes,
  );
}

/** The bodies of all answers but successes; each has to be one JSON text. */
function refusalsIn(received: string): readonly unknown[] {
  return received
    .split(/^(?=HTTP\/1\.1 )/m)
    .filter((answer) => /^HTTP\/1\.1 [^12]/.test(answer))
    .map((answer) => {
      const end = answer.indexOf('\r\n\r\n');
      const length = Number(/^content-length: (?<bytes>\d+)/im.exec(answer)?.groups?.['bytes']);
      const body: unknown = JSON.parse(answer.slice(end + 4, end + 4 + length));
      return body;
    });
}

describe('a request with bytes changed at random', () => {
  let frontend: Frontend;

  beforeAll(async () => {
    frontend = await startFrontend();
  });

  afterAll(async () => {
    await frontend[Symbol.asyncDispose]();
  });

  it('is refused, or reaches the upstream in its scope, and is never a defect', async () => {
    let refusals = 0;
    const base = fc.constantFrom(GET, POST, SELECTORS);
    const changes = fc.array(CHANGE, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(base, changes, async (bytes, edits) => {
        const before = frontend.upstream.recorded.length;
        using raw = await connectRaw(frontend.port);
        raw.send(changed(bytes, edits));
        // A request that is whole is answered by then; one that is not ends here.
        await Promise.race([raw.end(), sleep(10)]);
        raw.socket.end();
        const received = await raw.end();
        expect(received).not.toMatch(/^HTTP\/1\.1 5/m);
        for (const refusal of refusalsIn(received)) {
          refusals += 1;
          expect(refusal).toMatchObject({
            status: 'error',
            errorType: expect.stringMatching(/^[a-z_]+$/),
            error: expect.stringMatching(/./),
            code: expect.stringMatching(/^[a-z_]+$/),
            requestId: expect.any(String),
          });
        }
        for (const sent of frontend.upstream.recorded.slice(before)) {
          expect(Object.keys(sent.headers).toSorted()).toEqual([
            'accept',
            'accept-encoding',
            'connection',
            'host',
          ]);
          for (const [name, value] of sent.parameters) {
            if (name !== 'query' && name !== 'match[]') continue;
            const isPlain = !/[a-z_]/i.test(value.replaceAll(/"(?:\\.|[^"\\])*"/g, ''));
            expect(isPlain || /namespace=(?:"team-[ab]"|~"team-a\|team-b")/.test(value)).toBe(true);
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(frontend.upstream.recorded.length).toBeGreaterThan(40);
    expect(refusals).toBeGreaterThan(100);
    const log = frontend.log.map((line) => JSON.stringify(line));
    expect(log.length).toBeGreaterThan(100);
    expect(log.filter((line) => line.includes(READER))).toEqual([]);
    expect(frontend.log.filter(({ event }) => event === 'defect')).toEqual([]);
  }, 60_000);
});
