import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TOKEN_VARIABLE } from '../../frontend/tools/explain/caller.ts';
import { type TempFolder, tempFolder } from '../adapters/temp-folder.ts';
import { type Frontend, READER, startFrontend } from '../http/harness/frontend.ts';
import { type Ended, startProgram } from '../roles/program.ts';

// Each of these starts a process.
jest.setTimeout(30_000);

let frontend: Frontend;
let folder: TempFolder;

beforeAll(async () => {
  folder = await tempFolder();
  const attributes = { verb: 'get', group: '', resource: 'namespace', subresource: 'metrics' };
  frontend = await startFrontend({ attributes, clusterWide: true });
});

afterAll(async () => {
  await frontend[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function explain(
  args: readonly string[],
  env: Readonly<Record<string, string>> = { [TOKEN_VARIABLE]: READER },
): Promise<Ended> {
  await using program = startProgram(['explain', ...args], env);
  const ended = await program.ended;
  expect(ended.output + ended.errors).not.toContain(READER);
  return ended;
}

describe('the tool explain', () => {
  it('prints what the frontend makes of a query', async () => {
    const args = ['--url', frontend.url, '--namespace', 'team-a', '--query', 'sum(up)'];
    const { exitCode, output, errors } = await explain(args);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output.split('\n').slice(0, 6)).toEqual([
      'you are      jane (live)',
      'groups       none',
      'needed       get namespace/metrics, in each namespace',
      'namespace    team-a: allowed (live)',
      'query        sum(up{namespace="team-a"})',
      'limit        tenants 200',
    ]);
    expect(frontend.upstream.recorded).toEqual([]);
  });

  it('ends with 1 where something is refused', async () => {
    const args = ['--url', frontend.url, '--namespace', 'team-x', '--query', 'up'];
    const { exitCode, output } = await explain(args);
    expect(exitCode).toBe(1);
    expect(output).toContain('namespace    team-x: denied');
    expect(output).toContain(
      'query        refused with 403 tenant_denied: not allowed to read metrics in namespace team-x',
    );
  });

  it('takes the URL of a data source, and the token from a file', async () => {
    const file = await folder.write('token', `${READER}\n`);
    const args = ['--url', `${frontend.url}/namespaces/team-b/`, '--query', 'up'];
    const { exitCode, output } = await explain([...args, '--token-file', file, '--json'], {});
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      data: { query: { text: 'up{namespace="team-b"}' } },
    });
  });

  it('says whether the whole cluster may be read', async () => {
    const url = `${frontend.url}/all-namespaces/`;
    const { exitCode, output } = await explain(['--url', url, '--query', 'up']);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^needed +get namespace\/metrics, in all namespaces at once$/m);
    expect(output).toMatch(/^cluster +denied \(live\)$/m);
    expect(output).toMatch(/^query +refused with 403 cluster_denied: /m);
    expect(output).not.toMatch(/^namespace/m);
  });

  it('says what the frontend refuses as a whole', async () => {
    const args = ['--url', frontend.url, '--namespace', 'Team'];
    const { exitCode, errors } = await explain(args);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^explain: 400 tenant_malformed: /);
  });

  it('says that a token is not accepted', async () => {
    const { exitCode, errors } = await explain(['--url', frontend.url], { [TOKEN_VARIABLE]: 'x' });
    expect(exitCode).toBe(1);
    expect(errors).toBe('explain: 401 token_rejected: the token is not valid here\n');
  });

  it('says that nobody answers', async () => {
    const { exitCode, errors } = await explain(['--url', 'http://127.0.0.1:1']);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^explain: no answer: /);
  });

  it.each([
    ['no token', ['--url', 'http://127.0.0.1:1'], {}, /there is no token/],
    ['a broken token', ['--url', 'http://127.0.0.1:1'], { [TOKEN_VARIABLE]: 'a b' }, /not visible/],
    ['plain HTTP', ['--url', 'http://10.0.0.1'], undefined, /in clear text/],
    ['another scheme', ['--url', 'ftp://127.0.0.1'], undefined, /http or https/],
    ['a password in the URL', ['--url', 'http://a:b@127.0.0.1'], undefined, /credentials/],
    [
      'a file that is away',
      ['--url', 'http://127.0.0.1:1', '--token-file', '/no'],
      {},
      /cannot be/,
    ],
    ['a token as an argument', ['--url', 'http://127.0.0.1:1', '--token', 'x'], {}, /--token/],
  ] as const)('refuses %s', async (_what, args, env, message) => {
    const { exitCode, errors } = await explain(args, env);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });
});
