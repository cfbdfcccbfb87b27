import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpInspector } from '../../../frontend/adapters/upstream/http-inspector.ts';
import {
  json,
  type RecordingUpstream,
  type Responder,
  startUpstream,
} from '../../http/harness/recording-upstream.ts';

const VERSION = '/api/v1/status/buildinfo';
const STORES = '/api/v1/stores';

let upstream: RecordingUpstream;

beforeEach(async () => {
  upstream = await startUpstream();
});

afterEach(async () => {
  await upstream[Symbol.asyncDispose]();
});

function answer(answers: Readonly<Record<string, Responder>>): void {
  upstream.respondWith((response, recorded) => {
    (answers[recorded.path] ?? json('', 404))(response, recorded);
  });
}

describe('the inspector of an upstream', () => {
  it('gives the list of stores of a Thanos querier', async () => {
    answer({ [VERSION]: json('{}'), [STORES]: json('{"status":"success","data":{}}') });
    expect(await createHttpInspector(upstream).inspect()).toEqual({
      stores: { document: { status: 'success', data: {} } },
    });
  });

  it.each([400, 404, 405, 501])('takes %d for a server without such a list', async (status) => {
    answer({ [VERSION]: json('{}'), [STORES]: json('no', status) });
    expect(await createHttpInspector(upstream).inspect()).toEqual({});
  });

  it('asks under the path of the upstream, without a token', async () => {
    answer({ [`/thanos${VERSION}`]: json('{}') });
    await createHttpInspector({ url: `${upstream.url}/thanos/` }).inspect();
    expect(upstream.recorded.map(({ path }) => path)).toEqual([
      `/thanos${VERSION}`,
      `/thanos${STORES}`,
    ]);
    expect(upstream.recorded.flatMap(({ headers }) => Object.keys(headers))).not.toContain(
      'authorization',
    );
  });

  it.each([
    ['that is starting', { [VERSION]: json('', 503) }, 'upstream_unavailable'],
    ['that wants a password', { [VERSION]: json('', 401) }, 'upstream_unexpected'],
    ['that sends elsewhere', { [VERSION]: json('', 302) }, 'upstream_unexpected'],
    ['whose list fails', { [STORES]: json('', 500) }, 'upstream_unavailable'],
    ['that refuses its list', { [STORES]: json('', 403) }, 'upstream_unexpected'],
    ['whose list is a page', { [STORES]: json('<html>') }, 'upstream_unexpected'],
  ] as const)('gives no verdict on an upstream %s', async (_what, answers, code) => {
    answer(answers);
    await expect(createHttpInspector(upstream).inspect()).rejects.toMatchObject({ code });
  });

  it('gives up in time', async () => {
    upstream.respondWith(() => undefined);
    const inspecting = createHttpInspector(upstream, 50).inspect();
    await expect(inspecting).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('gives up on an answer that breaks off', async () => {
    upstream.respondWith((response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('{', () => response.destroy());
    });
    const inspecting = createHttpInspector(upstream).inspect();
    await expect(inspecting).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('says nothing of the address', async () => {
    const inspecting = createHttpInspector({ url: 'http://127.0.0.1:1' }).inspect();
    await expect(inspecting).rejects.toMatchObject({ message: 'inspect the upstream' });
  });
});
