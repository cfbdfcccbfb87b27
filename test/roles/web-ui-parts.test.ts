import { describe, expect, it } from '@jest/globals';
import { createProxiedFiles } from '../../frontend/adapters/web-ui/proxied-files.ts';
import { createWebUi, type OpenWebUi } from '../../frontend/roles/web-ui-parts.ts';

const upstream = { url: 'http://querier:10902', deadlineMs: 1_000, maxSockets: 1 };
const ui = { kind: 'thanos' } as const;
const { signal } = new AbortController();
const always = (): boolean => true;

function opener(): { readonly openWebUi: OpenWebUi; readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    openWebUi: ({ upstream: { url } }) => {
      calls.push(`open ${url}`);
      return {
        fetch: async (path) => {
          calls.push(`fetch ${path}`);
          throw new TypeError('no files');
        },
        close: () => {
          calls.push('close');
        },
      };
    },
  };
}

describe('createWebUi', () => {
  it('makes nothing where none is configured', () => {
    const { openWebUi, calls } = opener();
    expect(createWebUi({ upstream }, { openWebUi, env: {} }, always)).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it('refuses to start in a program that holds none', () => {
    expect(() => createWebUi({ ui, upstream }, { env: {} }, always)).toThrow(
      expect.objectContaining({ code: 'web_ui_missing' }),
    );
  });

  it('opens the upstream, and closes what it opened', () => {
    const { openWebUi, calls } = opener();
    createWebUi({ ui, upstream }, { openWebUi, env: {} }, always)?.close();
    expect(calls).toEqual(['open http://querier:10902', 'close']);
  });

  it('asks for no file while the stores of the upstream mix tenants', async () => {
    const { openWebUi, calls } = opener();
    let isSafe = false;
    const parts = createWebUi({ ui, upstream }, { openWebUi, env: {} }, () => isSafe);
    await expect(parts?.files.fetch('/graph', signal)).rejects.toMatchObject({
      code: 'upstream_unsafe',
    });
    expect(calls).toHaveLength(1);
    isSafe = true;
    await expect(parts?.files.fetch('/graph', signal)).rejects.toThrow('no files');
    expect(calls).toHaveLength(2);
  });

  it('is refused where the environment makes the library follow redirects', () => {
    const env = { FORCE_FETCH_PATH: 'true' };
    expect(() =>
      createWebUi({ ui, upstream }, { openWebUi: createProxiedFiles, env }, always),
    ).toThrow(expect.objectContaining({ code: 'web_ui_unusable' }));
  });
});
