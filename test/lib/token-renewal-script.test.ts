import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RENEWAL_SCRIPT } from '../../tenant/onboarding/token-renewal-script.ts';
import { selfSignedCertificate } from '../support/self-signed.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZWFkZXIifQ.c2lnbmF0dXJl';
const DAY_SECONDS = 86_400;
const PATCHED: Answer = { status: 200, body: '{}' };

function minted(token: unknown = TOKEN, validSeconds = DAY_SECONDS): Answer {
  const expirationTimestamp = new Date(Date.now() + validSeconds * 1000).toISOString();
  return { status: 201, body: JSON.stringify({ status: { token, expirationTimestamp } }) };
}

// What a real API server does is tested against one. This is for what it hardly ever does.
describe('the program that renews a token', () => {
  const authority = selfSignedCertificate(['127.0.0.1']);
  let folder = '';
  let server: Server;
  let asked: string[];
  let answers: Record<string, Answer>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'token-renewal-'));
    asked = [];
    answers = { POST: minted(), PATCH: PATCHED };
    server = createServer({ cert: authority.certPem, key: authority.keyPem }, (request, answer) => {
      asked.push(request.method ?? '');
      const { body, status } = answers[request.method ?? ''] ?? { status: 500, body: '' };
      request.resume().on('end', () => answer.writeHead(status).end(body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const run = async (certPem = authority.certPem): Promise<Outcome> => {
    const settings = {
      folder,
      namespace: 'team-a',
      serviceAccount: 'metrics-reader',
      secret: 'metrics-reader-renewed-token',
      audiences: ['tenant-query-frontend'],
      expirationSeconds: DAY_SECONDS,
      renewalSeconds: DAY_SECONDS / 2,
    };
    await writeFile(join(folder, 'ca.crt'), certPem);
    await writeFile(join(folder, 'token'), 'own-token\n');
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
    await writeFile(join(folder, 'renew-token.mjs'), RENEWAL_SCRIPT);
    const { port } = server.address() as AddressInfo;
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
    return new Promise((resolve) => {
      const program = join(folder, 'renew-token.mjs');
      const child = execFile(process.execPath, [program], { env }, (_error, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
      });
    });
  };

  const expectFailure = ({ exitCode, stderr, stdout }: Outcome, message: RegExp): void => {
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^failed: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/eyJ|ZXlK|own-token/);
  };

  it('asks, writes and says until when', async () => {
    const { exitCode, stderr, stdout } = await run();
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^renewed, valid until \d{4}-/);
    expect(asked).toEqual(['POST', 'PATCH']);
  });

  it('sends nothing to a server that its authority does not vouch for', async () => {
    expectFailure(await run(selfSignedCertificate(['127.0.0.1']).certPem), /certificate/);
    expect(asked).toEqual([]);
  });

  it.each([
    ['no JSON', { status: 201, body: `{"status":${TOKEN}` }, /no token/],
    ['an empty token', minted(''), /no token/],
    ['no token', { status: 201, body: '{"status":{}}' }, /no token/],
    ['no status', { status: 201, body: '{}' }, /no token/],
  ])('keeps the earlier token when it is answered with %s', async (_what, answer, message) => {
    answers['POST'] = answer;
    expectFailure(await run(), message);
    expect(asked).toEqual(['POST']);
  });

  it('does not repeat what a refusal repeats of the token', async () => {
    const message = `denied: ${TOKEN} ${Buffer.from(TOKEN).toString('base64')}`;
    const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden', message });
    answers['PATCH'] = { status: 403, body };
    expectFailure(await run(), /PATCH \/secrets\/metrics-reader-renewed-token: 403 Forbidden/);
  });

  it('fails when the token would expire before the next one is made, but writes it', async () => {
    answers['POST'] = minted(TOKEN, 3_600);
    expectFailure(await run(), /shortened/);
    expect(asked).toEqual(['POST', 'PATCH']);
  });
});
