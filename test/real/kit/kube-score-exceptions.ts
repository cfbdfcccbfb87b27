/** A finding of kube-score that is accepted, and why. */
export interface Exception {
  /** The check, by kube-score's own name. */
  readonly check: string;
  /** Which objects it is accepted for, as `kind namespace/name`. */
  readonly of: RegExp;
  /** What it says. */
  readonly comment: RegExp;
  readonly reason: string;
}

/** Every accepted finding. One that no longer occurs fails the test. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    check: 'container-resources',
    of: /^(?:Deployment|StatefulSet) /,
    comment: /^CPU limit is not set$/,
    reason:
      'A limit of CPU throttles a pod while its node is idle, and a query that is throttled runs ' +
      'into its deadline. The request is what guarantees others their share.',
  },
  {
    check: 'container-ephemeral-storage-request-and-limit',
    of: /^(?:Deployment|StatefulSet) /,
    comment: /^Ephemeral Storage (?:limit|request) is not set$/,
    reason:
      'Every root file system is read-only and data lies on claims: nothing but the log, which the ' +
      'node rotates, is ephemeral.',
  },
  {
    check: 'container-image-pull-policy',
    of: /^(?:Deployment|StatefulSet) /,
    comment: /^ImagePullPolicy is not set to Always$/,
    reason:
      'Images are named by version. Pulling at each start would make the registry a part that ' +
      'queries depend on.',
  },
  {
    check: 'service-targets-pod',
    of: /^Service [\w-]+\/tenancy-thanos-sidecar$/,
    comment: /selector does not match any pods/,
    reason: 'The operator makes the pods of Prometheus, and kube-score does not know its resource.',
  },
  {
    check: 'networkpolicy-targets-pod',
    of: /^NetworkPolicy [\w-]+\/prometheus-tenancy-kit-prometheus-tenancy$/,
    comment: /selector doesn't match any pods/,
    reason: 'The operator makes the pods of Prometheus, and kube-score does not know its resource.',
  },
  {
    check: 'networkpolicy-targets-pod',
    of: /^NetworkPolicy team-[ab]\/metrics-prometheus-only$/,
    comment: /selector doesn't match any pods/,
    reason: 'The pods are those of the tenant.',
  },
];
