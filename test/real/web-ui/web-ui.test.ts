import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { keepPicture, startBrowser } from '../harness/browser.ts';
import { poll } from '../harness/poll.ts';
import { describeReal } from '../harness/skip.ts';
import { shows } from '../query-frontend/support/tenant-series.ts';
import { SESSION, startSigningProxy } from './signing-proxy.ts';
import { startUiInstallation, TOKEN, UI_PARTS, type UiInstallation } from './ui-installation.ts';
import { execute, hoverOverGraph, openPage, panelOf, type WatchedPage } from './watched-page.ts';

/** The rows of the table that a query is answered with. */
const ROWS = '.data-table tbody tr';

/** Markup that would run a script as soon as it were one. */
const HOSTILE = '<img src=x onerror=document.title="taken">';

/** What the markup makes of a page that takes it for its own. */
const INJECTED = 'img[src="x"]';

await describeReal('the web UI of Thanos in a browser', [...UI_PARTS, 'chromium'], () => {
  let installation: UiInstallation;
  let browser: Browser;

  beforeAll(async () => {
    installation = await startUiInstallation();
    browser = await startBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await installation?.stop();
  });

  const query = async (watched: WatchedPage, url: string): Promise<readonly string[]> => {
    const { page } = watched;
    await page.goto(url);
    await execute(page, 'up');
    await page.locator(ROWS).first().waitFor();
    return page.locator(ROWS).allInnerTexts();
  };

  it('shows both tenants to who asks the querier itself', async () => {
    const watched = await openPage(browser);
    const rows = await query(watched, `${installation.querierUrl}/graph`);
    expect(rows).toHaveLength(2);
    const seen = rows.join('\n');
    expect([shows(seen, 'team-a'), shows(seen, 'team-b')]).toEqual([true, true]);
    await keepPicture(watched.page, 'web-ui-unguarded');
    await watched.close();
  });

  describe('through the frontend', () => {
    let watched: WatchedPage;

    beforeAll(async () => {
      watched = await openPage(browser, TOKEN);
    });

    afterAll(() => watched?.close());

    it('answers a query with the series of the namespace alone', async () => {
      const rows = await query(watched, `${installation.url}/namespaces/team-a/graph`);
      expect(rows).toHaveLength(1);
      expect(shows(rows.join(), 'team-a')).toBe(true);
      await keepPicture(watched.page, 'web-ui-team-a');
    });

    it('draws a graph', async () => {
      const { page } = watched;
      await page.getByText('Graph', { exact: true }).last().click();
      await page.locator('.graph-legend .legend-item').first().waitFor();
      expect(await page.locator('.graph-legend .legend-item').count()).toBe(1);
      await keepPicture(page, 'web-ui-team-a-graph');
    });

    it('shows no store', async () => {
      const { page } = watched;
      await page.getByText('Endpoints', { exact: true }).click();
      await page.getByText('No stores registered.').waitFor();
    });

    it('shows alerts and rules of the namespace alone', async () => {
      const { page } = watched;
      for (const name of ['alerts', 'rules']) {
        await page.goto(`${installation.url}/namespaces/team-a/${name}`);
        await page.getByText('robin sings').first().waitFor();
        expect(shows(await page.content(), 'team-b')).toBe(false);
      }
    });

    // The last one: it looks at all that was said before.
    it('gave the browser nothing of the other tenant, and nothing of the querier', async () => {
      const { page } = watched;
      expect(shows(await page.content(), 'team-b')).toBe(false);
      const answers = await watched.answers();
      expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
      // What the UI consists of is the same for everybody, and holds no series.
      const told = answers.filter(({ path }) => !/\/static\/|favicon/.test(path));
      expect(told.length).toBeGreaterThan(10);
      const asked = (name: string): number =>
        told.filter(({ path }) => path === `/namespaces/team-a/${name}`).length;
      expect([asked('graph'), asked('alerts'), asked('rules')]).toEqual([1, 1, 1]);
      expect(asked('api/v1/query')).toBeGreaterThan(1);
      expect(asked('api/v1/query_range')).toBeGreaterThan(0);
      const secrets = ['team-b', 'secret-querier', new URL(installation.querierUrl).host];
      for (const { path, text = 'was not read' } of told) {
        expect([path, text]).not.toEqual([path, 'was not read']);
        expect([path, shows(text, 'team-b')]).toEqual([path, false]);
        expect([path, secrets.filter((it) => text.includes(it))]).toEqual([path, []]);
      }
    });

    it('let the page ask the frontend alone, below its namespace, and stopped none of it', () => {
      const outside = watched.asked.filter(
        (url) =>
          !url.startsWith(`${installation.url}/namespaces/team-a/`) && !url.startsWith('data:'),
      );
      expect(outside).toEqual([]);
      expect(watched.complaints).toEqual([]);
    });
  });

  it('asked the querier for files by their paths, and for series within the namespace', () => {
    const { requests } = installation.proxy;
    const files = requests.filter(({ url }) => !url.startsWith('/api/'));
    const queries = requests.filter(({ url }) => url.startsWith('/api/v1/query'));
    expect([...new Set(files.map(({ url }) => url))].toSorted()).toEqual([
      '/favicon.ico',
      '/graph',
      expect.stringMatching(/^\/static\/css\/main\.\w+\.css$/),
      expect.stringMatching(/^\/static\/js\/main\.\w+\.js$/),
    ]);
    expect(queries.length).toBeGreaterThan(2);
    const unscoped = queries.filter(({ url, body }) => {
      const query = new URLSearchParams(url.split('?')[1] ?? body).get('query');
      return query !== 'time()' && query?.includes('namespace="team-a"') !== true;
    });
    expect(unscoped).toEqual([]);
  });

  it('works behind a proxy that signs people in, and sends nothing of them upstream', async () => {
    const signing = await startSigningProxy(installation.url, TOKEN);
    const watched = await openPage(browser);
    try {
      const { page } = watched;
      const url = `${signing.url}/namespaces/team-a/graph`;
      expect((await page.goto(url))?.status()).toBe(401);
      await page.context().addCookies([{ ...SESSION, url: signing.url }]);
      installation.proxy.forget();
      const rows = await query(watched, url);
      expect(rows).toHaveLength(1);
      expect(shows(rows.join(), 'team-a')).toBe(true);
      const { requests } = installation.proxy;
      expect(requests.length).toBeGreaterThan(3);
      const names = new Set(requests.flatMap(({ headers }) => Object.keys(headers)));
      expect([...names].toSorted()).toEqual(['accept', 'accept-encoding', 'connection', 'host']);
      expect(JSON.stringify(requests)).not.toMatch(/jane|elsewhere|192\.0\.2\.1/);
    } finally {
      await watched.close();
      await signing.stop();
    }
  });

  it('refuses the page of a namespace that the caller may not read', async () => {
    const watched = await openPage(browser, TOKEN);
    const response = await watched.page.goto(`${installation.url}/namespaces/team-b/graph`);
    expect(response?.status()).toBe(403);
    expect(watched.asked).toHaveLength(1);
    await watched.close();
  });

  it('shows markup in the value of a label as what it is', async () => {
    const watched = await openPage(browser, TOKEN);
    const { page } = watched;
    const expression = `label_replace(up, "hostile", \`${HOSTILE}\`, "", "")`;
    await page.goto(panelOf(`${installation.url}/namespaces/team-a`, { expression, tab: 'table' }));
    await page.locator(ROWS).first().waitFor();
    expect(await page.locator(ROWS).allInnerTexts()).toEqual([expect.stringContaining(HOSTILE)]);
    await page.goto(panelOf(`${installation.url}/namespaces/team-a`, { expression, tab: 'graph' }));
    await hoverOverGraph(page);
    expect(await page.locator(INJECTED).count()).toBe(0);
    expect(watched.complaints).toEqual([]);
    await watched.close();
  });

  // What hangs over the graph is written as HTML, the names of labels included.
  it('lets markup in the name of a label run nothing, which the querier itself runs', async () => {
    const expression = `label_replace(up, \`${HOSTILE}\`, "x", "", "")`;
    const hover = async (base: string): Promise<{ title: string; complaints: string }> => {
      const watched = await openPage(browser, TOKEN);
      const { page } = watched;
      await page.goto(panelOf(base, { expression, tab: 'graph' }));
      await hoverOverGraph(page);
      await page.locator(INJECTED).first().waitFor({ state: 'attached' });
      // The browser says so of a picture that cannot be loaded, before it runs what stands there.
      await poll(async () => (watched.complaints.length > 0 ? true : undefined), {
        what: 'a word of the browser on the picture',
      });
      const title = await page.title();
      await watched.close();
      return { title, complaints: watched.complaints.join('\n') };
    };
    expect((await hover(installation.querierUrl)).title).toBe('taken');
    const guarded = await hover(`${installation.url}/namespaces/team-a`);
    expect(guarded.title).toBe('Thanos');
    expect(guarded.complaints).toMatch(/inline event handler.*Content Security Policy/);
  });

  it('lets a page neither run a script that is written into it nor ask another server', async () => {
    const watched = await openPage(browser, TOKEN);
    const { page } = watched;
    await page.goto(`${installation.url}/namespaces/team-a/graph`);
    const ran = await page.evaluate<{ title: string; answered: boolean }>(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken"';
      document.body.append(script);
      const answered = await fetch(${JSON.stringify(installation.querierUrl)}, { mode: 'no-cors' })
        .then(() => true, () => false);
      return { title: document.title, answered };
    })()`);
    expect(ran).toEqual({ title: 'Thanos', answered: false });
    expect(watched.complaints.length).toBeGreaterThan(1);
    await watched.close();
  });
});
