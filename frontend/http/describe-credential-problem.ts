import { MAX_GROUPS, type NameProblem } from '../access/certificate-subject.ts';
import type { CertificateProblem, DelegationProblem } from '../access/rejection.ts';

/** Says in one clause why a client certificate speaks for nobody. */
export function describeCertificateProblem(problem: CertificateProblem): string {
  switch (problem) {
    case 'unverified':
      return 'the client certificate is not one of this installation';
    case 'not_valid_now':
      return 'the client certificate is expired, or not valid yet';
    case 'not_for_clients':
      return 'the client certificate is not meant for client authentication';
    case 'unknown_proxy':
      return 'the client certificate is that of a front proxy that is not known here';
    case 'name_malformed':
    case 'system_name':
      return `the client certificate has ${describeName(problem)}`;
    default:
      return problem satisfies never;
  }
}

/** Says in one clause what is wrong with the headers of a front proxy. */
export function describeDelegationProblem(problem: DelegationProblem): string {
  switch (problem) {
    case 'user_missing':
      return 'the front proxy names no user';
    case 'repeated_header':
      return 'the front proxy names more than one user';
    case 'too_many_groups':
      return `the front proxy names more than ${MAX_GROUPS} groups`;
    case 'name_malformed':
    case 'system_name':
      return `the front proxy names ${describeName(problem)}`;
    default:
      return problem satisfies never;
  }
}

function describeName(problem: NameProblem): string {
  return problem === 'system_name'
    ? 'a user or a group that begins with "system:"'
    : 'no user and groups of printable names';
}
