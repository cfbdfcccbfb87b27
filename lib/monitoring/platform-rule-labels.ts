/**
 * The labels by which the kit's Prometheus finds rules of the platform. It looks for them in its own
 * namespace alone: rules of tenants reach no evaluator by way of the operator.
 */
export const PLATFORM_RULE_LABELS: Readonly<Record<string, string>> = {
  'prometheus-tenancy-kit/rules': 'platform',
};
