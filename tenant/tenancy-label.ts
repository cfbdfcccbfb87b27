declare const tenancyLabel: unique symbol;

/**
 * The name of the label that carries the tenant on every series, usually `namespace`.
 *
 * Only {@link parseTenancyLabel} creates one, so it can stand in a selector without quotes.
 */
export type TenancyLabel = string & { readonly [tenancyLabel]: never };

const LEGACY_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The tenancy label where nothing else is configured. */
export const DEFAULT_TENANCY_LABEL: TenancyLabel = assertTenancyLabel('namespace');

/**
 * The key on Namespace objects that marks a tenant. Its value is `"true"`, or the tenant's name
 * where namespaces are mapped to tenants.
 */
export const TENANT_NAMESPACE_LABEL = 'prometheus-tenancy-kit/tenant';

/**
 * Reads a tenancy label from configuration, or returns `undefined` when it is not usable as one.
 *
 * Names that begin with two underscores belong to Prometheus (`__name__`, `__address__`) and are
 * refused: scoping by such a label would change the query instead of narrowing it.
 */
export function parseTenancyLabel(text: string): TenancyLabel | undefined {
  return isTenancyLabel(text) ? text : undefined;
}

function isTenancyLabel(text: string): text is TenancyLabel {
  return LEGACY_LABEL_NAME.test(text) && !text.startsWith('__');
}

function assertTenancyLabel(text: string): TenancyLabel {
  const label = parseTenancyLabel(text);
  if (label === undefined) throw new TypeError(`${text} is not a tenancy label`);
  return label;
}
