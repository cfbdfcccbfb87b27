import { describe, expect, it } from '@jest/globals';
import { bundleRuntime, BUNDLED_ROLES } from '../../frontend/bundle.ts';
import { annotationBytes } from '../../lib/query-frontend/runtime-bundle.ts';

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
});
