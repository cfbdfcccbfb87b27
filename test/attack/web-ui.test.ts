import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frontend } from '../http/harness/frontend.ts';
import { startAttackedUi } from '../http/harness/web-ui.ts';
import { ATTACKS } from './attack-table.ts';
import type { RequestAttack } from './attack.ts';
import { OWN } from './rows.ts';
import { attack } from './running-frontend.ts';

/** What the web UI answers where there is nothing without it. */
const OF_THE_UI = ['/graph', '/api/v1/stores', '/api/v1/status/flags'].map((path) => OWN + path);

const pathOf = ({ question }: RequestAttack): string =>
  typeof question === 'string' ? question : question.path;

const REFUSED = ATTACKS.filter(
  (it): it is RequestAttack => it.kind === 'request' && it.answer.includes(' '),
);
const STILL_REFUSED = REFUSED.filter((it) => !OF_THE_UI.includes(pathOf(it)));

describe('with the web UI on', () => {
  let frontend: Frontend;

  beforeAll(async () => {
    frontend = await startAttackedUi();
  });

  afterAll(async () => {
    await frontend[Symbol.asyncDispose]();
  });

  it('there are answers to what the UI asks, and to nothing else that was refused', () => {
    expect(REFUSED.length - STILL_REFUSED.length).toBe(OF_THE_UI.length);
    expect(STILL_REFUSED.length).toBeGreaterThan(100);
  });

  it.each(STILL_REFUSED)('$number, $what: $answer', async (row) => {
    const before = frontend.upstream.recorded.length;
    const { status, text } = await attack(frontend, row.question);
    const [expected = '', code] = row.answer.split(' ');
    expect(status).toBe(Number(expected));
    // The answer to HEAD has no body.
    if (text !== '') expect(JSON.parse(text)).toMatchObject({ code });
    expect(frontend.upstream.recorded.slice(before)).toEqual([]);
  });
});
