import type { FollowedKeys, IssuerKeySet } from './followed-keys.ts';
import type { TokenCheck } from './verify-token.ts';

/** The outcome of {@link checkByKeys}. `unknown`: the keys could not be read. */
export type KeysVerdict =
  Extract<TokenCheck, { readonly kind: 'passed' }> | { readonly kind: 'rejected' | 'unknown' };

/** Checks a token by keys, and waits for them where they are missing or lack the one needed. */
export async function checkByKeys(
  keys: FollowedKeys,
  checkWith: (keySet: IssuerKeySet) => Promise<TokenCheck>,
): Promise<KeysVerdict> {
  const check = async (): Promise<TokenCheck> =>
    keys.current === undefined ? { kind: 'not_applicable' } : checkWith(keys.current);
  keys.renew();
  if (keys.current === undefined) await keys.refresh();
  let outcome = await check();
  if (outcome.kind === 'unknown_key') {
    await keys.refresh();
    outcome = await check();
  }
  switch (outcome.kind) {
    case 'passed':
    case 'rejected':
      return outcome.kind === 'passed' ? outcome : { kind: 'rejected' };
    case 'unknown_key':
      // If the keys could not be read, the key may be a new one: then the token is not to blame.
      return { kind: keys.isUpToDate ? 'rejected' : 'unknown' };
    case 'not_applicable':
      return { kind: 'unknown' };
    default:
      return outcome satisfies never;
  }
}
