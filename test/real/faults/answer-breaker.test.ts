import { describe, expect, it } from '@jest/globals';
import { AnswerBreaker, type AnswerFault } from './answer-breaker.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"data":{"result":["ä"]}}';

/** Sends the answer in pieces of this many bytes, and says what arrives. */
function arriving(fault: AnswerFault, pieceBytes: number): readonly [string, string | undefined] {
  const breaker = new AnswerBreaker(fault);
  const bytes = Buffer.from(ANSWER);
  const sent: Buffer[] = [];
  let ended: string | undefined;
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const { send, end } = breaker.next(bytes.subarray(from, from + pieceBytes));
    sent.push(send);
    ended ??= end;
  }
  return [Buffer.concat(sent).toString('utf8'), ended];
}

describe.each([1, 7, 1_000])('an answer that comes in pieces of %i bytes', (pieceBytes) => {
  it.each<readonly [string, AnswerFault, string, string | undefined]>([
    ['is held', { kind: 'held' }, '', undefined],
    ['is cut off', { kind: 'truncated' }, '', 'close'],
    ['is reset', { kind: 'reset' }, '', 'reset'],
    ['is cut off behind a text', { kind: 'truncated', behind: '200' }, 'HTTP/1.1 200', 'close'],
    ['is reset behind a text', { kind: 'reset', behind: 'HTTP' }, 'HTTP', 'reset'],
    [
      'is held back as long as the text has not come',
      { kind: 'reset', behind: 'no such text' },
      '',
      undefined,
    ],
    [
      'has another status',
      { kind: 'status', status: 429, headers: { 'Retry-After': '2' } },
      ANSWER.replace('200 OK', '429 Replaced\r\nRetry-After: 2'),
      undefined,
    ],
    ['is no JSON', { kind: 'invalidJson' }, ANSWER.replace('{', '<'), undefined],
  ])('%s', (_what, fault, text, end) => {
    expect(arriving(fault, pieceBytes)).toEqual([text, end]);
  });
});
