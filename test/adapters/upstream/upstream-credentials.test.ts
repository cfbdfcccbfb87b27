import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { REREAD_AFTER_MS } from '../../../frontend/adapters/files/reread-file.ts';
import { createHttpInspector } from '../../../frontend/adapters/upstream/http-inspector.ts';
import { createHttpUpstream } from '../../../frontend/adapters/upstream/http-upstream.ts';
import { FollowedCredentials } from '../../../frontend/adapters/upstream/upstream-credentials.ts';
import type { UpstreamConnectionConfig } from '../../../frontend/config/upstream-connection.ts';
import { Fault } from '../../../frontend/fault.ts';
import { admitHead, admitRequest } from '../../../frontend/http/admit.ts';
import { UpstreamRequest } from '../../../frontend/http/forward.ts';
import { parsePromql, scopeNothing } from '../../../frontend/http/scope-request.ts';
import { FakeClock } from '../../access/fakes.ts';
import { type SelfSigned, selfSignedCertificate } from '../../support/self-signed.ts';
import { tempFolder } from '../temp-folder.ts';
import { type GuardedUpstream, startGuarded } from './guarded-upstream.ts';

const NEVER = new AbortController().signal;

interface Files {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

function request(): UpstreamRequest {
  const target = '/api/v1/query?query=1';
  const head = admitHead({ httpVersion: '1.1', method: 'GET', target, rawHeaders: ['Host', 'h'] });
  const admitted = head.ok ? admitRequest(head.value, '', { tenants: 1 }) : head;
  if (!admitted.ok) throw new TypeError(admitted.rejection.code);
  const promql = parsePromql(admitted.value, {});
  const scoped = promql.ok ? scopeNothing(promql.value) : undefined;
  if (scoped === undefined) throw new TypeError('the query reads nothing');
  return UpstreamRequest.of(admitted.value, scoped);
}

describe('an upstream that wants a client certificate', () => {
  const server = selfSignedCertificate(['127.0.0.1']);
  const client = selfSignedCertificate(['frontend']);
  const stranger = selfSignedCertificate(['127.0.0.1']);
  let upstream: GuardedUpstream;
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  let started: AsyncDisposableStack;
  let clock: FakeClock;

  beforeEach(async () => {
    started = new AsyncDisposableStack();
    upstream = started.use(await startGuarded(server, client));
    folder = started.use(await tempFolder());
    clock = new FakeClock();
  });

  afterEach(() => started.disposeAsync());

  async function files(shown: SelfSigned = client, trusted = server): Promise<Files> {
    return {
      caFile: await folder.write('ca.crt', trusted.certPem),
      certFile: await folder.write('tls.crt', shown.certPem),
      keyFile: await folder.write('tls.key', shown.keyPem),
    };
  }

  function connect(config: UpstreamConnectionConfig): () => Promise<string> {
    const adapter = createHttpUpstream({ url: upstream.url, maxSockets: 4, ...config }, clock);
    started.defer(() => {
      adapter.close();
    });
    return async () => {
      try {
        const answer = await adapter.send(request(), NEVER);
        await text(answer.body);
        return String(answer.status);
      } catch (error) {
        return error instanceof Fault ? error.code : 'defect';
      }
    };
  }

  it('answers over connections that are kept', async () => {
    const send = connect({ tls: await files() });
    expect([await send(), await send(), await send()]).toEqual(['200', '200', '200']);
    expect(upstream.connections()).toBe(1);
    expect(upstream.seen[0]).toMatchObject({ authorization: undefined, shown: expect.any(String) });
  });

  it.each<[string, () => Promise<UpstreamConnectionConfig>, string]>([
    ['no settings', async () => ({}), 'upstream_unavailable'],
    [
      'another authority',
      async () => ({ tls: await files(client, stranger) }),
      'upstream_unavailable',
    ],
    ['another client certificate', async () => ({ tls: await files(stranger) }), 'upstream_unavailable'], // prettier-ignore
    ['no client certificate', async () => ({ tls: { caFile: (await files()).caFile } }), 'upstream_unavailable'], // prettier-ignore
    [
      'another name',
      async () => ({ tls: { ...(await files()), serverName: 'thanos.monitoring.svc' } }),
      'upstream_unavailable',
    ],
    [
      'a file that is not there',
      async () => ({ tls: { ...(await files()), caFile: '/nowhere/ca.crt' } }),
      'file_unreadable',
    ],
    [
      'an authority that is none',
      async () => ({ tls: { ...(await files()), caFile: await folder.write('ca', 'no PEM') } }),
      'upstream_certificates_unusable',
    ],
    [
      'a key that does not fit',
      async () => ({
        tls: { ...(await files()), keyFile: await folder.write('other.key', stranger.keyPem) },
      }),
      'upstream_certificates_unusable',
    ],
    [
      'a token that is no header',
      async () => ({ tls: await files(), bearerTokenFile: await folder.write('t', 'a\r\nb: c') }),
      'upstream_token_malformed',
    ],
  ])('is asked nothing with %s', async (_what, config, code) => {
    const send = connect(await config());
    expect(await send()).toBe(code);
    expect(upstream.seen).toEqual([]);
  });

  it('is verified whatever the environment says', async () => {
    const { tls } = await new FollowedCredentials({}).read();
    expect(tls.rejectUnauthorized).toBe(true);
  });

  it('may have another name than its URL', async () => {
    const named = selfSignedCertificate(['thanos.monitoring.svc']);
    await using other = await startGuarded(named, client);
    const tls = { ...(await files(client, named)), serverName: 'thanos.monitoring.svc' };
    const adapter = createHttpUpstream({ url: other.url, maxSockets: 1, tls }, clock);
    const answer = await adapter.send(request(), NEVER);
    await text(answer.body);
    adapter.close();
    expect(answer.status).toBe(200);
  });

  it('gets the renewed certificate, over new connections, and the old ones are closed', async () => {
    const send = connect({ tls: await files() });
    await send();
    const renewed = selfSignedCertificate(['frontend']);
    await files(renewed);
    upstream.trust(renewed);
    expect(await send()).toBe('200');
    expect(upstream.connections()).toBe(1);
    clock.advance(REREAD_AFTER_MS);
    expect(await send()).toBe('200');
    expect(upstream.connections()).toBe(2);
    expect(new Set(upstream.seen.map(({ shown }) => shown)).size).toBe(2);
    expect(upstream.open()).toBe(1);
  });

  it('keeps the certificate in use while the files do not fit together', async () => {
    const send = connect({ tls: await files() });
    await send();
    const renewed = selfSignedCertificate(['frontend']);
    await folder.write('tls.crt', renewed.certPem);
    clock.advance(REREAD_AFTER_MS);
    expect(await send()).toBe('200');
    expect(upstream.connections()).toBe(1);
    await folder.write('tls.key', renewed.keyPem);
    upstream.trust(renewed);
    clock.advance(REREAD_AFTER_MS);
    expect(await send()).toBe('200');
    expect(upstream.connections()).toBe(2);
  });

  it('is asked as soon as files that did not fit at the start do', async () => {
    const half = await files();
    await folder.write('tls.key', stranger.keyPem);
    const send = connect({ tls: half });
    expect(await send()).toBe('upstream_certificates_unusable');
    await folder.write('tls.key', client.keyPem);
    expect(await send()).toBe('200');
  });

  it('finishes what is under way while the certificate is renewed', async () => {
    const send = connect({ tls: await files() });
    let release = (): void => undefined;
    upstream.hold(new Promise<void>((resolve) => (release = resolve)));
    const slow = send();
    while (upstream.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const renewed = selfSignedCertificate(['frontend']);
    await files(renewed);
    upstream.trust(renewed);
    clock.advance(REREAD_AFTER_MS);
    const fast = send();
    while (upstream.seen.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    release();
    expect([await slow, await fast]).toEqual(['200', '200']);
    while (upstream.open() > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(upstream.open()).toBe(1);
  });

  it('gets the token, and a new one at once when the old one is refused', async () => {
    const bearerTokenFile = await folder.write('token', 'first\n');
    const send = connect({ tls: await files(), bearerTokenFile });
    await send();
    await folder.write('token', 'second\n');
    upstream.refuseTokens(true);
    expect(await send()).toBe('401');
    upstream.refuseTokens(false);
    expect(await send()).toBe('200');
    expect(upstream.seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer second',
    ]);
  });

  it('is inspected with the same settings', async () => {
    const bearerTokenFile = await folder.write('token', 'mine');
    const tls = await files();
    const inspector = createHttpInspector({ url: upstream.url, tls, bearerTokenFile });
    expect(await inspector.inspect()).toHaveProperty('stores');
    expect(upstream.seen.every(({ authorization }) => authorization === 'Bearer mine')).toBe(true);
    const plain = createHttpInspector({ url: upstream.url });
    await expect(plain.inspect()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
