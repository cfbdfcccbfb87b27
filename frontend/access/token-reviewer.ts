import type { BearerToken } from './bearer-token.ts';
import type { Identity } from './identity.ts';

/** Asks the authority whose token this is. */
export interface TokenReviewer {
  /**
   * Reviews a token.
   *
   * @param audiences - The audiences that the token may be meant for; empty asks for the audience
   *   of the authority itself.
   * @throws {Fault} If there is no verdict: no connection, no answer in time, an answer that is
   *   not a review. Such an outcome says nothing about the token.
   */
  reviewToken(token: BearerToken, audiences: readonly string[]): Promise<TokenVerdict>;
}

/** What the authority said about a token. */
export type TokenVerdict =
  | {
      readonly kind: 'authenticated';
      readonly identity: Identity;
      /** The audiences, among those asked for, that the token is meant for. */
      readonly audiences: readonly string[];
    }
  | { readonly kind: 'rejected' };
