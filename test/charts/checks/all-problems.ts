import type { Manifest } from '../../lib/support/manifests.ts';
import { flags } from './flags.ts';
import { type ManifestSet, manifestSet, type Surroundings } from './manifest-set.ts';
import { addresses, monitors, networkPolicies, services } from './network.ts';
import {
  admission,
  autoscalers,
  bindings,
  disruptionBudgets,
  duplicates,
  workloads,
} from './objects.ts';
import { podSecurity } from './pod-security.ts';
import { configuration, ports, serviceAccounts, volumes } from './pods.ts';

/** The name of a check. */
export type CheckName =
  | 'addresses'
  | 'admission'
  | 'autoscalers'
  | 'bindings'
  | 'configuration'
  | 'disruptionBudgets'
  | 'duplicates'
  | 'flags'
  | 'monitors'
  | 'networkPolicies'
  | 'podSecurity'
  | 'ports'
  | 'serviceAccounts'
  | 'services'
  | 'volumes'
  | 'workloads';

/** Every check. Each gives what it finds, as sentences. */
export const CHECKS: Readonly<Record<CheckName, (set: ManifestSet) => string[]>> = {
  addresses,
  admission,
  autoscalers,
  bindings,
  configuration,
  disruptionBudgets,
  duplicates,
  flags,
  monitors,
  networkPolicies,
  podSecurity,
  ports,
  serviceAccounts,
  services,
  volumes,
  workloads,
};

/** What the checks find in manifests, each sentence with the name of its check. */
export function allProblems(manifests: readonly Manifest[], surroundings?: Surroundings): string[] {
  const set = manifestSet(manifests, surroundings);
  return Object.entries(CHECKS).flatMap(([name, check]) =>
    check(set).map((problem) => `${name}: ${problem}`),
  );
}
