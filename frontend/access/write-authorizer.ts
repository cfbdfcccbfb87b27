import type { TenantId } from '../../tenant/tenant-id.ts';
import type { Result } from '../result.ts';
import type { Authorized, WriteVerb } from './access.ts';
import type { ResourceAttributes } from './access-review-spec.ts';
import type { KubernetesAccessSettings, ScopeLabels } from './access-settings.ts';
import { AccessVerdicts, type AccessVerdictsDeps } from './access-verdicts.ts';
import type { Identity } from './identity.ts';
import type { AccessRejection } from './rejection.ts';
import { TenantAuthorizer } from './tenant-authorizer.ts';
import type { TenantMap } from './tenant-map.ts';

interface VerbAuthorizer {
  readonly authorizer: TenantAuthorizer;
  readonly verdicts: AccessVerdicts;
}

/** Grants scopes for changes. Each verb is a question of its own, with verdicts of its own. */
export class WriteAuthorizer {
  readonly #byVerb: Readonly<Record<WriteVerb, VerbAuthorizer>>;

  constructor(
    deps: AccessVerdictsDeps & { readonly tenantMap: TenantMap },
    attributes: Omit<ResourceAttributes, 'verb'>,
    { cache, ...labels }: ScopeLabels & Pick<KubernetesAccessSettings, 'cache'>,
  ) {
    const of = (verb: WriteVerb): VerbAuthorizer => {
      const verdicts = new AccessVerdicts(deps, { attributes: { ...attributes, verb }, cache });
      const { tenantMap } = deps;
      return {
        verdicts,
        authorizer: new TenantAuthorizer({ verdicts, tenantMap }, labels),
      };
    };
    this.#byVerb = { create: of('create'), update: of('update'), delete: of('delete') };
  }

  /** Grants a scope over all of `tenants`, or names the first of them that is denied. */
  authorize(
    identity: Identity,
    tenants: readonly TenantId[],
    verb: WriteVerb,
  ): Promise<Result<Authorized, AccessRejection>> {
    return this.#byVerb[verb].authorizer.authorize(identity, tenants);
  }

  /** Forgets what is remembered about rights in a namespace, or everywhere. */
  forget(namespace?: string): void {
    for (const { verdicts } of Object.values(this.#byVerb)) verdicts.forget(namespace);
  }
}
