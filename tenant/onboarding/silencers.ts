import type { Construct } from 'constructs';
import { SynthError } from '../../lib/synth-error.ts';
import type { TenantId } from '../tenant-id.ts';
import { type GrantedRole, grantRole } from './granted-role.ts';
import { type SilenceAttributes, silencerRule } from './reader-rules.ts';
import type { Subject } from './subject.ts';

/** Settings of {@link addSilencers}. */
export interface SilencersProps {
  /** The tenant. */
  readonly tenant: TenantId;
  /** The frontend, which says what it asks for. */
  readonly frontend: SilenceAttributes;
  /** Who may. */
  readonly silencers: readonly Subject[];
  /** Labels of the objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Adds the right to create, update and expire silences, or nothing where nobody is to have it.
 *
 * @throws {SynthError} If the frontend takes no changes of silences, or everybody could make them.
 */
export function addSilencers(scope: Construct, props: SilencersProps): GrantedRole | undefined {
  const { labels, silencers, tenant } = props;
  if (silencers.length === 0) return undefined;
  const { silenceAttributes } = props.frontend;
  if (silenceAttributes === undefined) {
    throw new SynthError(
      `Tenant ${tenant} silencers`,
      'the frontend lets nobody change silences, so the right would be for nothing',
      'set endpoints.silenceWrites and upstreams.alertmanager of the frontend, or leave it out',
    );
  }
  return grantRole(scope, 'silencer-', {
    name: 'silences-writer',
    tenant,
    rules: [silencerRule(silenceAttributes)],
    setting: 'silencers',
    purpose: "silence the tenant's alerts",
    subjects: silencers,
    labels,
  });
}
