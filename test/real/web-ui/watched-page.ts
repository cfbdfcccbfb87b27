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
