/** What an access review is about, beside verb and namespace. */
export interface ReviewedResource {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

/** The core group's resources, and below each the subresources that exist. */
const CORE_RESOURCES: ReadonlyMap<string, readonly string[]> = new Map([
  ['bindings', []],
  ['componentstatuses', []],
  ['configmaps', []],
  ['endpoints', []],
  ['events', []],
  ['limitranges', []],
  ['namespaces', ['finalize', 'status']],
  ['nodes', ['proxy', 'status']],
  ['persistentvolumeclaims', ['status']],
  ['persistentvolumes', ['status']],
  [
    'pods',
    [
      'attach',
      'binding',
      'ephemeralcontainers',
      'eviction',
      'exec',
      'log',
      'portforward',
      'proxy',
      'resize',
      'status',
    ],
  ],
  ['podtemplates', []],
  ['replicationcontrollers', ['scale', 'status']],
  ['resourcequotas', ['status']],
  ['secrets', []],
  ['serviceaccounts', ['token']],
  ['services', ['proxy', 'status']],
]);

// Those whose names have no dot. All others of Kubernetes end in k8s.io, which is reserved for it.
const OLD_GROUPS: readonly string[] = ['apps', 'autoscaling', 'batch', 'extensions', 'policy'];

/**
 * Whether Kubernetes itself serves what is named, or a wildcard takes it in.
 *
 * In the core group words that mean nothing to Kubernetes are free to take, such as `namespace/metrics`;
 * its other groups are taken as a whole.
 */
export function isKubernetesResource(reviewed: ReviewedResource): boolean {
  const { group, resource, subresource } = reviewed;
  if ([group, resource, subresource].includes('*')) return true;
  if (group !== '') return OLD_GROUPS.includes(group) || group.endsWith('.k8s.io');
  const subresources = CORE_RESOURCES.get(resource);
  return subresources !== undefined && ['', ...subresources].includes(subresource);
}
