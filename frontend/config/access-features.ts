import * as v from 'valibot';
import { described, integer, milliseconds, section } from './fields.ts';

/** Requests that name no tenant, and read all that the caller may. */
export interface AllNamespacesConfig {
  readonly enabled: boolean;
  readonly maxCandidates: number;
  readonly maxTenants: number;
  readonly parallelReviews: number;
  readonly skippedTtlMs: number;
}

/** Namespaces that are grouped to tenants by their label. */
export interface TenantMappingConfig {
  readonly enabled: boolean;
}

/** Watching RBAC, so that a change of rights counts at once. */
export interface RightsWatchConfig {
  readonly enabled: boolean;
}

/** Whose rights are reviewed by whom: by this process, or by the callers themselves. */
export type ReviewConfig = 'subject' | 'self';

/** The setting `review`. */
export const review: v.GenericSchema<ReviewConfig | undefined, ReviewConfig> = described(
  v.picklist(['subject', 'self']),
  'subject',
  'Who asks the API server: `subject`, the frontend, which needs the right to create TokenReviews and SubjectAccessReviews; or `self`, each caller by its own token, for installations that give nobody that right. With `self` only tokens meant for the API server are taken.',
);

/** The setting `allNamespaces`. */
export const allNamespaces: v.GenericSchema<object | undefined, AllNamespacesConfig> = section({
  enabled: described(
    v.boolean(),
    false,
    'A request that names no namespace reads every namespace with the label `prometheus-tenancy-kit/tenant` that its caller may read. Needs the right to list and watch namespaces.',
  ),
  maxCandidates: described(
    integer(1, 10_000),
    1_000,
    'Labelled namespaces that may exist; with more of them a request must name its own.',
  ),
  maxTenants: described(integer(1, 1_000), 200, 'Namespaces that one such request may be granted.'),
  parallelReviews: described(
    integer(1, 64),
    16,
    'Reviews of one such request that may be under way at once.',
  ),
  skippedTtlMs: described(
    milliseconds(0, 300_000),
    60_000,
    'How long a namespace that was denied is left out of such requests without asking again. 0 switches it off.',
  ),
});

/** The setting `tenantMapping`. */
export const tenantMapping: v.GenericSchema<object | undefined, TenantMappingConfig> = section({
  enabled: described(
    v.boolean(),
    false,
    'The label `prometheus-tenancy-kit/tenant` of a namespace names the tenant it belongs to (`true`: one of its own name). To read a tenant, a caller must be allowed in every namespace of it. Needs the right to list and watch namespaces, and admission that protects the label.',
  ),
});

/** The setting `rightsWatch`. */
export const rightsWatch: v.GenericSchema<object | undefined, RightsWatchConfig> = section({
  enabled: described(
    v.boolean(),
    false,
    'Follows Roles, RoleBindings, ClusterRoles, ClusterRoleBindings and ServiceAccounts, and drops remembered verdicts when one changes. Needs the right to list and watch them.',
  ),
});
