/**
 * Who is calling, as the API server or a token file names it.
 *
 * Every member goes into the access review: authorizers may decide by any of them.
 */
export interface Identity {
  /** The user name, such as `system:serviceaccount:team-a:grafana`. */
  readonly username: string;
  /** The unique id of the user object, or the empty string where there is none. */
  readonly uid: string;
  /** The groups of the user. */
  readonly groups: readonly string[];
  /** Further facts of the authenticator, such as the pod that a token is bound to. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The namespace of a ServiceAccount, or `undefined` for any other identity. */
export function serviceAccountNamespace(identity: Identity): string | undefined {
  return SERVICE_ACCOUNT.exec(identity.username)?.[1];
}

const FROZEN = new WeakSet<Identity>();

/**
 * Copies an identity so that nobody can change it between the decision and its use. One that this
 * function made comes back as it is.
 */
export function frozenIdentity(identity: Identity): Identity {
  if (FROZEN.has(identity)) return identity;
  const extra = Object.entries(identity.extra).map(
    ([name, values]): [string, readonly string[]] => [name, Object.freeze([...values])],
  );
  const frozen = Object.freeze({
    username: identity.username,
    uid: identity.uid,
    groups: Object.freeze([...identity.groups]),
    extra: Object.freeze(Object.fromEntries(extra)),
  });
  FROZEN.add(frozen);
  return frozen;
}
