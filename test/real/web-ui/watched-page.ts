import type { Browser, Page, Response } from 'playwright-core';

/** A page of which everything is written down that its browser was told and asked. */
export interface WatchedPage {
  readonly page: Page;
  /** The URLs of everything it asked for. */
  readonly asked: readonly string[];
  /** What the console said of errors, and what the page's policy forbade. */
  readonly complaints: readonly string[];
  /** The texts of all answers so far. */
  answers(): Promise<readonly ReceivedAnswer[]>;
  readonly close: () => Promise<void>;
}

/** An answer that the browser received. */
export interface ReceivedAnswer {
  readonly path: string;
  readonly status: number;
  /** `undefined` where the browser dropped it before it could be read. */
  readonly text: string | undefined;
}

/** Opens an empty page. Its requests carry the token, as they do behind an authenticating proxy. */
export async function openPage(browser: Browser, token?: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1_400, height: 900 },
    ...(token !== undefined && { extraHTTPHeaders: { Authorization: `Bearer ${token}` } }),
  });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  const received: Promise<ReceivedAnswer>[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('response', (response) => received.push(read(response)));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return {
    page,
    asked,
    complaints,
    answers: () => Promise.all(received),
    close: () => context.close(),
  };
}

async function read(response: Response): Promise<ReceivedAnswer> {
  const { pathname } = new URL(response.url());
  const text = await response.text().catch(() => undefined);
  return { path: pathname, status: response.status(), text };
}

/** Types an expression into the first panel of the query page and has it executed. */
export async function execute(page: Page, expression: string): Promise<void> {
  await page.locator('.cm-content').first().click();
  await page.keyboard.type(expression);
  // Completions would cover the button.
  await page.keyboard.press('Escape');
  await page.locator('button.execute-btn').first().click();
}

/** The address of the query page with one panel, below the path where the page is. */
export function panelOf(
  base: string,
  { expression, tab }: { readonly expression: string; readonly tab: 'graph' | 'table' },
): string {
  const panel = { 'g0.expr': expression, 'g0.tab': tab === 'graph' ? '0' : '1' };
  return `${base}/graph?${new URLSearchParams(panel).toString()}`;
}

/** Waits for the graph of a panel, and moves the mouse over the whole of it. */
export async function hoverOverGraph(page: Page): Promise<void> {
  await page.locator('.graph-legend .legend-item').first().waitFor();
  const box = await page.locator('.graph-chart').first().boundingBox();
  if (box === null) throw new TypeError('there is no graph');
  for (let part = 1; part < 40; part += 1) {
    await page.mouse.move(box.x + (box.width * part) / 40, box.y + box.height / 2);
  }
}
