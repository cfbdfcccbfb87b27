import type { ServerResponse } from 'node:http';
import { createProxiedFiles } from '../../../frontend/adapters/web-ui/proxied-files.ts';
import { startAttackedFrontend } from '../../attack/running-frontend.ts';
import { type Frontend, type FrontendOptions, startFrontend } from './frontend.ts';
import type { Responder } from './recording-upstream.ts';

/** What a querier says of itself in its page, and what no caller may see. */
export const SECRET = 'http://thanos-query-7d9f.monitoring:10902';

/** The page of Thanos as its querier serves it. */
export const UPSTREAM_PAGE: string = [
  '<!doctype html><html lang="en"><head><link rel="shortcut icon" href="./favicon.ico"/>',
  '<script>const GLOBAL_PATH_PREFIX=""</script>',
  `<script>const THANOS_COMPONENT="query",THANOS_QUERY_URL="${SECRET}"</script>`,
  '<script defer="defer" src="./static/js/main.83209ede.js"></script>',
  '<link href="./static/css/main.17d667f4.css" rel="stylesheet"></head>',
  '<body class="bootstrap"><div id="root"></div></body></html>',
].join('');

/** The text of every file that the upstream of these tests has. */
export const FILE_TEXT = 'a file';

/** The media types of a real querier. */
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ico: 'image/vnd.microsoft.icon',
  ttf: 'font/ttf',
  png: 'image/png',
};

/** Answers like a querier with a UI. */
export const serveUi: Responder = (response, { path }) => {
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  if (type === undefined) sendBytes(response, 'text/html; charset=utf-8', UPSTREAM_PAGE);
  else sendBytes(response, type, FILE_TEXT);
};

/** Sends a whole body with its length. */
export function sendBytes(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Set-Cookie': 'upstream=1',
    'Access-Control-Allow-Origin': '*',
    'X-Upstream': SECRET,
  });
  response.end(body);
}

const openWebUi = (url: string): ReturnType<typeof createProxiedFiles> =>
  createProxiedFiles({ upstream: { url }, env: {} });

/** Starts a frontend whose web UI is on, before an upstream that has one. */
export async function startUiFrontend(options: FrontendOptions = {}): Promise<Frontend> {
  const frontend = await startFrontend({ openWebUi, ...options });
  frontend.upstream.respondWith(serveUi);
  return frontend;
}

/** The same for the attacker of the attack table. */
export async function startAttackedUi(): Promise<Frontend> {
  const frontend = await startAttackedFrontend({ openWebUi });
  frontend.upstream.respondWith(serveUi);
  return frontend;
}
