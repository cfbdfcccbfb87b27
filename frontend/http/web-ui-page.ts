import { createHash } from 'node:crypto';
import type { TenantId } from '../../tenant/tenant-id.ts';

/** The files that a page names: its script and its style sheet. */
export interface PageFiles {
  /** Name of the file below `/static/js`. */
  readonly script: string;
  /** Name of the file below `/static/css`. */
  readonly styleSheet: string;
}

/** A page of ours, and what a browser is told to let it do. */
export interface WebUiPage {
  readonly html: string;
  /** The value of `Content-Security-Policy`. */
  readonly policy: string;
}

// No attribute reaches beyond a bracket, so that what begins many tags is read once and not for each.
const SCRIPT = /<script\b[^<>]*\bsrc="\.?\/static\/js\/(main\.[\w-]+\.js)"/g;
const STYLE_SHEET = /<link\b[^<>]*\bhref="\.?\/static\/css\/(main\.[\w-]+\.css)"/g;

/**
 * Reads which files the page of an upstream is made of. Nothing else of it is used: it holds the
 * upstream's address and the settings it was started with.
 *
 * @returns `undefined` unless it names exactly one script and one style sheet.
 */
export function readPageFiles(html: string): PageFiles | undefined {
  const [script, ...otherScripts] = html.matchAll(SCRIPT);
  const [styleSheet, ...otherSheets] = html.matchAll(STYLE_SHEET);
  if (otherScripts.length > 0 || otherSheets.length > 0) return undefined;
  if (script?.[1] === undefined || styleSheet?.[1] === undefined) return undefined;
  return { script: script[1], styleSheet: styleSheet[1] };
}

/**
 * Writes the page of the Thanos UI anew. The names in its first script are those that the UI reads.
 *
 * @param tenants - Whose page it is. Names of tenants need no escaping, wherever in it they stand.
 */
export function printPage(
  { script, styleSheet }: PageFiles,
  tenants: readonly TenantId[],
): WebUiPage {
  const prefix = `/namespaces/${tenants.join(',')}`;
  const settings = {
    GLOBAL_PATH_PREFIX: prefix,
    THANOS_COMPONENT: 'query',
    THANOS_QUERY_URL: prefix,
    THANOS_TENANT_HEADER: '',
    THANOS_DEFAULT_TENANT: '',
    // The box would let people choose a tenant of the upstream's own, which nobody here reads.
    THANOS_DISPLAY_TENANT_BOX: 'none',
  };
  const inline = Object.entries(settings)
    .map(([name, value]) => `const ${name}=${JSON.stringify(value)};`)
    .join('');
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<title>Thanos</title>',
    `<link rel="icon" href="${prefix}/favicon.ico">`,
    `<link rel="stylesheet" href="${prefix}/static/css/${styleSheet}">`,
    `<script>${inline}</script>`,
    `<script defer src="${prefix}/static/js/${script}"></script>`,
    '</head><body class="bootstrap"><div id="root"></div></body></html>\n',
  ].join('');
  const hash = createHash('sha256').update(inline).digest('base64');
  return { html, policy: policyOf(hash) };
}

function policyOf(hash: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self' 'sha256-${hash}'`,
    // The query editor writes its styles into the page.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self' data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}
