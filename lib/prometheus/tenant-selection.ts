import { TENANT_NAMESPACE_LABEL } from '../../tenant/tenancy-label.ts';

/**
 * Whether a selector of the operator's, such as `ruleSelector`, takes objects out of tenants' namespaces.
 *
 * Without a namespace selector the operator looks only into the namespace of the resource.
 */
export function reachesTenants(
  spec: Readonly<Record<string, unknown>>,
  selectorField: string,
): boolean {
  const selector = spec[namespaceSelectorOf(selectorField)];
  return isSet(spec[selectorField]) && isSet(selector) && !excludesTenants(selector);
}

/** The field that says in which namespaces a selector looks. */
export function namespaceSelectorOf(selectorField: string): string {
  return selectorField.replace(/Selector$/, 'NamespaceSelector');
}

function excludesTenants(selector: unknown): boolean {
  if (typeof selector !== 'object' || selector === null) return false;
  const expressions: unknown = 'matchExpressions' in selector ? selector.matchExpressions : [];
  return (
    Array.isArray(expressions) &&
    expressions.some(
      (it: { key?: unknown; operator?: unknown }) =>
        it.key === TENANT_NAMESPACE_LABEL && it.operator === 'DoesNotExist',
    )
  );
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
