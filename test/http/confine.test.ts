import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { confineAnswer } from '../../frontend/http/confine.ts';

interface Given {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
}

async function confine(given: Given): Promise<{ outcome: unknown; body: Readable }> {
  const body = Readable.from([Buffer.from(given.body ?? '')]);
  const confined = await confineAnswer({
    status: given.status,
    contentType: given.contentType ?? 'application/json',
    body,
  });
  return { outcome: confined.ok ? 'streamed' : confined.rejection, body };
}

function envelope(errorType: unknown, error: unknown): string {
  return JSON.stringify({ status: 'error', errorType, error });
}

function refused(status: number, errorType: string, message?: string): unknown {
  return { code: 'query_refused_upstream', status, errorType, message };
}

const TIMED_OUT = 'query timed out in query execution';

describe('confineAnswer', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'streams a success of type %s',
    async (contentType) => {
      expect((await confine({ status: 200, contentType })).outcome).toBe('streamed');
    },
  );

  it.each<[string, Given, unknown]>([
    [
      'a refusal of the engine',
      { status: 422, body: envelope('execution', TIMED_OUT) },
      refused(422, 'execution', TIMED_OUT),
    ],
    [
      'the type of a refusal where it is one of Prometheus',
      { status: 400, body: envelope('bad_data', 'invalid parameter "step": x') },
      refused(400, 'bad_data', 'invalid parameter "step": x'),
    ],
    [
      'no other type',
      { status: 422, body: envelope('thanos', TIMED_OUT) },
      refused(422, 'execution', TIMED_OUT),
    ],
    [
      'no type that is no text',
      { status: 422, body: envelope({ a: 1 }, TIMED_OUT) },
      refused(422, 'execution', TIMED_OUT),
    ],
    [
      'no other message',
      { status: 422, body: envelope('execution', 'open /data/b: denied') },
      refused(422, 'execution'),
    ],
    ['no message that is no text', { status: 422, body: envelope('execution', { a: 1 }) }, refused(422, 'execution')], // prettier-ignore
    ['nothing of a page', { status: 400, contentType: 'text/html', body: '<p>10.0.0.1' }, refused(400, 'execution')], // prettier-ignore
    ['nothing of a list', { status: 422, body: '[]' }, refused(422, 'execution')],
    ['nothing of null', { status: 422, body: 'null' }, refused(422, 'execution')],
    [
      'nothing of a text beyond all measure',
      { status: 422, body: envelope('execution', TIMED_OUT) + ' '.repeat(65_536) },
      refused(422, 'execution'),
    ],
    [
      'that a store is down',
      { status: 422, body: envelope('execution', 'proxy Series(): Addr: 10.0.0.1') },
      { code: 'upstream_unavailable' },
    ],
    ['a 429', { status: 429 }, { code: 'upstream_throttled', retryAfterSeconds: 1 }],
    ['a 500', { status: 500 }, { code: 'upstream_unavailable' }],
    ['a 503', { status: 503, body: envelope('timeout', TIMED_OUT) }, { code: 'upstream_unavailable' }], // prettier-ignore
    ['a success that is no JSON', { status: 200, contentType: 'text/html' }, { code: 'upstream_unexpected' }], // prettier-ignore
    ['a success without a type', { status: 200, contentType: '' }, { code: 'upstream_unexpected' }],
    ['a type that only begins like JSON', { status: 200, contentType: 'application/jsonx' }, { code: 'upstream_unexpected' }], // prettier-ignore
    ...[201, 204, 206, 301, 302, 304, 307, 401, 403, 404, 405, 410, 418].map(
      (status): [string, Given, unknown] => [
        `a ${status}`,
        { status },
        { code: 'upstream_unexpected' },
      ],
    ),
  ])('tells %s', async (_what, given, expected) => {
    const { outcome, body } = await confine(given);
    expect(outcome).toEqual(expected);
    expect(body.destroyed).toBe(true);
  });

  it('takes an error body that breaks off for an upstream that is down', async () => {
    const body = new Readable({ read: () => undefined });
    const confined = confineAnswer({ status: 422, contentType: 'application/json', body });
    body.push('{"error":');
    body.destroy(new Error('reset'));
    await expect(confined).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
