import { SIGNATURE_ALGORITHMS } from '../../config/access-oidc.ts';
import { accept, type Result } from '../../result.ts';
import { type Command, flagOf, type GivenFlag, refuseFlag, valuesOf } from './command.ts';
import { type Finding, type FlagProblem, note, warn } from './finding.ts';
import {
  type KrpConfig,
  translateAttributes,
  type TranslatedAttributes,
} from './kube-rbac-proxy-config.ts';
import type { Part, Settings } from './part.ts';

const DEFAULT_PREFIX = 'oidc:';
const OIDC_DETAILS = [
  'oidc-clientID',
  'oidc-username-claim',
  'oidc-groups-claim',
  'oidc-username-prefix',
  'oidc-groups-prefix',
  'oidc-sign-alg',
  'oidc-ca-file',
] as const;
const UNKNOWN_SHARE = 4;
const MAX_REVIEWS_PER_SECOND = 10_000;
const DEFAULT_RIGHT =
  'the right to read is the default, `get` on `namespace/metrics` in each namespace that a request names';
const ABSENT = `is not in the input; here every caller must bring a token, and ${DEFAULT_RIGHT}: give the data sources a token, and bind its user to a Role that allows it`;

/** Translates who is asked what a caller may read. */
export function translateAccess(
  krp: Command | undefined,
  config: KrpConfig | undefined,
): Result<Part, FlagProblem> {
  const budget = translateBudget(krp);
  if (!budget.ok) return budget;
  const issuer = translateIssuer(krp);
  if (!issuer.ok) return issuer;
  const { attributes, findings } = attributesOf(krp, config);
  const audiences = valuesOf(krp, 'auth-token-audiences');
  const settings = {
    kind: 'kubernetes',
    ...(audiences.length > 0 && { audiences }),
    ...(issuer.value !== undefined && { oidcIssuers: [issuer.value.settings] }),
    attributes,
    ...(budget.value !== undefined && { budget: budget.value }),
  };
  return accept({
    settings,
    findings: [...findings, ...(issuer.value?.findings ?? oidcLeftovers(krp))],
  });
}

function attributesOf(
  krp: Command | undefined,
  config: KrpConfig | undefined,
): TranslatedAttributes {
  const absent = krp === undefined ? [warn('kube-rbac-proxy', undefined, ABSENT)] : [];
  if (config !== undefined) {
    const { attributes, findings } = translateAttributes(config);
    return { attributes, findings: [...absent, ...findings] };
  }
  return { attributes: 'seed', findings: krp === undefined ? absent : [withoutFile(krp)] };
}

function withoutFile(krp: Command): Finding {
  const flag = flagOf(krp, 'config-file');
  const message =
    flag === undefined
      ? `was not given; ${DEFAULT_RIGHT}: bind callers to a Role that allows it`
      : `is not in the input, so ${DEFAULT_RIGHT}: translate again with the file, by the option --config-file or by the ConfigMap in the input`;
  return warn('--config-file', flag?.value, message);
}

function translateBudget(krp: Command | undefined): Result<Settings | undefined, FlagProblem> {
  const qps = flagOf(krp, 'kube-api-qps');
  if (qps === undefined) return accept(undefined);
  const perSecond = Number(qps.value);
  if (qps.value.trim() === '' || !Number.isFinite(perSecond)) {
    return refuseFlag(qps.subject, 'must be a number');
  }
  if (perSecond <= 0) return accept(undefined);
  const reviewsPerSecond = Math.min(Math.ceil(perSecond), MAX_REVIEWS_PER_SECOND);
  const unknownTokensPerSecond = Math.ceil(reviewsPerSecond / UNKNOWN_SHARE);
  return accept({ reviewsPerSecond, unknownTokensPerSecond });
}

function translateIssuer(krp: Command | undefined): Result<Part | undefined, FlagProblem> {
  const issuer = flagOf(krp, 'oidc-issuer');
  if (issuer === undefined) return accept(undefined);
  const clientId = flagOf(krp, 'oidc-clientID');
  if (clientId === undefined) return refuseFlag('--oidc-clientID', 'is missing beside the issuer');
  const algorithms = translateAlgorithms(krp);
  const usernameClaim = flagOf(krp, 'oidc-username-claim')?.value ?? 'email';
  const usernamePrefix = flagOf(krp, 'oidc-username-prefix');
  const groupsPrefix = flagOf(krp, 'oidc-groups-prefix');
  const caFile = flagOf(krp, 'oidc-ca-file');
  const settings = {
    issuer: issuer.value,
    audiences: [clientId.value],
    algorithms: algorithms.names,
    usernameClaim,
    usernamePrefix: usernamePrefix?.value ?? DEFAULT_PREFIX,
    groupsClaim: flagOf(krp, 'oidc-groups-claim')?.value ?? 'groups',
    groupsPrefix: groupsPrefix?.value ?? DEFAULT_PREFIX,
    ...(caFile !== undefined && { caFile: caFile.value }),
  };
  const findings = [
    warn(
      issuer.subject,
      issuer.value,
      'tokens of the cluster are accepted beside those of the issuer: make sure that no RoleBinding of readers names a ServiceAccount that must stay out',
    ),
    ...prefixFindings('--oidc-username-prefix', 'users', usernamePrefix),
    ...prefixFindings('--oidc-groups-prefix', 'groups', groupsPrefix),
    ...emailFindings(usernameClaim),
    ...algorithms.findings,
  ];
  return accept({ settings, findings });
}

function prefixFindings(
  subject: string,
  whom: string,
  given: GivenFlag | undefined,
): readonly Finding[] {
  if (given !== undefined) return [];
  const message = `${whom} of the issuer get the prefix ${DEFAULT_PREFIX}, so that none is taken for one of the cluster: write it in their RoleBindings`;
  return [warn(subject, undefined, message)];
}

function emailFindings(usernameClaim: string): readonly Finding[] {
  if (usernameClaim !== 'email') return [];
  const message =
    'a token without `email_verified` is rejected: set requireEmailVerified to false if the issuer leaves it out and checks every address';
  return [warn('--oidc-username-claim', usernameClaim, message)];
}

function translateAlgorithms(krp: Command | undefined): {
  readonly names: readonly string[];
  readonly findings: readonly Finding[];
} {
  const given = valuesOf(krp, 'oidc-sign-alg');
  const known: readonly string[] = SIGNATURE_ALGORITHMS;
  const names = given.filter((name) => known.includes(name));
  const unknown = given.filter((name) => !known.includes(name));
  const message =
    'it is left out, because no such signature is accepted: let the issuer sign with one of docs/configuration.md';
  return {
    names: names.length > 0 ? names : ['RS256'],
    findings: unknown.length > 0 ? [warn('--oidc-sign-alg', unknown.join(','), message)] : [],
  };
}

function oidcLeftovers(krp: Command | undefined): readonly Finding[] {
  return OIDC_DETAILS.flatMap((name) => flagOf(krp, name) ?? []).map((flag) =>
    note(flag.subject, flag.value, 'dropped: it has no effect without --oidc-issuer'),
  );
}
