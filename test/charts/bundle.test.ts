import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CONFIGURATION_PAGE } from '../../docs/pages/configuration.ts';
import { bundleRuntime, BUNDLED_ROLES } from '../../frontend/bundle.ts';
import { describeConfigProblem } from '../../frontend/config/document.ts';
import { parseQueryFrontendConfig } from '../../frontend/config/query-frontend.ts';
import { ERROR_CODES } from '../../frontend/http/error-codes.ts';
import { annotationBytes, type RuntimeRole } from '../../lib/query-frontend/runtime-bundle.ts';
import { tempFolder } from '../adapters/temp-folder.ts';

describe('bundleRuntime', () => {
  it.each(BUNDLED_ROLES)('makes %s files that a ConfigMap can hold each', async (role) => {
    const { files } = await bundleRuntime(role);
    expect(files.map((file) => file.name)).toEqual([`${role}.mjs`, `${role}-shared.mjs`]);
    for (const { code } of files) {
      expect(Buffer.byteLength(code)).toBeLessThan(200_000);
      expect(annotationBytes(code)).toBeLessThan(256_000);
    }
  });

  it.each(BUNDLED_ROLES)('gives the same bytes for %s every time', async (role) => {
    expect(await bundleRuntime(role)).toEqual(await bundleRuntime(role));
  });

  it.each(BUNDLED_ROLES)('leaves the YAML parser and the tools out of %s', async (role) => {
    const { files } = await bundleRuntime(role);
    expect(files.map((file) => file.code).join('')).not.toMatch(/yaml\.org|esbuild/);
  });

  it('puts the proxy library into the bundle with a web UI alone', async () => {
    const holdsProxy = async (role: RuntimeRole): Promise<boolean> => {
      const { files } = await bundleRuntime(role);
      return files.some(({ code }) => code.includes('FORCE_FETCH_PATH') || code.includes('xfwd'));
    };
    expect(await holdsProxy('query-frontend')).toBe(false);
    expect(await holdsProxy('query-frontend-ui')).toBe(true);
  });

  it.each(BUNDLED_ROLES)('leaves what only documents show out of %s', async (role) => {
    const { files } = await bundleRuntime(role);
    const code = files.map((file) => file.code).join('');
    const page = await CONFIGURATION_PAGE.markdown();
    const rows = page.matchAll(/^\| `[^|]+`.*\| ([^|]+?) +\|$/gm);
    const texts = [
      ...[...rows].map(([, description = '']) => description.split('`')[0] ?? ''),
      ...Object.values(ERROR_CODES).flatMap(({ summary, remedy }) => [summary, remedy]),
    ].filter((text) => text.length >= 30);
    expect(texts.length).toBeGreaterThan(100);
    expect(texts).toContain('Longest time a client may take to send its request headers.');
    // Texts that reach the schema through a function of their own stay.
    const left = new Set(texts.filter((text) => code.includes(text)));
    expect(left.size).toBeLessThanOrEqual(3);
    expect(left).not.toContain('Longest time a client may take to send its request headers.');
    // What is said to whoever runs the program is no document.
    expect(code).toContain('certFile and keyFile must be set together');
    expect(code).toContain('a group of settings');
  });

  it('checks a configuration as the sources do', async () => {
    await using folder = await tempFolder();
    for (const { name, code } of (await bundleRuntime('query-frontend')).files) {
      await folder.write(name, code);
    }
    const document = {
      apiVersion: 'prometheus-tenancy-kit/v1alpha1',
      kind: 'QueryFrontend',
      listener: { address: '127.0.0.1', maxConnections: 0 },
      upstream: { url: 'http://thanos', tls: { keyFile: '/key' } },
      access: { kind: 'kubernetes', attributes: 'seeds' },
    };
    const parsed = parseQueryFrontendConfig(document);
    const problems = parsed.ok ? [] : parsed.rejection.map((it) => describeConfigProblem(it));
    expect(problems.length).toBeGreaterThanOrEqual(3);
    const file = await folder.write('config.json', JSON.stringify(document));
    const bundle = join(folder.path, 'query-frontend.mjs');
    const ran = spawnSync(process.execPath, [bundle, '--config', file, '--check-config'], {
      encoding: 'utf8',
    });
    expect(ran.status).toBe(1);
    expect(ran.stderr.trim().split('\n')).toEqual(problems.map((it) => `${file}: ${it}`));
  });
});
