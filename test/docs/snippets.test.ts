import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Construct } from 'constructs';
import { readExportedClasses } from '../../docs/reading/constructs.ts';
import { readSnippet, snippetFile } from '../../docs/reading/snippets.ts';
import * as kit from '../../lib/index.ts';
import * as onboarding from '../../tenant/onboarding/index.ts';
import { PROJECT } from '../support/source-files.ts';

/** The constructs that the package exports, as the running program has them. */
const EXPORTED = Object.entries({ ...kit, ...onboarding })
  .filter(([, it]) => typeof it === 'function' && it.prototype instanceof Construct)
  .map(([name]) => name)
  .toSorted();

const FILES = readdirSync(join(PROJECT, 'docs', 'snippets')).toSorted();
const WITH_EXAMPLE = EXPORTED.filter((name) => FILES.includes(fileOf(name)));

function fileOf(construct: string): string {
  return basename(fileURLToPath(snippetFile(construct)));
}

describe('the document of the constructs', () => {
  it('knows every construct that is exported', () => {
    const known = readExportedClasses().filter(({ settings }) => settings !== undefined);
    expect(known.map(({ name }) => name)).toEqual(EXPORTED);
    expect(EXPORTED.length).toBeGreaterThan(10);
  });

  it('has each setting of a construct once, those of bases among them', () => {
    const ruler = readExportedClasses().find(({ name }) => name === 'ThanosRuler');
    const names = (ruler?.settings ?? []).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['mode', 'resources', 'extraArgs']));
    for (const { settings = [] } of readExportedClasses()) {
      const own = settings.map(({ name }) => name);
      expect(own).toEqual([...new Set(own)]);
    }
  });
});

describe('the examples', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'snippets-'));
    // What users find in the package, and the examples take the code of the runtime from.
    const { status, stderr } = spawnSync(process.execPath, ['frontend/bundle.ts'], {
      cwd: PROJECT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  });

  afterAll(() => {
    delete process.env['CDK8S_OUTDIR'];
    delete process.env['CDK8S_RECORD_CONSTRUCT_METADATA'];
    rmSync(folder, { recursive: true });
  });

  it('are one for each exported construct, and no others', () => {
    const missing = EXPORTED.filter((name) => !FILES.includes(fileOf(name)));
    expect(missing.map((name) => `write docs/snippets/${fileOf(name)}`)).toEqual([]);
    expect(FILES).toEqual(EXPORTED.map(fileOf).toSorted());
  });

  it.each(WITH_EXAMPLE)('synthesise objects of %s', async (construct) => {
    const outdir = join(folder, construct);
    process.env['CDK8S_OUTDIR'] = outdir;
    process.env['CDK8S_RECORD_CONSTRUCT_METADATA'] = 'true';
    await import(snippetFile(construct).href);
    const { resources } = JSON.parse(
      readFileSync(join(outdir, 'construct-metadata.json'), 'utf8'),
    ) as { readonly resources: Readonly<Record<string, { readonly path: string }>> };
    const id = new RegExp(`new ${construct}\\([^']*(?:'[^']*'\\), )?'(?<id>[^']+)'`).exec(
      readSnippet(construct),
    )?.groups?.['id'];
    const paths = Object.values(resources).map(({ path }) => path.split('/'));
    expect(paths.filter((path) => path[1] === id)).not.toEqual([]);
  });

  it.each(WITH_EXAMPLE)('show %s as users of the package write it', (construct) => {
    const shown = readSnippet(construct);
    expect(shown).toContain(`new ${construct}(`);
    expect(shown).toMatch(/ from 'prometheus-tenancy-kit(?:\/onboarding)?';/);
    expect(shown).not.toMatch(/ from '\./);
    expect(shown).not.toMatch(/^void /m);
  });

  it('are asked for by name where one is missing', () => {
    expect(() => readSnippet('ThanosToaster')).toThrow(
      /^ThanosToaster has no example: write .*docs\/snippets\/thanos-toaster\.ts$/,
    );
  });
});
