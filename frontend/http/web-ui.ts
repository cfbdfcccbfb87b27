import { PassThrough, type Readable } from 'node:stream';
import { Fault } from '../fault.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { AdmittedRequest } from './admit.ts';
import type { Rejection } from './rejection.ts';
import type { Reply } from './reply.ts';
import type { UpstreamAnswer, UpstreamFiles } from './upstream.ts';
import { type FileType, fileTypeOf, PAGE_TYPE } from './web-ui-file-types.ts';
import { printPage, readPageFiles } from './web-ui-page.ts';

/** Bytes of the upstream's page, at most. */
export const MAX_PAGE_BYTES = 65_536;

/** Bytes of one file, at most: the script of Thanos 0.42 has 1.8 MB. */
export const MAX_FILE_BYTES = 8_388_608;

/** What every answer of the web UI tells a browser, beside what every answer tells it. */
const BROWSER_HEADERS = {
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

// A file that is opened as a page of its own does nothing at all.
const FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * Answers a request of an authorized caller for a page of the web UI, or for a file of it.
 *
 * @throws {Fault} The faults of {@link UpstreamFiles}.
 */
export async function answerWebUi(
  files: UpstreamFiles | undefined,
  admitted: AdmittedRequest,
  signal: AbortSignal,
): Promise<Result<Reply, Rejection>> {
  const { route, upstreamPath } = admitted;
  const isPage = route.name === 'ui_page';
  const type = isPage ? PAGE_TYPE : fileTypeOf(upstreamPath);
  if (files === undefined || type === undefined) {
    throw new TypeError('the web UI is not offered');
  }
  const answer = await files.fetch(upstreamPath, signal);
  const maxBytes = isPage ? MAX_PAGE_BYTES : MAX_FILE_BYTES;
  const refusal = refusalOf(answer, type, maxBytes);
  if (refusal !== undefined) {
    answer.body.destroy();
    return refuse(refusal);
  }
  if (isPage) return answerPage(answer.body, admitted);
  const headers = {
    ...BROWSER_HEADERS,
    'Cache-Control': 'private, max-age=3600',
    'Content-Security-Policy': FILE_POLICY,
  };
  const { contentType } = type;
  const scrubber = new PassThrough();
  return accept({
    kind: 'stream',
    answer: { body: answer.body, scrubber, contentType, headers, maxBytes },
  });
}

function refusalOf(
  { status, contentType, contentLength = 0 }: UpstreamAnswer,
  type: FileType,
  maxBytes: number,
): Rejection | undefined {
  // A page of the UI names its files, so an old page may ask for one that is gone.
  if (status === 404) return { code: 'route_unknown' };
  if (status >= 500) return { code: 'upstream_unavailable' };
  if (status !== 200 || !type.upstream.test(contentType) || contentLength > maxBytes) {
    return { code: 'upstream_unexpected' };
  }
  return undefined;
}

async function answerPage(
  body: Readable,
  { tenants }: AdmittedRequest,
): Promise<Result<Reply, Rejection>> {
  const files = readPageFiles(await readText(body));
  if (files === undefined) return refuse({ code: 'upstream_unexpected' });
  const { html, policy } = printPage(files, tenants);
  const headers = {
    ...BROWSER_HEADERS,
    'Content-Type': PAGE_TYPE.contentType,
    'Content-Security-Policy': policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
  return accept({ kind: 'text', body: html, headers });
}

async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the body. Half a page names no files, and is refused for that.
      if (bytes > MAX_PAGE_BYTES) return '';
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Fault('upstream_unavailable', 'read the page of the web UI', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}
