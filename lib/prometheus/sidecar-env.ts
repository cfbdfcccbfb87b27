import type { SpecFields } from './prometheus-spec.ts';

const SIDECAR = 'thanos-sidecar';

/**
 * Gives variables to the sidecar. The resource has no field for them; the operator merges a container of
 * the same name into its own.
 *
 * @param fields - Fields that may name that container already.
 */
export function withSidecarEnv(
  fields: SpecFields,
  env: Readonly<Record<string, string>>,
): SpecFields {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  if (variables.length === 0) return fields;
  const given: readonly unknown[] = Array.isArray(fields['containers']) ? fields['containers'] : [];
  const isSidecar = (it: unknown): it is object =>
    typeof it === 'object' && it !== null && 'name' in it && it.name === SIDECAR;
  const own = { ...given.find(isSidecar), name: SIDECAR, env: variables };
  return { ...fields, containers: [...given.filter((it) => !isSidecar(it)), own] };
}
