import { describe, expect, it } from '@jest/globals';
import { bundleRuntime, BUNDLED_ROLES } from '../../frontend/bundle.ts';
import { annotationBytes } from '../../lib/query-frontend/runtime-bundle.ts';

describe('bundleRuntime', () => {
  it.each(BUNDLED_ROLES)('makes %s one file that a ConfigMap can hold', async (role) => {
    const bundle = await bundleRuntime(role);
    expect(bundle.fileName).toBe(`${role}.mjs`);
    expect(Buffer.byteLength(bundle.code)).toBeLessThan(200_000);
    expect(annotationBytes(bundle.code)).toBeLessThan(256_000);
  });

  it.each(BUNDLED_ROLES)('gives the same bytes for %s every time', async (role) => {
    expect(await bundleRuntime(role)).toEqual(await bundleRuntime(role));
  });

  it.each(BUNDLED_ROLES)('leaves the YAML parser and the tools out of %s', async (role) => {
    const { code } = await bundleRuntime(role);
    expect(code).not.toMatch(/yaml\.org|esbuild/);
  });
});
