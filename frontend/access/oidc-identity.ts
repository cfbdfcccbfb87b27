import type { Identity } from './identity.ts';

/** How the claims of one issuer become a user and groups. */
export interface OidcIdentityRules {
  /** The claim that holds the user name. */
  readonly usernameClaim: string;
  /** What every user name of the issuer begins with. Never empty. */
  readonly usernamePrefix: string;
  /** The claim that holds the groups: a text or a list of texts. */
  readonly groupsClaim?: string | undefined;
  /** What every group of the issuer begins with. Never empty where there is a groups claim. */
  readonly groupsPrefix?: string | undefined;
  /** Whether a user name from the claim `email` needs `email_verified` to be there and true. */
  readonly requireEmailVerified: boolean;
}

/** The claims of a token whose signature, dates, issuer and audience were verified. */
export type VerifiedClaims = Readonly<Record<string, unknown>>;

// Kubernetes gives meaning to these names, so no other issuer may bring one along.
const RESERVED_PREFIX = 'system:';
const EMAIL_CLAIM = 'email';

/**
 * Makes the identity of verified claims, or returns `undefined` if the token names nobody who may
 * be let in: no user name, groups that are no texts, an address that is not verified, or a name
 * that Kubernetes keeps for itself, as it is claimed or with its prefix.
 *
 * The identity is in the groups of the claim and in no other: the issuer speaks for nobody in
 * `system:authenticated`.
 */
export function identityFromClaims(
  claims: VerifiedClaims,
  rules: OidcIdentityRules,
): Identity | undefined {
  const claimed = ownClaim(claims, rules.usernameClaim);
  if (typeof claimed !== 'string' || !isVerifiedName(claims, rules)) return undefined;
  const username = prefixed(rules.usernamePrefix, claimed);
  const groups = readGroups(claims, rules);
  if (username === undefined || groups === undefined) return undefined;
  return { username, uid: '', groups, extra: {} };
}

function isVerifiedName(claims: VerifiedClaims, rules: OidcIdentityRules): boolean {
  if (rules.usernameClaim !== EMAIL_CLAIM) return true;
  const verified = ownClaim(claims, 'email_verified');
  return verified === undefined ? !rules.requireEmailVerified : verified === true;
}

function readGroups(
  claims: VerifiedClaims,
  { groupsClaim, groupsPrefix }: OidcIdentityRules,
): readonly string[] | undefined {
  if (groupsClaim === undefined || groupsPrefix === undefined) return [];
  const claimed = ownClaim(claims, groupsClaim);
  if (claimed === undefined || claimed === null) return [];
  const names: readonly unknown[] = Array.isArray(claimed) ? claimed : [claimed];
  const groups: string[] = [];
  for (const name of names) {
    const group = typeof name === 'string' ? prefixed(groupsPrefix, name) : undefined;
    if (group === undefined) return undefined;
    groups.push(group);
  }
  return groups;
}

function prefixed(prefix: string, name: string): string | undefined {
  if (prefix === '' || name === '' || name.startsWith(RESERVED_PREFIX)) return undefined;
  const whole = prefix + name;
  return whole.startsWith(RESERVED_PREFIX) ? undefined : whole;
}

// The name of a claim comes from the configuration and may be one that every object has.
function ownClaim(claims: VerifiedClaims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
