import type {
  AccessReviewer,
  AccessVerdict,
  ClusterReviewer,
} from '../../access/access-reviewer.ts';
import type { BearerToken } from '../../access/bearer-token.ts';
import { frozenIdentity, type Identity } from '../../access/identity.ts';
import type { TokenReviewer } from '../../access/token-reviewer.ts';
import { Fault } from '../../fault.ts';
import { printAttributes, printClusterAttributes, readVerdict } from './access-reviewer.ts';
import type { ApiClient } from './api-client.ts';
import { asObject } from './json-fields.ts';
import { readIdentity } from './token-reviewer.ts';

/** Reviewers that belong together: the second knows whom the first has let in. */
export interface SelfReviewers {
  readonly tokenReviewer: TokenReviewer;
  readonly accessReviewer: AccessReviewer & ClusterReviewer;
}

const WHO_PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const WHAT_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/**
 * Reviews callers by letting the API server say what it takes them for, and what they may do, when
 * they ask for themselves: by a SelfSubjectReview and SelfSubjectAccessReviews with their token. This
 * process needs no right of its own, and audiences are not asked about: the API server takes what
 * is meant for itself.
 *
 * A token is kept as long as its identity is, so that the rights can be asked about later.
 */
export function createSelfReviewers(client: Pick<ApiClient, 'postAs'>): SelfReviewers {
  const tokens = new WeakMap<Identity, BearerToken>();
  const reviewOwn = async (
    identity: Identity,
    resourceAttributes: unknown,
  ): Promise<AccessVerdict> => {
    const token = tokens.get(identity);
    if (token === undefined) {
      throw new Fault('caller_unknown', 'no token is kept for the identity to be reviewed');
    }
    const answer = await ask(client, token, WHAT_PATH, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    });
    if (answer === undefined) {
      // The token ended since it was let in. That is no verdict on what its user may do, who
      // may have another token.
      throw new Fault('caller_unauthenticated', 'the token of the caller is no longer valid');
    }
    return readVerdict(answer);
  };
  return {
    tokenReviewer: {
      reviewToken: async (token) => {
        const answer = await ask(client, token, WHO_PATH, {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'SelfSubjectReview',
        });
        if (answer === undefined) return { kind: 'rejected' };
        const status = asObject(asObject(answer)?.['status']);
        const identity = frozenIdentity(readIdentity(asObject(status?.['userInfo'])));
        tokens.set(identity, token);
        return { kind: 'authenticated', identity, audiences: [] };
      },
    },
    accessReviewer: {
      reviewAccess: (spec) => reviewOwn(spec.identity, printAttributes(spec)),
      reviewCluster: (spec) => reviewOwn(spec.identity, printClusterAttributes(spec)),
    },
  };
}

// What the API server refuses a caller is about that caller: it must not make us leave the API
// server alone, which would hold up everybody else.
async function ask(
  client: Pick<ApiClient, 'postAs'>,
  token: BearerToken,
  path: string,
  body: unknown,
): Promise<unknown> {
  try {
    return await client.postAs(token, path, body);
  } catch (error) {
    if (!(error instanceof Fault) || error.retryAfterMs === undefined) throw error;
    throw new Fault('caller_throttled', 'the API server asks a caller for fewer requests', {
      cause: error,
    });
  }
}
