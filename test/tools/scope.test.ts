import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { parseOptions } from '../../frontend/command-line.ts';
import { runScope, SCOPE_SPEC } from '../../frontend/tools/scope.ts';

interface Run {
  readonly exitCode: number;
  readonly lines: readonly unknown[];
  readonly errors: string;
}

async function run(args: readonly string[], input: string): Promise<Run> {
  const options = parseOptions(SCOPE_SPEC, args);
  if (!options.ok) throw new TypeError(options.rejection);
  const output = new PassThrough();
  const errors = new PassThrough();
  const written = Promise.all([text(output), text(errors)]);
  const exitCode = await runScope(options.value, {
    input: Readable.from([Buffer.from(input)]),
    output,
    errors,
  });
  output.end();
  errors.end();
  const [out, err] = await written;
  const lines: readonly unknown[] = out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
  return { exitCode, lines, errors: err };
}

describe('the tool scope', () => {
  it('prints each query scoped, in order', async () => {
    const input = ['up', '1+1', 'sum(a)\n / b'].map((it) => `${JSON.stringify(it)}\n`).join('');
    expect(await run(['--namespace', 'a', '--namespace', 'b'], input)).toEqual({
      exitCode: 0,
      errors: '',
      lines: [
        { ok: true, query: 'up{namespace=~"a|b"}' },
        { ok: true, query: '1 + 1' },
        { ok: true, query: 'sum(a{namespace=~"a|b"}) / b{namespace=~"a|b"}' },
      ],
    });
  });

  it('takes another label', async () => {
    const { lines } = await run(['--namespace', 'a', '--label', 'tenant'], '"up"\n');
    expect(lines).toEqual([{ ok: true, query: 'up{tenant="a"}' }]);
  });

  it('refuses matchers outside the scope in mode error', async () => {
    const { exitCode, lines } = await run(
      ['--namespace', 'a', '--mode', 'error'],
      '"up{namespace=\\"b\\"}"\n"up{namespace=\\"a\\"}"\n',
    );
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([
      { ok: false, code: 'tenant_matcher_conflict' },
      { ok: true, query: 'up{namespace="a"}' },
    ]);
  });

  it('takes the features that are switched on, and no others', async () => {
    const { lines } = await run(
      [
        '--namespace',
        'a',
        '--enable-feature',
        'promql-duration-expr',
        '--enable-feature',
        'promql-experimental-functions',
      ],
      '"rate(up[5m * 2])"\n"sort_by_label(up, \\"a\\")"\n"up anchored"\n',
    );
    expect(lines).toMatchObject([
      { ok: true, query: 'rate(up{namespace="a"}[5m * 2])' },
      { ok: true, query: 'sort_by_label(up{namespace="a"}, "a")' },
      { ok: false, code: 'query_unsupported' },
    ]);
  });

  it('goes on after a query that is refused', async () => {
    expect(await run(['--namespace', 'a'], '"up{"\nup\n\n1\n"up"')).toEqual({
      exitCode: 1,
      errors: '',
      lines: [
        {
          ok: false,
          code: 'query_malformed',
          message: expect.stringMatching(/^line 1, column 4: /),
          position: { offset: 3, line: 1, column: 4 },
        },
        { ok: false, code: 'line_malformed', message: 'the line is not a JSON string' },
        { ok: false, code: 'line_malformed', message: 'the line is not a JSON string' },
        { ok: false, code: 'line_malformed', message: 'the line is not a JSON string' },
        { ok: true, query: 'up{namespace="a"}' },
      ],
    });
  });

  it.each([
    [['--namespace', '.*'], 'scope: ".*" is not an RFC 1123 label\n'],
    [['--namespace', 'a', '--namespace', ''], 'scope: "" is not an RFC 1123 label\n'],
    [['--namespace', 'a', '--label', '__x'], 'scope: "__x" cannot be a tenancy label\n'],
    [['--namespace', 'a', '--mode', 'x'], 'scope: "x" is no mode: intersect, error\n'],
    [
      ['--namespace', 'a', '--enable-feature', 'x'],
      expect.stringMatching(/^scope: "x" is no feature: promql-experimental-functions, /),
    ],
  ])('refuses %j', async (args, errors) => {
    expect(await run(args, '"up"\n')).toEqual({ exitCode: 2, lines: [], errors });
  });
});
