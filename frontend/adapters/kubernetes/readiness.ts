import type { ResourceAttributes } from '../../access/access-review-spec.ts';
import type { AccessReviewer } from '../../access/access-reviewer.ts';
import { isBearerToken } from '../../access/bearer-token.ts';
import type { Identity } from '../../access/identity.ts';
import { SingleFlight } from '../../access/single-flight.ts';
import type { TokenReviewer } from '../../access/token-reviewer.ts';
import { Fault } from '../../fault.ts';
import { parseTenantId, type TenantId } from '../../../tenant/tenant-id.ts';
import type { ApiClient } from './api-client.ts';

/** Whether access decisions can be made, and if not, the code of the Fault that stands in the way. */
export type AccessReadiness =
  { readonly isReady: true } | { readonly isReady: false; readonly reason: string };

/** What the readiness check asks. */
export interface ReadinessDeps {
  readonly client: Pick<ApiClient, 'ownToken'>;
  readonly tokenReviewer: TokenReviewer;
  readonly accessReviewer: AccessReviewer;
  readonly attributes: ResourceAttributes;
}

// Whether a review is answered does not depend on whom it is about.
const SOMEBODY: Identity = {
  username: 'prometheus-tenancy-kit:readiness',
  uid: '',
  groups: [],
  extra: {},
};
const PROBE_NAMESPACE = probeNamespace();

/**
 * Creates a check that is ready once both kinds of review were answered, whatever the verdict, and
 * stays ready from then on: while the API server is away, remembered verdicts still serve, and a
 * frontend without endpoints would answer nobody.
 */
export function createReadiness(deps: ReadinessDeps): () => Promise<AccessReadiness> {
  const flights = new SingleFlight<AccessReadiness>();
  let isReady = false;
  return async () => {
    if (isReady) return { isReady };
    const readiness = await flights.run('readiness', () => askBoth(deps));
    isReady = readiness.isReady;
    return readiness;
  };
}

async function askBoth(deps: ReadinessDeps): Promise<AccessReadiness> {
  try {
    const token = await deps.client.ownToken();
    if (!isBearerToken(token)) return { isReady: false, reason: 'own_token_malformed' };
    const { attributes } = deps;
    const verdict = await deps.tokenReviewer.reviewToken(token, []);
    const identity = verdict.kind === 'authenticated' ? verdict.identity : SOMEBODY;
    await deps.accessReviewer.reviewAccess({ identity, attributes, namespace: PROBE_NAMESPACE });
    return { isReady: true };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { isReady: false, reason: error.code };
  }
}

function probeNamespace(): TenantId {
  const namespace = parseTenantId('default');
  if (namespace === undefined) throw new TypeError('the probe needs a namespace');
  return namespace;
}
