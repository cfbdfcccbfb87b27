import type { KubernetesAccessConfig } from '../../frontend/config/query-frontend.ts';

/** One rule of a ClusterRole. */
export interface ReviewRule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

const REVIEWS: readonly ReviewRule[] = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

const NAMESPACES: readonly ReviewRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
];

const RIGHTS: readonly ReviewRule[] = [
  {
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
    verbs: ['list', 'watch'],
  },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['list', 'watch'] },
];

/** The reviews alone that a frontend with this configuration asks for in its own name. */
export function ownReviews(access: Pick<KubernetesAccessConfig, 'review'>): readonly ReviewRule[] {
  return access.review === 'subject' ? REVIEWS : [];
}

/**
 * What a frontend with this configuration has to be allowed at the API server: the reviews, and
 * for each feature that is switched on exactly what that one needs.
 */
export function reviewRules(
  access: Pick<
    KubernetesAccessConfig,
    'review' | 'allNamespaces' | 'tenantMapping' | 'rightsWatch'
  >,
): readonly ReviewRule[] {
  return [
    ...ownReviews(access),
    ...(access.allNamespaces.enabled || access.tenantMapping.enabled ? NAMESPACES : []),
    ...(access.rightsWatch.enabled ? RIGHTS : []),
  ];
}
