import { accept, refuse, type Result } from '../result.ts';
import type { AccessRejection } from './rejection.ts';

/** What the subject of a certificate says, each value as it stands in it, without escapes. */
export interface CertificateSubject {
  readonly commonNames: readonly string[];
  readonly organizations: readonly string[];
  /** SHA-256 of the certificate, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
}

/** Which names are taken. */
export interface SubjectRules {
  /** Whether a name may begin with `system:`, which the cluster keeps for itself. */
  readonly allowSystemNames: boolean;
}

/** What is wrong with the name of a user or a group. */
export type NameProblem = 'name_malformed' | 'system_name';

/** Longest name of a user or a group, in characters. */
const MAX_NAME_CHARACTERS = 512;

/** Most groups of one certificate, or of one user of a front proxy. */
export const MAX_GROUPS = 200;

// Control and format characters, lone surrogates, and what a decoder puts for what it cannot read.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/u;

/** Says what is wrong with the name of a user or a group, or nothing. */
export function checkName(name: string, rules: SubjectRules): NameProblem | undefined {
  if (name === '' || name.length > MAX_NAME_CHARACTERS) return 'name_malformed';
  if (UNPRINTABLE.test(name) || name.trim() !== name) return 'name_malformed';
  return name.startsWith('system:') && !rules.allowSystemNames ? 'system_name' : undefined;
}

/**
 * Reads user and groups out of a subject as Kubernetes does: the common name and the organizations.
 * A subject with several common names is refused, because programs differ in which of them counts.
 */
export function readSubject(
  { commonNames, organizations }: CertificateSubject,
  rules: SubjectRules,
): Result<{ readonly user: string; readonly groups: readonly string[] }, AccessRejection> {
  const [user, ...others] = commonNames;
  if (user === undefined || others.length > 0 || organizations.length > MAX_GROUPS) {
    return refuse({ code: 'certificate_rejected', problem: 'name_malformed' });
  }
  for (const name of [user, ...organizations]) {
    const problem = checkName(name, rules);
    if (problem !== undefined) return refuse({ code: 'certificate_rejected', problem });
  }
  return accept({ user, groups: organizations });
}
