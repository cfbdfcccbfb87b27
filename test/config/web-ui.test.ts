import { describe, expect, it } from '@jest/globals';
import {
  parseQueryFrontendConfig,
  printQueryFrontendConfig,
} from '../../frontend/config/query-frontend.ts';

const parse = (ui?: unknown): ReturnType<typeof parseQueryFrontendConfig> =>
  parseQueryFrontendConfig({
    apiVersion: 'prometheus-tenancy-kit/v1alpha1',
    kind: 'QueryFrontend',
    listener: { address: '127.0.0.1' },
    upstream: { url: 'http://querier:10902' },
    access: { kind: 'kubernetes' },
    ...(ui !== undefined && { ui }),
  });

describe('the setting ui', () => {
  it('is off by default', () => {
    const parsed = parse();
    expect(parsed.ok && parsed.value.ui).toBeUndefined();
  });

  it('is read back as it was printed', () => {
    const parsed = parse({ kind: 'thanos' });
    if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.rejection));
    expect(parsed.value.ui).toEqual({ kind: 'thanos' });
    const again = parseQueryFrontendConfig(JSON.parse(printQueryFrontendConfig(parsed.value)));
    expect(again).toEqual(parsed);
  });

  it.each<[string, unknown]>([
    ['a switch', true],
    ['no kind', {}],
    ['a UI that was never tried', { kind: 'prometheus' }],
    ['another setting', { kind: 'thanos', path: '/graph' }],
    ['an upstream of its own', { kind: 'thanos', url: 'http://other-querier:10902' }],
  ])('refuses %s', (_what, ui) => {
    expect(parse(ui)).toMatchObject({
      ok: false,
      rejection: [{ path: expect.stringMatching(/^ui/) }],
    });
  });
});
