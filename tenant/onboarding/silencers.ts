import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { SynthError } from '../../lib/synth-error.ts';
import type { TenantId } from '../tenant-id.ts';
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

/** The right to change the silences of a tenant, and who has it. */
export interface Silencers {
  readonly role: k8s.KubeRole;
  readonly roleBinding: k8s.KubeRoleBinding;
}

const NAME = 'silences-writer';

/**
 * Adds the right to create, update and expire silences, or nothing where nobody is to have it.
 *
 * @throws {SynthError} If the frontend takes no changes of silences.
 */
export function addSilencers(scope: Construct, props: SilencersProps): Silencers | undefined {
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
  const metadata = { name: NAME, namespace: tenant, labels: { ...labels } };
  return {
    role: new k8s.KubeRole(scope, 'silencer-role', {
      metadata,
      rules: [silencerRule(silenceAttributes)],
    }),
    roleBinding: new k8s.KubeRoleBinding(scope, 'silencer-role-binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
      subjects: silencers.map((it) => it.in(tenant)),
    }),
  };
}
