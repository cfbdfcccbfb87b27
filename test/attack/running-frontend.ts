import { createStaticAccess } from '../../frontend/access/static-access.ts';
import { createKeyedHash } from '../../frontend/adapters/keyed-hash.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import type { Answer } from '../http/harness/ask.ts';
import { type Frontend, type FrontendOptions, startFrontend } from '../http/harness/frontend.ts';
import { exchangeRaw } from '../http/harness/raw-socket.ts';
import { tenants } from '../access/fakes.ts';
import { type Question, send } from '../real/query-frontend/support/question.ts';
import { ATTACKER, PLATFORM } from './rows.ts';

/** What came back, as far as attacks look at it. */
export type AttackAnswer = Pick<Answer, 'status' | 'headers' | 'text'>;

/** Starts a frontend that knows one attacker, before a recording upstream. */
export function startAttackedFrontend(options: FrontendOptions = {}): Promise<Frontend> {
  const attacker = {
    token: ATTACKER,
    username: 'mallory',
    namespaces: tenants('team-a', 'team-c'),
  };
  // The whole cluster is offered, or attacks on it would try what is not there.
  const platform = {
    token: PLATFORM,
    username: 'platform',
    namespaces: tenants('monitoring'),
    clusterWide: true,
  };
  const access = createStaticAccess([attacker, platform], {
    hash: createKeyedHash(),
    tenancyLabel: DEFAULT_TENANCY_LABEL,
  });
  return startFrontend({ access, clusterWide: true, ...options });
}

/** Sends a request as the attacker, unless it says itself who sends it. */
export async function attack(
  server: { readonly url: string },
  question: Question | string,
): Promise<AttackAnswer> {
  if (typeof question === 'string') {
    return readAnswer(await exchangeRaw(Number(new URL(server.url).port), question));
  }
  const headers = { Authorization: `Bearer ${ATTACKER}`, ...question.headers };
  const answer = await send(server, { ...question, headers });
  return { ...answer, headers: answer.headers as AttackAnswer['headers'] };
}

function readAnswer(bytes: string): AttackAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = bytes.slice(end + 4);
  const isChunked = headers['transfer-encoding'] === 'chunked';
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]),
    headers,
    text: isChunked ? joinChunks(body) : body,
  };
}

function joinChunks(body: string): string {
  let text = '';
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.slice(at, lineEnd), 16);
    if (lineEnd === -1 || !(length > 0)) return text;
    text += body.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 4 + length;
  }
}
