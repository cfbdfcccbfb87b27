import * as v from 'valibot';
import { described, filePath, httpUrl, text } from './fields.ts';

/** An issuer of OpenID Connect tokens, whose users are let in by its own signature. */
export interface OidcIssuerConfig {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly usernameClaim: string;
  readonly usernamePrefix: string;
  readonly groupsClaim?: string | undefined;
  readonly groupsPrefix?: string | undefined;
  readonly requireEmailVerified: boolean;
  readonly caFile?: string | undefined;
}

/**
 * Signatures that take a public key. `none` and the HS family, where the public key would serve as
 * the secret, are not among them.
 */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;

const prefix = v.pipe(
  text(),
  v.check((it) => !it.startsWith('system:'), 'must not begin with "system:"'),
);

const issuer = v.pipe(
  v.strictObject({
    issuer: v.pipe(
      httpUrl(),
      v.check((it) => !it.startsWith('http://'), 'must be an https URL'),
      v.description(
        'What `iss` must be, to the letter. Keys are found by the discovery document below it.',
      ),
    ),
    audiences: v.pipe(
      v.array(text()),
      v.nonEmpty(),
      v.description('Audiences, one of which `aud` must name: the client ids at the issuer.'),
    ),
    algorithms: described(
      v.pipe(v.array(v.picklist(SIGNATURE_ALGORITHMS)), v.nonEmpty()),
      ['RS256', 'ES256'],
      'Algorithms that a signature may have. `none` and the HS family are never among them.',
    ),
    usernameClaim: described(text(), 'sub', 'The claim that holds the user name.'),
    usernamePrefix: v.pipe(
      prefix,
      v.description(
        'What every user name of the issuer begins with, in RoleBindings too. No user of the cluster may have a name that begins so.',
      ),
    ),
    groupsClaim: v.optional(
      v.pipe(text(), v.description('The claim that holds the groups: a text or a list of texts.')),
    ),
    groupsPrefix: v.optional(
      v.pipe(prefix, v.description('What every group of the issuer begins with.')),
    ),
    requireEmailVerified: described(
      v.boolean(),
      true,
      'With the user name from `email`: whether a token without `email_verified` is rejected. One whose `email_verified` is not true always is.',
    ),
    caFile: v.optional(
      v.pipe(
        filePath(),
        v.description(
          'Certificate authority of the issuer, PEM; read again at least once a minute. Without it, those that Node trusts.',
        ),
      ),
    ),
  }),
  v.check(
    (it) => (it.groupsClaim === undefined) === (it.groupsPrefix === undefined),
    'groupsClaim and groupsPrefix must be set together',
  ),
);

/** The setting `oidcIssuers`. */
export const oidcIssuers: v.GenericSchema<object[], OidcIssuerConfig[]> = v.pipe(
  v.array(issuer),
  v.check(
    (issuers) => new Set(issuers.map((it) => it.issuer)).size === issuers.length,
    'an issuer must stand in it once',
  ),
  // Else a user of one issuer could choose a name that a user of another has.
  v.check(
    (issuers) => isPrefixFree(issuers.map((it) => it.usernamePrefix)),
    'no usernamePrefix may be the beginning of another',
  ),
  v.check(
    (issuers) => isPrefixFree(issuers.flatMap((it) => it.groupsPrefix ?? [])),
    'no groupsPrefix may be the beginning of another',
  ),
);

function isPrefixFree(prefixes: readonly string[]): boolean {
  return prefixes.every((one, index) =>
    prefixes.every((other, at) => at === index || !other.startsWith(one)),
  );
}
