// Misuse that must not compile: `npm run check` fails when one of these lines begins to. Nothing
// here is run.
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import type { BearerToken } from '../../frontend/access/bearer-token.ts';
import type { AdmittedRequest } from '../../frontend/http/admit.ts';
import { UpstreamRequest } from '../../frontend/http/forward.ts';
import type { Upstream } from '../../frontend/http/upstream.ts';
import type { Expr } from '../../frontend/promql/ast.ts';
import {
  type ScopedQuery,
  type ScopedSeriesSelector,
  scopeQuery,
} from '../../frontend/promql/scope.ts';

declare const text: string;
declare const expr: Expr;
declare const admitted: AdmittedRequest;
declare const selector: ScopedSeriesSelector;
declare const upstream: Upstream;

/** What the compiler refuses, as functions that are never called. */
export const MISUSE: readonly (() => unknown)[] = [
  // @ts-expect-error A text is not a tenant.
  (): TenantId => text,
  // @ts-expect-error A text is not a tenancy label.
  (): TenancyLabel => text,
  // @ts-expect-error A text is not a token.
  (): BearerToken => text,
  // @ts-expect-error A text is not a scoped query.
  (): ScopedQuery => text,
  // @ts-expect-error A selector for match[] is not a query.
  (): ScopedQuery => selector,
  // @ts-expect-error Nobody but an authorizer's grant makes a scope.
  () => new TenantScope(text, []),
  // @ts-expect-error An object with the members of a scope is no scope.
  () => scopeQuery(expr, { tenancyLabel: text, tenants: [], allows: () => true }),
  // @ts-expect-error A query that was not scoped cannot be put into an upstream request.
  () => UpstreamRequest.of(admitted, { shape: 'query', query: text }),
  // @ts-expect-error An empty list of selectors would ask for everything.
  () => UpstreamRequest.of(admitted, { shape: 'matches', matches: [] }),
  // @ts-expect-error A silence that was not scoped is not stored.
  () => UpstreamRequest.toWriteSilence(admitted, text),
  // @ts-expect-error A silence that nobody looked at is not expired.
  () => UpstreamRequest.toExpireSilence(admitted, text),
  () =>
    // @ts-expect-error An object with the members of an upstream request is none.
    upstream.send({ path: text, form: text, traceparent: undefined }, new AbortController().signal),
];
