import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { itBeyondFloor } from '../harness/beyond-floor.ts';
import { tempFolder, type TempFolder } from '../harness/places.ts';
import type { ProgramResult } from '../harness/processes.ts';
import { promtool } from '../harness/prometheus.ts';
import { describeReal } from '../harness/skip.ts';
import { RANGE, shows, TIME } from '../query-frontend/support/tenant-series.ts';
import {
  type Installation,
  INSTALLATION_PARTS,
  startInstallation,
} from './support/installation.ts';

/** Arguments before the address of the server, and after it. */
type Command = readonly [before: readonly string[], after: readonly string[]];

const SPAN = [`--start=${RANGE.start}`, `--end=${RANGE.end}`];
const AT_TIME = `--time=${TIME}`;
const MATCH_ALL = '--match={__name__!=""}';

/** Commands whose answer depends on stored series alone, so two servers give the same. */
const COMMANDS: readonly (readonly [name: string, command: Command])[] = [
  ['instant', [['instant', AT_TIME], ['shop_orders']]],
  ['instant, of every series', [['instant', AT_TIME], ['{__name__!=""}']]],
  ['instant, with a sum', [['instant', AT_TIME], ['sum by (shop) (shop_orders) / 2']]],
  ['instant, with a subquery', [['instant', AT_TIME], ['max_over_time(shop_orders[1m:15s])']]],
  ['range', [['range', ...SPAN, '--step=15s'], ['shop_orders']]],
  ['range, with its own step', [['range', ...SPAN], ['count by (job) (up)']]],
  ['series', [['series', ...SPAN, '--match=shop_orders'], []]],
  ['series, with two selectors', [['series', ...SPAN, '--match=up', '--match={job="shop"}'], []]],
  ['labels', [['labels', ...SPAN], ['shop']]],
  ['labels, of metric names', [['labels', ...SPAN], ['__name__']]],
  ['labels, of namespaces', [['labels', ...SPAN], ['namespace']]],
  ['labels, with a selector', [['labels', ...SPAN, '--match=shop_info'], ['owner']]],
  // Without a range they ask for 9,999 hours before and after now.
  ['series, of all time', [['series', MATCH_ALL], []]],
  ['labels, of all time', [['labels'], ['__name__']]],
];

await describeReal('promtool query', INSTALLATION_PARTS, () => {
  let installation: Installation;
  let folder: TempFolder;
  let configFile: string;

  beforeAll(async () => {
    folder = await tempFolder('promtool');
    installation = await startInstallation();
    configFile = join(folder.path, 'http.json');
    await writeHttpConfig(configFile, installation.tokenFile);
  }, 300_000);

  afterAll(async () => {
    await installation?.stop();
    await folder?.remove();
  });

  beforeEach(() => {
    installation.proxy.forget();
  });

  // JSON is YAML, too.
  const writeHttpConfig = (file: string, tokenFile: string): Promise<void> => {
    const authorization = { type: 'Bearer', credentials_file: tokenFile };
    const tls = { ca_file: installation.caFile };
    return writeFile(file, JSON.stringify({ authorization, tls_config: tls }));
  };

  const ask = ([before, after]: Command, path: string, format: string): Promise<ProgramResult> => {
    const config = ['-o', format, `--http.config.file=${configFile}`];
    return promtool(['query', ...before, ...config, `${installation.url}${path}`, ...after]);
  };

  const askAlone = ([before, after]: Command, format: string): Promise<ProgramResult> =>
    promtool(['query', ...before, '-o', format, installation.aloneUrl, ...after]);

  describe.each(COMMANDS)('%s', (_name, command) => {
    it.each(['promql', 'json'])('prints as %s what it prints of the own data', async (format) => {
      const alone = await askAlone(command, format);
      expect(alone).toMatchObject({ exitCode: 0, stderr: '' });
      expect(alone.stdout).toMatch(/robin|team-a|shop/);
      expect(await ask(command, '/namespaces/team-a/', format)).toEqual(alone);
    });

    it('says why it is denied another namespace', async () => {
      const { exitCode, stdout, stderr } = await ask(command, '/namespaces/team-b/', 'promql');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain('client error: 403');
      expect(stderr).toContain('not allowed to read metrics in namespace team-b');
      expect(installation.proxy.requests).toEqual([]);
    });
  });

  it('takes the namespace of the token where the address names none, with or without a slash', async () => {
    const command: Command = [['instant', AT_TIME], ['shop_orders']];
    const alone = await askAlone(command, 'json');
    for (const path of ['', '/', '/namespaces/team-a']) {
      expect(await ask(command, path, 'json')).toEqual(alone);
    }
  });

  const itWithHeaders = itBeyondFloor('promtool 2.55 sends no header that it is told to');
  itWithHeaders('takes the namespace from a header', async () => {
    const header = (namespace: string): Command => [
      ['instant', AT_TIME, `--header=X-Scope-OrgID=${namespace}`],
      ['shop_orders'],
    ];
    expect((await ask(header('team-a'), '', 'json')).stdout).toContain('robin');
    expect((await ask(header('team-b'), '', 'json')).stderr).toContain('"code":"tenant_denied"');
  });

  it('shows nothing of another namespace that the query asks for', async () => {
    const query = 'shop_orders{namespace="team-b"} or shop_orders';
    const command: Command = [['instant', AT_TIME], [query]];
    const answer = await ask(command, '/namespaces/team-a/', 'json');
    expect(answer).toEqual(await askAlone(command, 'json'));
    expect(shows(answer.stdout, 'team-b')).toBe(false);
  });

  it('reports the place of a mistake in a query', async () => {
    const command: Command = [['instant', AT_TIME], ['sum(']];
    const { exitCode, stderr } = await ask(command, '/namespaces/team-a/', 'promql');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^query error: bad_data: line 1, column 5: /);
  });

  it('reports a token that is not valid', async () => {
    const tokenFile = join(folder.path, 'unknown-token');
    const file = join(folder.path, 'unknown.json');
    await writeFile(tokenFile, 'sha256~unknown');
    await writeHttpConfig(file, tokenFile);
    const args = ['query', 'instant', `--http.config.file=${file}`, installation.url, 'up'];
    const { exitCode, stderr } = await promtool(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('client error: 401');
    expect(stderr).toContain('"code":"token_rejected"');
  });

  it('analyzes the own histograms', async () => {
    const args = ['query', 'analyze', '--type=histogram', '--match=checkout_seconds_bucket'];
    const analyze = (server: string, ...config: readonly string[]): Promise<ProgramResult> =>
      promtool([...args, `--server=${server}`, ...config]);
    const own = `${installation.url}/namespaces/team-a/`;
    const result = await analyze(own, `--http.config.file=${configFile}`);
    const alone = await analyze(installation.aloneUrl);
    expect(result.stdout).toContain('robin');
    expect(result.stdout).not.toContain('kingfisher');
    expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({
      exitCode: alone.exitCode,
      stderr: alone.stderr,
    });
  });
});
