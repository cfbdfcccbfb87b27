import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable } from '../../docs/pages/configuration.ts';
import { EXIT } from '../../frontend/command-line.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import { loadConfig } from '../../frontend/roles/load-config.ts';
import { THANOS_VERSIONS } from '../../lib/index.ts';
import { anchorsOf, brokenLinks, documentsIn } from '../support/document-links.ts';
import { PROJECT } from '../support/source-files.ts';

const DOCUMENTS = documentsIn(PROJECT);

function read(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8');
}

describe('the documents', () => {
  it('link to what is there', () => {
    expect(DOCUMENTS.length).toBeGreaterThan(10);
    expect(DOCUMENTS.flatMap((file) => brokenLinks(PROJECT, file))).toEqual([]);
  });

  it('would be caught with a link to nowhere', () => {
    const text =
      '[a](docs/none.md) [b](#no-such) [c](#compatibility) [d](docs/access.md#no)\n[e](LICENSE)';
    expect(brokenLinks(PROJECT, 'README.md', text)).toEqual([
      'README.md: docs/none.md',
      'README.md: #no-such',
      'README.md: docs/access.md#no',
    ]);
  });

  it('are named in the README, each', () => {
    const readme = read('README.md');
    const unnamed = DOCUMENTS.filter((file) => file !== 'README.md' && !readme.includes(file));
    expect(unnamed).toEqual([]);
  });

  it('say times of the configuration as the program has them', () => {
    const table = settingsTable('access');
    const said = [
      ...read('docs/high-availability.md').matchAll(/(?<s>\d+) s\s+\(`access\.(?<name>[\w.]+)`\)/g),
    ];
    expect(said.length).toBeGreaterThan(2);
    for (const { groups = {} } of said) {
      expect(table).toContain(
        `access(kubernetes).${groups['name'] ?? ''}\` | \`${Number(groups['s']) * 1_000}\``,
      );
    }
  });

  it('name alerts that have a runbook', () => {
    const runbooks = anchorsOf(read('docs/runbooks.md'));
    const alerts = read('docs/high-availability.md').matchAll(/`((?:Ten|Thanos)\w{12,})`/g);
    const named = [...alerts].map(([, name = '']) => name).filter((it) => !KIT.includes(it));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((it) => !runbooks.includes(it.toLowerCase()))).toEqual([]);
  });

  it('quote what a program says of a configuration of another version', async () => {
    const [quoted = ''] = /^config\.json: .*$/m.exec(read('docs/upgrading.md')) ?? [];
    const apiVersion = /is "(?<other>[^"]+)"/.exec(quoted)?.groups?.['other'];
    const kind = 'QueryFrontend';
    const loaded = await loadConfig(
      { kind, parse: parseQueryFrontendConfig },
      'config.json',
      async () => ({ apiVersion, kind }),
    );
    expect(loaded).toEqual({ ok: false, rejection: { problems: [quoted], exitCode: EXIT.usage } });
  });

  it('name the versions of Thanos that there are tables for', () => {
    const [least = '', most = ''] = [THANOS_VERSIONS[0], THANOS_VERSIONS.at(-1)];
    expect(read('docs/upgrading.md')).toContain(`Thanos ${least} to ${most}`);
  });
});

const KIT = ['ThanosStoreGateway', 'ThanosQueryFrontend'];
