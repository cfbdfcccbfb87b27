// Misuse that must not compile: `npm run check` fails when one of these lines begins to. Nothing
// here is run.
import { ClusterScope } from '../../tenant/cluster-scope.ts';
import type { TenancyLabel } from '../../tenant/tenancy-label.ts';
import type { TenantId } from '../../tenant/tenant-id.ts';
import { TenantScope } from '../../tenant/tenant-scope.ts';
import type { ThanosCompactorProps } from '../../lib/thanos/compactor-props.ts';
import type { IndexCache } from '../../lib/thanos/index-cache.ts';
import type { ThanosQueryFrontendProps } from '../../lib/thanos/query-frontend-props.ts';
import type { ResourceAttributes } from '../../frontend/access/access-review-spec.ts';
import type { AccessReviewer } from '../../frontend/access/access-reviewer.ts';
import type { BearerToken } from '../../frontend/access/bearer-token.ts';
import type { Identity } from '../../frontend/access/identity.ts';
import { ownSilence } from '../../frontend/answers/silence-owner.ts';
import { scopeSilence, type SilenceRequest } from '../../frontend/answers/silence-request.ts';
import type { AdmittedRequest } from '../../frontend/http/admit.ts';
import type { SERVED_CLUSTER_WIDE } from '../../frontend/http/cluster-wide.ts';
import type { CLASS_OF } from '../../frontend/http/endpoint-classes.ts';
import { UpstreamRequest } from '../../frontend/http/forward.ts';
import type { Upstream } from '../../frontend/http/upstream.ts';
import type { Expr } from '../../frontend/promql/ast.ts';
import { printPage } from '../../frontend/http/web-ui-page.ts';
import {
  type ScopedQuery,
  type ScopedSeriesSelector,
  scopeQuery,
} from '../../frontend/promql/scope.ts';
import { scopeQueryToCluster } from '../../frontend/promql/scope-cluster.ts';

declare const text: string;
declare const expr: Expr;
declare const admitted: AdmittedRequest;
declare const selector: ScopedSeriesSelector;
declare const upstream: Upstream;
declare const tenantScope: TenantScope;
declare const clusterScope: ClusterScope;
declare const silence: SilenceRequest;
declare const accessReviewer: AccessReviewer;
declare const identity: Identity;
declare const attributes: ResourceAttributes;
declare const indexCache: IndexCache;

/** What the compiler refuses, as functions that are never called. */
export const MISUSE: readonly (() => unknown)[] = [
  // @ts-expect-error A text is not a tenant.
  (): TenantId => text,
  // @ts-expect-error Every route is in a class of endpoints.
  (): typeof CLASS_OF => ({ query: 'query' }),
  // @ts-expect-error Of every route it is said whether it is served for the whole cluster.
  (): typeof SERVED_CLUSTER_WIDE => ({ query: true }),
  // @ts-expect-error A page names tenants, and a text could be markup.
  () => printPage({ script: text, styleSheet: text }, [text]),
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
  // @ts-expect-error Nobody but an authorizer's grant makes the scope of the whole cluster.
  () => new ClusterScope([]),
  // @ts-expect-error The whole cluster is no set of tenants.
  (): TenantScope => clusterScope,
  // @ts-expect-error A set of tenants, however large, is not the whole cluster.
  (): ClusterScope => tenantScope,
  // @ts-expect-error A query of tenants is not scoped to the whole cluster.
  () => scopeQuery(expr, clusterScope),
  // @ts-expect-error A query for the whole cluster is not scoped to tenants.
  () => scopeQueryToCluster(expr, tenantScope),
  // @ts-expect-error An object with the members of it is no scope of the whole cluster.
  () => scopeQueryToCluster(expr, { staticLabels: [] }),
  // @ts-expect-error Tenants do not read without a selector.
  () => UpstreamRequest.of(admitted, { shape: 'everything', scope: tenantScope }),
  // @ts-expect-error A silence is not stored for the whole cluster.
  () => scopeSilence(silence, clusterScope),
  // @ts-expect-error A silence of the whole cluster is nobody's own.
  () => ownSilence(null, text, clusterScope),
  // @ts-expect-error A review of a namespace names one, and an empty text is none.
  () => accessReviewer.reviewAccess({ identity, attributes, namespace: '' }),
  // @ts-expect-error A review of a namespace cannot leave it out.
  () => accessReviewer.reviewAccess({ identity, attributes, reach: 'cluster' }),
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
  // @ts-expect-error What a store gateway keeps is no answer to queries.
  (): ThanosQueryFrontendProps['rangeCache'] => indexCache,
  // @ts-expect-error A compactor has one replica, so nothing of it is ever scaled away.
  (): ThanosCompactorProps => ({ claims: 'deleteWhenScaled' }),
];
