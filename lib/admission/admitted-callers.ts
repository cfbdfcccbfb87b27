import { SynthError } from '../synth-error.ts';
import { celList } from './cel.ts';

/** Who may do what others may not, by the names that the API server gives to callers. */
export interface AdmittedCallers {
  /** @default - none */
  readonly users?: readonly string[];
  /** @default - none */
  readonly groups?: readonly string[];
  /** @default - none */
  readonly serviceAccounts?: readonly { readonly namespace: string; readonly name: string }[];
}

const EVERYBODY: readonly string[] = [
  'system:authenticated',
  'system:unauthenticated',
  'system:serviceaccounts',
];

/** Says in CEL that the caller is one of these. */
export function isAdmitted({
  users = [],
  groups = [],
  serviceAccounts = [],
}: AdmittedCallers): string {
  const names = [
    ...users,
    ...serviceAccounts.map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`),
  ];
  return (
    `(request.userInfo.username in ${celList(names)} || ` +
    `request.userInfo.?groups.orValue([]).exists(group, group in ${celList(groups)}))`
  );
}

/** Joins two sets of callers. */
export function bothCallers(first: AdmittedCallers, second: AdmittedCallers): AdmittedCallers {
  return {
    users: [...(first.users ?? []), ...(second.users ?? [])],
    groups: [...(first.groups ?? []), ...(second.groups ?? [])],
    serviceAccounts: [...(first.serviceAccounts ?? []), ...(second.serviceAccounts ?? [])],
  };
}

/** @throws {SynthError} If every tenant is among the callers. */
export function refuseEverybody(subject: string, { groups = [] }: AdmittedCallers): void {
  const everybody = groups.find((group) => EVERYBODY.includes(group));
  if (everybody === undefined) return;
  throw new SynthError(
    subject,
    `names the group ${everybody}, to which tenants belong`,
    'name the group of the platform team',
  );
}
