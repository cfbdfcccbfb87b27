import { PassThrough, type Readable } from 'node:stream';
import { parseTenantId } from '../../tenant/tenant-id.ts';
import { DEFAULT_TENANCY_LABEL } from '../../tenant/tenancy-label.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import { admitHead, admitRequest } from '../../frontend/http/admit.ts';
import { UpstreamRequest } from '../../frontend/http/forward.ts';
import { parsePromql, scopePromql } from '../../frontend/http/scope-request.ts';
import type { Upstream, UpstreamAnswer } from '../../frontend/http/upstream.ts';
import type { Result } from '../../frontend/result.ts';

/** A scope of the given namespaces. */
export function scopeOf(...names: readonly string[]): TenantScope {
  const tenants = names.map((name) => parseTenantId(name)).filter((it) => it !== undefined);
  return TenantScope.grant(DEFAULT_TENANCY_LABEL, tenants);
}

/** The request that goes upstream for `path`, which has parameters, within a scope. */
export function requestOf(path: string, scope: TenantScope): UpstreamRequest {
  const head = taken(
    admitHead({ httpVersion: '1.1', method: 'GET', target: path, rawHeaders: ['Host', 'h'] }),
  );
  const admitted = taken(admitRequest(head, '', { tenants: 100 }));
  return UpstreamRequest.of(admitted, taken(scopePromql(taken(parsePromql(admitted, {})), scope)));
}

function taken<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new TypeError(JSON.stringify(result.rejection));
  return result.value;
}

/** One request that reached a {@link StubUpstream}. */
export interface Asked {
  readonly request: UpstreamRequest;
  readonly signal: AbortSignal;
  readonly body: PassThrough;
  /** Answers with headers; the body is written by the test. */
  answer(fields?: Partial<Omit<UpstreamAnswer, 'body'>>): void;
  fail(error: Error): void;
}

/** An upstream that answers when it is told to. */
export class StubUpstream implements Upstream {
  readonly asked: Asked[] = [];

  send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const body = new PassThrough();
      signal.addEventListener('abort', () => {
        body.destroy();
        reject(new Error('aborted'));
      });
      this.asked.push({
        request,
        signal,
        body,
        answer: (fields = {}) => {
          resolve({ status: 200, contentType: 'application/json', ...fields, body });
        },
        fail: reject,
      });
    });
  }
}

/** Reads a body to its end. */
export async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
