import type {
  AccessReviewSpec,
  ClusterReviewSpec,
  ResourceAttributes,
} from '../../access/access-review-spec.ts';
import type {
  AccessReviewer,
  AccessVerdict,
  ClusterReviewer,
} from '../../access/access-reviewer.ts';
import { Fault } from '../../fault.ts';
import type { ApiClient } from './api-client.ts';
import { asObject } from './json-fields.ts';

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** Reviews access by creating a SubjectAccessReview at the API server. */
export function createAccessReviewer(client: ApiClient): AccessReviewer & ClusterReviewer {
  return {
    reviewAccess: async (spec) =>
      readVerdict(await client.post(PATH, printReview(spec, printAttributes(spec)))),
    reviewCluster: async (spec) =>
      readVerdict(await client.post(PATH, printReview(spec, printClusterAttributes(spec)))),
  };
}

/** Prints the SubjectAccessReview of an identity, field for field, and of what it is asked about. */
function printReview(
  { identity }: Pick<AccessReviewSpec, 'identity'>,
  resourceAttributes: unknown,
): unknown {
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: identity.username,
      uid: identity.uid,
      groups: identity.groups,
      extra: identity.extra,
      resourceAttributes,
    },
  };
}

/** Prints what a spec asks for, apart from who. */
export function printAttributes({ attributes, namespace }: AccessReviewSpec): unknown {
  // Never empty, which would ask for all namespaces: a TenantId has at least one character.
  return { namespace, ...membersOf(attributes) };
}

/** Does so for a question about the whole cluster: without a namespace it is about all of them. */
export function printClusterAttributes({ attributes }: ClusterReviewSpec): unknown {
  return membersOf(attributes);
}

// One by one: an object from elsewhere could bring a namespace along.
function membersOf(attributes: ResourceAttributes): object {
  return {
    verb: attributes.verb,
    group: attributes.group,
    resource: attributes.resource,
    subresource: attributes.subresource,
    ...(attributes.name !== undefined && { name: attributes.name }),
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
