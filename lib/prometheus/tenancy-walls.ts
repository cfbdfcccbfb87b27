import { TENANT_NAMESPACE_LABEL } from '../../tenant/tenancy-label.ts';
import { refuseTenancyLabelAmong } from '../tenancy-labels.ts';
import { surfaceFields, tenancyFields } from './prometheus-spec.ts';
import { namespaceSelectorOf, reachesTenants } from './tenant-selection.ts';
import { REPLICA_LABEL, type TenantPrometheusSettings } from './tenant-prometheus-props.ts';
import { CLIENT_AUTHENTICATION } from './web-access-fields.ts';

/** The `spec` of a resource after every patch, of which nothing is known. */
export type FinalSpec = Readonly<Record<string, unknown>>;

/**
 * Says what is wrong with a Prometheus resource that is about to be written.
 *
 * The walls are checked on the final text, so that a JSON patch, which is there for what the kit does
 * not know, cannot silently take one down.
 */
export function brokenWalls(spec: FinalSpec, settings: TenantPrometheusSettings): string[] {
  return [
    ...changedFields(spec, settings),
    ...openWebPort(spec, settings),
    ...foreignKinds(spec),
    ...foreignRules(spec),
    ...tenancyLabelAsIdentity(spec, settings),
    ...changedIdentity(spec),
  ];
}

// Which monitors of a tenant are taken is no wall; everything else that these set is.
const FREE_FIELDS = ['serviceMonitorSelector', 'podMonitorSelector', 'portName'];

function changedFields(spec: FinalSpec, settings: TenantPrometheusSettings): string[] {
  const walls = { ...tenancyFields('walls', settings), ...surfaceFields(settings) };
  return Object.entries(walls)
    .filter(([field]) => !FREE_FIELDS.includes(field))
    .filter(([field, value]) => JSON.stringify(spec[field]) !== JSON.stringify(value))
    .map(
      ([field, value]) =>
        `spec.${field} must be ${JSON.stringify(value)} to keep tenants apart; ` +
        'use the property of the construct if it has one',
    );
}

// Prometheus' own `/federate` gives every tenant's series to whoever reaches it.
function openWebPort(spec: FinalSpec, { webAccess }: TenantPrometheusSettings): string[] {
  if (webAccess.certificates === undefined) return [];
  const tls = fieldOf(fieldOf(spec, 'web'), 'tlsConfig');
  return fieldOf(tls, 'clientAuthType') === CLIENT_AUTHENTICATION
    ? []
    : [
        `spec.web.tlsConfig.clientAuthType must be ${CLIENT_AUTHENTICATION}, or anybody may ask ` +
          'Prometheus itself; WebAccess.unsafeNetworkPolicy() goes without certificates',
      ];
}

function fieldOf(value: unknown, field: string): unknown {
  const fields: FinalSpec = typeof value === 'object' ? { ...value } : {};
  return fields[field];
}

function foreignKinds(spec: FinalSpec): string[] {
  return ['scrapeConfigSelector', 'probeSelector']
    .filter((field) => reachesTenants(spec, field))
    .map(
      (field) =>
        `spec.${field} takes objects of tenants, whose targets the operator does not confine; ` +
        `restrict spec.${namespaceSelectorOf(field)} to namespaces without ${TENANT_NAMESPACE_LABEL}`,
    );
}

/** Says where tenants' rules reach an evaluator by way of the operator. */
export function foreignRules(spec: FinalSpec): string[] {
  if (!reachesTenants(spec, 'ruleSelector')) return [];
  return [
    'spec.ruleSelector takes rules of tenants, and the enforcement of the operator answers from ' +
      'other tenants (aggregation parameters, templates); restrict spec.ruleNamespaceSelector to ' +
      `namespaces without ${TENANT_NAMESPACE_LABEL}`,
  ];
}

// Queries deduplicate by this label, and without it the blocks of replicas cannot be told apart.
function changedIdentity(spec: FinalSpec): string[] {
  return spec['replicaExternalLabelName'] === REPLICA_LABEL
    ? []
    : [`spec.replicaExternalLabelName must be "${REPLICA_LABEL}", by which queriers deduplicate`];
}

function tenancyLabelAsIdentity(spec: FinalSpec, settings: TenantPrometheusSettings): string[] {
  const external = spec['externalLabels'];
  const labels = typeof external === 'object' && external !== null ? Object.keys(external) : [];
  try {
    refuseTenancyLabelAmong('spec.externalLabels', settings.tenancyLabel, [
      ...labels,
      String(spec['replicaExternalLabelName']),
      String(spec['prometheusExternalLabelName']),
    ]);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
