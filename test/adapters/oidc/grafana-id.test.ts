import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../frontend/adapters/clock.ts';
import { GrafanaIdVerifier } from '../../../frontend/adapters/oidc/grafana-id.ts';
import type { GrafanaIdConfig } from '../../../frontend/config/access-credentials.ts';
import type { Answer } from '../../http/harness/ask.ts';
import { eventually } from '../../http/harness/eventually.ts';
import { type Frontend, startFrontend } from '../../http/harness/frontend.ts';
import { signingKey, startTinyIssuer, type TinyIssuer } from './tiny-issuer.ts';

const QUERY = '/api/v1/query?namespace=team-a&query=up';

let grafana: TinyIssuer;
let frontend: Frontend;

beforeAll(async () => {
  grafana = await startTinyIssuer();
});

afterAll(async () => {
  await grafana[Symbol.asyncDispose]();
});

beforeEach(() => {
  grafana.instead = undefined;
});

afterEach(async () => {
  await frontend[Symbol.asyncDispose]();
});

function verifierOf(changes: Partial<GrafanaIdConfig> = {}): GrafanaIdVerifier {
  const { url: issuer, caFile } = grafana;
  const config = { issuer, keysUrl: `${issuer}/keys`, audiences: ['org:1'], caFile, ...changes };
  return new GrafanaIdVerifier(config, { clock: systemClock, log: () => undefined });
}

const signed = (claims: object = {}): Promise<string> =>
  grafana.sign({ aud: 'org:1', sub: 'user:7', ...claims });

async function ask(...ids: readonly string[]): Promise<Answer> {
  return frontend.ask(QUERY, { headers: { 'X-Grafana-Id': ids } });
}

async function lastDecision(): Promise<unknown> {
  const decisions = (): readonly unknown[] =>
    frontend.log.filter(({ event }) => event === 'decision').map(({ fields }) => fields);
  await eventually(decisions, (lines) => lines.length > 0);
  return decisions().at(-1);
}

describe('the user for whom Grafana asks', () => {
  beforeEach(async () => {
    frontend = await startFrontend({ actors: verifierOf() });
  });

  it('stands in the audit line, and is not the caller', async () => {
    expect(await ask(await signed())).toMatchObject({ status: 200 });
    expect(await lastDecision()).toMatchObject({ user: 'jane', onBehalfOf: 'user:7' });
  });

  it('is nobody where the header is missing or empty', async () => {
    expect(await ask()).toMatchObject({ status: 200 });
    expect(await ask('')).toMatchObject({ status: 200 });
    expect(await lastDecision()).toMatchObject({ user: 'jane', onBehalfOf: undefined });
  });

  it('is refused where the header cannot be believed', async () => {
    const good = await signed();
    const forged = await grafana.sign(
      { aud: 'org:1', sub: 'user:1' },
      { key: signingKey('first') },
    );
    const now = Math.floor(Date.now() / 1_000);
    const all: readonly (readonly string[])[] = [
      [forged],
      [await signed({ aud: 'org:2' })],
      [await signed({ iss: 'https://elsewhere/' })],
      [await signed({ exp: now - 1 })],
      [await signed({ sub: '' })],
      [good, good],
      ['', good],
      ['x'],
      ['\u00e4'],
      [`${good} `.repeat(2)],
      [good.slice(0, -4) + 'AAAA'],
    ];
    for (const ids of all) {
      const answer = await ask(...ids);
      expect(answer).toMatchObject({ status: 401 });
      expect(answer.text).toContain('actor_rejected');
    }
    expect(frontend.upstream.recorded).toEqual([]);
    expect(JSON.stringify(frontend.log)).not.toContain(good);
  });

  it('adds nothing to what the caller may', async () => {
    const answer = await frontend.ask('/api/v1/query?namespace=team-z&query=up', {
      headers: { 'X-Grafana-Id': await signed({ sub: 'user:1' }) },
    });
    expect(answer).toMatchObject({ status: 403 });
    const without = await frontend.ask(QUERY, {
      headers: { 'X-Grafana-Id': await signed(), Authorization: [] },
    });
    expect(without).toMatchObject({ status: 401 });
  });
});

describe('the keys of Grafana', () => {
  it('are waited for, and without them there is no verdict', async () => {
    const token = await signed();
    grafana.instead = () => ({ status: 503, body: '' });
    frontend = await startFrontend({ actors: verifierOf() });
    expect(await ask(token)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(frontend.upstream.recorded).toEqual([]);
  });

  it('are those of any organisation where none is named', async () => {
    frontend = await startFrontend({ actors: verifierOf({ audiences: undefined }) });
    expect(await ask(await signed({ aud: 'org:99' }))).toMatchObject({ status: 200 });
  });
});
