import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { printPage, readPageFiles } from '../../frontend/http/web-ui-page.ts';
import { tenants } from '../access/fakes.ts';
import { SECRET, UPSTREAM_PAGE } from './harness/web-ui.ts';

const FILES = { script: 'main.83209ede.js', styleSheet: 'main.17d667f4.css' };

describe('readPageFiles', () => {
  it('reads the names of the script and the style sheet', () => {
    expect(readPageFiles(UPSTREAM_PAGE)).toEqual(FILES);
  });

  it('reads them below an absolute path, too', () => {
    expect(readPageFiles(UPSTREAM_PAGE.replaceAll('"./static', '"/static'))).toEqual(FILES);
  });

  it.each([
    ['an empty page', ''],
    ['a page without a script', UPSTREAM_PAGE.replace('.js"', '.txt"')],
    ['a page without a style sheet', UPSTREAM_PAGE.replace('.css"', '.txt"')],
    ['two scripts', UPSTREAM_PAGE + UPSTREAM_PAGE.replaceAll('main.17d667f4.css', 'x')],
    ['a script of another server', UPSTREAM_PAGE.replace('"./static/js', '"//evil/static/js')],
    ['a name that leaves the folder', UPSTREAM_PAGE.replace('main.8', 'main/../main.8')],
    ['a name that ends the attribute', UPSTREAM_PAGE.replace('main.8', 'main.&quot;8')],
    ['the page of Prometheus', '<script type="module" src="./assets/index-x.js"></script>'],
  ])('refuses %s', (_what, html) => {
    expect(readPageFiles(html)).toBeUndefined();
  });

  it('does work that grows as the page does', () => {
    const spentMs = (count: number): number => {
      const began = performance.now();
      readPageFiles('<script '.repeat(count));
      return performance.now() - began;
    };
    // Sixteen times the work, or 256 times if each beginning reads the rest of the page.
    const short = Math.max(spentMs(2_000), 5);
    expect(spentMs(32_000) / short).toBeLessThan(64);
  });
});

describe('printPage', () => {
  const { html, policy } = printPage(FILES, tenants('team-a', 'team-b'));

  it('names the files below the prefix, and lets the UI ask there', () => {
    expect(html).toContain('src="/namespaces/team-a,team-b/static/js/main.83209ede.js"');
    expect(html).toContain('href="/namespaces/team-a,team-b/static/css/main.17d667f4.css"');
    expect(html).toContain('const GLOBAL_PATH_PREFIX="/namespaces/team-a,team-b";');
    expect(html).not.toContain(SECRET);
  });

  it('allows the one script in it by its hash', () => {
    const [inline, ...others] = [...html.matchAll(/<script>(.*?)<\/script>/g)].map((it) => it[1]);
    expect(others).toEqual([]);
    const hash = createHash('sha256')
      .update(inline ?? '')
      .digest('base64');
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
  });

  it('allows no other server, no frame, no form and no script that is written later', () => {
    expect(policy.split('; ').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self' data:",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      expect.stringMatching(/^script-src 'self' 'sha256-[\w+/]{43}='$/),
      "style-src 'self' 'unsafe-inline'",
    ]);
  });
});
