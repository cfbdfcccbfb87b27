import type { AccessReviewSpec } from '../../access/access-review-spec.ts';
import type { AccessReviewer, AccessVerdict } from '../../access/access-reviewer.ts';
import { Fault } from '../../fault.ts';
import type { ApiClient } from './api-client.ts';
import { asObject } from './json-fields.ts';

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** Reviews access by creating a SubjectAccessReview at the API server. */
export function createAccessReviewer(client: ApiClient): AccessReviewer {
  return {
    reviewAccess: async (spec) => readVerdict(await client.post(PATH, printReview(spec))),
  };
}

/** Prints the SubjectAccessReview of a spec: the user field for field, and the namespace. */
export function printReview(spec: AccessReviewSpec): unknown {
  const { identity } = spec;
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: identity.username,
      uid: identity.uid,
      groups: identity.groups,
      extra: identity.extra,
      resourceAttributes: printAttributes(spec),
    },
  };
}

/** Prints what a spec asks for, apart from who. */
export function printAttributes({ attributes, namespace }: AccessReviewSpec): unknown {
  return {
    // Never empty, which would ask for all namespaces: a TenantId has at least one character.
    namespace,
    verb: attributes.verb,
    group: attributes.group,
    resource: attributes.resource,
    subresource: attributes.subresource,
  };
}

/**
 * Reads the answer to a SubjectAccessReview. An `evaluationError` beside a verdict is no reason to
 * turn it round: the API server decided in spite of it.
 *
 * @throws {Fault} `api_server_answer_malformed` if it is none.
 */
export function readVerdict(answer: unknown): AccessVerdict {
  const status = asObject(asObject(answer)?.['status']);
  if (typeof status?.['allowed'] !== 'boolean') {
    throw new Fault('api_server_answer_malformed', 'not a SubjectAccessReview: no verdict in it');
  }
  const isDenied = status['denied'] !== undefined && status['denied'] !== false;
  return status['allowed'] && !isDenied ? 'allowed' : 'denied';
}
