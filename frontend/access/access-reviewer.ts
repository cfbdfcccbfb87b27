import type { AccessReviewSpec, ClusterReviewSpec } from './access-review-spec.ts';

/** Asks the authority whether an identity may do what a spec describes. */
export interface AccessReviewer {
  /**
   * Reviews one access. `allowed` is said only when the authority allowed it and did not deny it.
   *
   * @throws {Fault} If there is no verdict. It must be treated as a refusal, and never remembered.
   */
  reviewAccess(spec: AccessReviewSpec): Promise<AccessVerdict>;
}

/** Asks the authority whether an identity may do something in every namespace at once. */
export interface ClusterReviewer {
  /** Reviews one access, as {@link AccessReviewer.reviewAccess} does for one namespace. */
  reviewCluster(spec: ClusterReviewSpec): Promise<AccessVerdict>;
}

/** What the authority said about an access. */
export type AccessVerdict = 'allowed' | 'denied';
