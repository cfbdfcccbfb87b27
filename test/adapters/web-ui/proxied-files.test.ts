import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createProxiedFiles,
  type ProxiedFiles,
  type ProxiedFilesOptions,
} from '../../../frontend/adapters/web-ui/proxied-files.ts';
import { eventually } from '../../http/harness/eventually.ts';
import { type RecordingUpstream, startUpstream } from '../../http/harness/recording-upstream.ts';
import { selfSignedCertificate } from '../../support/self-signed.ts';
import { startGuarded } from '../upstream/guarded-upstream.ts';
import { tempFolder } from '../temp-folder.ts';

const NEVER = new AbortController().signal;
const PATH = '/static/js/main.js';

let started: AsyncDisposableStack;

beforeEach(() => {
  started = new AsyncDisposableStack();
});

afterEach(() => started.disposeAsync());

function open(upstream: ProxiedFilesOptions['upstream']): ProxiedFiles {
  return started.adopt(createProxiedFiles({ upstream, env: {} }), (it) => {
    it.close();
  });
}

describe('createProxiedFiles', () => {
  let upstream: RecordingUpstream;

  beforeEach(async () => {
    upstream = started.use(await startUpstream());
  });

  it.each([
    ['', PATH],
    ['/', PATH],
    ['/thanos', `/thanos${PATH}`],
    ['/thanos/', `/thanos${PATH}`],
  ])('puts the path %j of the upstream before that of a file', async (base, asked) => {
    const answer = await open({ url: upstream.url + base }).fetch(PATH, NEVER);
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json' });
    expect(await text(answer.body)).toContain('success');
    expect(upstream.recorded.map(({ path, search }) => path + search)).toEqual([asked]);
  });

  it('hands redirects back', async () => {
    upstream.respondWith((response) => {
      response.writeHead(302, { Location: `${upstream.url}/elsewhere`, 'Content-Length': 0 });
      response.end();
    });
    const answer = await open({ url: upstream.url }).fetch(PATH, NEVER);
    expect(answer.status).toBe(302);
    answer.body.destroy();
    expect(upstream.recorded).toHaveLength(1);
  });

  it('says nothing of its own token where the environment asks the library to talk', async () => {
    const folder = started.use(await tempFolder());
    const bearerTokenFile = await folder.write('token', 'own-token');
    const module = new URL('../../../frontend/adapters/web-ui/proxied-files.ts', import.meta.url);
    const program = `
      import { createProxiedFiles } from ${JSON.stringify(module.href)};
      const upstream = ${JSON.stringify({ url: upstream.url, bearerTokenFile })};
      const files = createProxiedFiles({ upstream, env: {} });
      (await files.fetch(${JSON.stringify(PATH)}, new AbortController().signal)).body.resume();
    `;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', program],
      { env: { ...process.env, DEBUG: '*', NODE_OPTIONS: '' } },
    );
    expect(upstream.recorded[0]?.headers['authorization']).toBe('Bearer own-token');
    // It does talk.
    expect(stderr).toContain('http-proxy-3');
    expect(stdout + stderr).not.toContain('own-token');
  });

  it('asks nobody for a caller who has left already', async () => {
    await expect(
      open({ url: upstream.url }).fetch(PATH, AbortSignal.abort()),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(upstream.connections()).toBe(0);
  });

  it('keeps no connection', async () => {
    const answer = await open({ url: upstream.url }).fetch(PATH, NEVER);
    await text(answer.body);
    await eventually(upstream.open, (count) => count === 0);
  });

  it('is a fault when nobody listens', async () => {
    const { url } = upstream;
    await upstream[Symbol.asyncDispose]();
    await expect(open({ url }).fetch(PATH, NEVER)).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
  });
});

describe('createProxiedFiles before an upstream that wants a client certificate', () => {
  const server = selfSignedCertificate(['127.0.0.1']);
  const client = selfSignedCertificate(['frontend']);

  it('shows it, and the token of the frontend', async () => {
    const upstream = started.use(await startGuarded(server, client));
    const folder = started.use(await tempFolder());
    const tls = {
      caFile: await folder.write('ca.crt', server.certPem),
      certFile: await folder.write('tls.crt', client.certPem),
      keyFile: await folder.write('tls.key', client.keyPem),
    };
    const bearerTokenFile = await folder.write('token', 'own-token');
    const files = open({ url: upstream.url, tls, bearerTokenFile });
    for (let i = 0; i < 2; i += 1) {
      const answer = await files.fetch(PATH, NEVER);
      expect(answer.status).toBe(200);
      await text(answer.body);
    }
    expect(upstream.seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer own-token',
      'Bearer own-token',
    ]);
  });

  it.each(['nothing', 'another authority'])(
    'trusts it with %s no more than a query',
    async (what) => {
      const upstream = started.use(await startGuarded(server, client));
      const folder = started.use(await tempFolder());
      const other = selfSignedCertificate(['127.0.0.1']);
      const tls =
        what === 'nothing' ? undefined : { caFile: await folder.write('ca.crt', other.certPem) };
      await expect(open({ url: upstream.url, tls }).fetch(PATH, NEVER)).rejects.toMatchObject({
        code: 'upstream_unavailable',
      });
      expect(upstream.seen).toEqual([]);
    },
  );
});
