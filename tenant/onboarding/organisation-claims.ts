import type { IConstruct } from 'constructs';
import { SynthError } from '../../lib/synth-error.ts';

/** An organisation of a shared Grafana that a data source with a tenant's token goes into. */
export interface OrganisationClaim {
  /** Which of several shared Grafanas it is. */
  readonly grafana: string;
  readonly orgId: number;
  /** Whether the organisation is to be that of one tenant alone. */
  readonly isExclusive: boolean;
}

interface Held {
  readonly tenant: string;
  readonly isExclusive: boolean;
}

// By the root of the construct tree: what is synthesised together is one installation.
const HELD = new WeakMap<IConstruct, Map<string, readonly Held[]>>();

/**
 * Notes that a tenant's token goes into an organisation.
 *
 * @param root - The root of the construct tree that the tenant is in.
 * @throws {SynthError} If the organisation is that of another tenant alone, or if it is to be that of
 *   this tenant alone and another one is in it.
 */
export function claimOrganisation(
  root: IConstruct,
  tenant: string,
  { grafana, orgId, isExclusive }: OrganisationClaim,
): void {
  const claims = HELD.get(root) ?? new Map<string, readonly Held[]>();
  HELD.set(root, claims);
  const key = JSON.stringify([grafana, orgId]);
  const held = claims.get(key) ?? [];
  const other = held.find((it) => it.tenant !== tenant && (isExclusive || it.isExclusive));
  if (other !== undefined) {
    throw new SynthError(
      `GrafanaDataSource of ${tenant}`,
      `organisation ${orgId} also gets the token of ${other.tenant}, and each of its viewers could use both`,
      'give each tenant an organisation of its own, name different Grafanas by the property grafana, or use GrafanaDataSource.forwardedOAuth or GrafanaDataSource.unsafeSharedOrganisation for both',
    );
  }
  claims.set(key, [...held, { tenant, isExclusive }]);
}
