import { accept, refuse, type Result } from '../result.ts';
import type { Access, Identified } from './access.ts';
import type { BearerToken } from './bearer-token.ts';
import {
  type CertificateSubject,
  checkName,
  MAX_GROUPS,
  readSubject,
  type SubjectRules,
} from './certificate-subject.ts';
import { frozenIdentity, type Identity } from './identity.ts';
import type { AccessRejection } from './rejection.ts';

/** What a caller shows to say who it is: one of these, never two at once. */
export type Credential = BearerToken | ClientCertificate | DelegatedUser;

/** The group of everybody whom the API server would let in by a certificate or a front proxy. */
const AUTHENTICATED_GROUP = 'system:authenticated';

/** Where Kubernetes notes which certificate or token somebody was let in with. */
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** A verified client certificate that speaks for its holder. */
export class ClientCertificate {
  /** The common name is the user, the organizations are the groups. */
  readonly identity: Identity;

  private constructor(identity: Identity) {
    this.identity = identity;
  }

  /** Reads whom a certificate names. Whoever calls this has verified the certificate. */
  static of(
    subject: CertificateSubject,
    rules: SubjectRules,
  ): Result<ClientCertificate, AccessRejection> {
    const names = readSubject(subject, rules);
    if (!names.ok) return names;
    const { user, groups } = names.value;
    const extra = { [CREDENTIAL_ID]: [`X509SHA256=${subject.fingerprint}`] };
    return accept(new ClientCertificate(identityOf(user, groups, extra)));
  }
}

/** Whom a front proxy says it asks for. */
export interface NamedUser {
  readonly user: string;
  readonly groups: readonly string[];
}

/** A user for whom a front proxy asks that identified itself by a certificate of its own. */
export class DelegatedUser {
  readonly identity: Identity;
  /** The common name of the proxy's certificate. */
  readonly proxy: string;

  private constructor(identity: Identity, proxy: string) {
    this.identity = identity;
    this.proxy = proxy;
  }

  /** Takes the word of a proxy. Whoever calls this has verified the proxy's certificate. */
  static namedBy(
    proxy: string,
    { user, groups }: NamedUser,
  ): Result<DelegatedUser, AccessRejection> {
    if (groups.length > MAX_GROUPS) {
      return refuse({ code: 'delegation_malformed', problem: 'too_many_groups' });
    }
    for (const name of [user, ...groups]) {
      const problem = checkName(name, { allowSystemNames: false });
      if (problem !== undefined) return refuse({ code: 'delegation_malformed', problem });
    }
    return accept(new DelegatedUser(identityOf(user, groups, {}), proxy));
  }
}

/**
 * Finds out who shows this credential. A token is put before whoever decides about tokens; the other
 * kinds were verified where they came in, on this very request, so that nothing of them is remembered.
 */
export async function identifyCredential(
  access: Pick<Access, 'identify'>,
  credential: Credential,
): Promise<Result<Identified, AccessRejection>> {
  if (typeof credential === 'string') return access.identify(credential);
  const { identity } = credential;
  return credential instanceof DelegatedUser
    ? accept({ identity, source: 'front_proxy', delegatedBy: credential.proxy })
    : accept({ identity, source: 'certificate' });
}

function identityOf(
  username: string,
  groups: readonly string[],
  extra: Identity['extra'],
): Identity {
  const all = [...new Set([...groups, AUTHENTICATED_GROUP])];
  return frozenIdentity({ username, uid: '', groups: all, extra });
}
