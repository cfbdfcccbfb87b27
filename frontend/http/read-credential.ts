import {
  type BearerToken,
  isBearerToken,
  MAX_TOKEN_BYTES,
  readBearerToken,
} from '../access/bearer-token.ts';
import { ClientCertificate, type Credential, DelegatedUser } from '../access/credential.ts';
import type { AccessRejection } from '../access/rejection.ts';
import type {
  ClientCertificatesConfig,
  FrontProxyConfig,
  TokenHeader,
} from '../config/access-credentials.ts';
import { accept, refuse, type Result } from '../result.ts';
import type { PeerCertificate, VerifiedCertificate } from './peer-certificates.ts';
import { headerValues, type RawHeaders } from './raw-headers.ts';

/** What callers may identify themselves by. */
export interface CredentialRules {
  readonly tokenHeaders: readonly TokenHeader[];
  /** Not there: client certificates speak for nobody. */
  readonly clientCertificates?: ClientCertificatesConfig | undefined;
  /** Not there: nobody asks for others. */
  readonly frontProxy?: FrontProxyConfig | undefined;
}

/** The rules of an installation that takes tokens and nothing else. */
export const TOKENS_ONLY: CredentialRules = { tokenHeaders: ['authorization'] };

/**
 * Reads the one credential of a request: a token, or a verified certificate of the connection, which
 * speaks for its holder or, where it is a front proxy's, for the user that the headers name.
 *
 * A certificate that does not verify is no credential: a token beside it decides alone. One that does
 * is refused beside a token, because a request has one caller.
 */
export function readCredential(
  rules: CredentialRules,
  rawHeaders: RawHeaders,
  peer: PeerCertificate,
): Result<Credential, AccessRejection> {
  const token = readToken(rules.tokenHeaders, rawHeaders);
  const isMissing = !token.ok && token.rejection.code === 'token_missing';
  if (peer.kind === 'none' || (peer.kind === 'unusable' && !isMissing)) return token;
  if (peer.kind === 'unusable') {
    return refuse({ code: 'certificate_rejected', problem: peer.problem });
  }
  if (token.ok) return refuse({ code: 'credentials_several' });
  return isMissing ? readCertificate(rules, rawHeaders, peer) : token;
}

function readToken(
  names: readonly TokenHeader[],
  rawHeaders: RawHeaders,
): Result<BearerToken, AccessRejection> {
  let found: BearerToken | undefined;
  for (const name of names) {
    const values = headerValues(rawHeaders, name);
    const read = name === 'authorization' ? readBearerToken(values) : readPlainToken(values);
    if (!read.ok) {
      if (read.rejection.code !== 'token_missing') return read;
    } else if (found !== undefined && found !== read.value) {
      return refuse({ code: 'token_malformed', problem: 'differing_headers' });
    } else {
      found = read.value;
    }
  }
  return found === undefined ? refuse({ code: 'token_missing' }) : accept(found);
}

/** Reads a token that stands in a header without a scheme. */
function readPlainToken([header, ...others]: readonly string[]): Result<
  BearerToken,
  AccessRejection
> {
  const token = header?.trim() ?? '';
  if (others.length > 0) return refuse({ code: 'token_malformed', problem: 'repeated_header' });
  if (token === '') return refuse({ code: 'token_missing' });
  if (isBearerToken(token)) return accept(token);
  const problem = token.length > MAX_TOKEN_BYTES ? 'too_long' : 'not_visible_ascii';
  return refuse({ code: 'token_malformed', problem });
}

function readCertificate(
  rules: CredentialRules,
  rawHeaders: RawHeaders,
  { pool, subject }: VerifiedCertificate,
): Result<Credential, AccessRejection> {
  switch (pool) {
    case 'client':
      return rules.clientCertificates === undefined
        ? refuse({ code: 'certificate_rejected', problem: 'unverified' })
        : ClientCertificate.of(subject, rules.clientCertificates);
    case 'frontProxy':
      return rules.frontProxy === undefined
        ? refuse({ code: 'certificate_rejected', problem: 'unverified' })
        : readDelegatedUser(rules.frontProxy, rawHeaders, subject.commonNames);
    default:
      return pool satisfies never;
  }
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

function readDelegatedUser(
  { allowedNames, userHeader, groupHeader }: FrontProxyConfig,
  rawHeaders: RawHeaders,
  [proxy, ...others]: readonly string[],
): Result<DelegatedUser, AccessRejection> {
  if (proxy === undefined || others.length > 0 || !allowedNames.includes(proxy)) {
    return refuse({ code: 'certificate_rejected', problem: 'unknown_proxy' });
  }
  const [user, ...otherUsers] = headerValues(rawHeaders, userHeader);
  if (otherUsers.length > 0) {
    return refuse({ code: 'delegation_malformed', problem: 'repeated_header' });
  }
  if (user === undefined || user.trim() === '') {
    return refuse({ code: 'delegation_malformed', problem: 'user_missing' });
  }
  const groups = headerValues(rawHeaders, groupHeader);
  // Other bytes mean different letters to different programs.
  if (![user, ...groups].every((name) => PRINTABLE_ASCII.test(name))) {
    return refuse({ code: 'delegation_malformed', problem: 'name_malformed' });
  }
  return DelegatedUser.namedBy(proxy, { user, groups });
}
