import { AT_FLOOR, PLATFORM } from './parts.ts';

/**
 * Tells a Prometheus resource of the kit which Prometheus the tests run, as its property `prometheus`
 * would: the operator writes what that version knows. Other objects stay as they are.
 *
 * The oldest one cannot notice a changed configuration by itself, for which synthesis refuses it beside
 * client certificates. So the argument goes; the certificates are not what is looked at here.
 */
export function forPlatform<T extends { readonly kind: string; readonly spec?: unknown }>(
  manifest: T,
): T {
  if (manifest.kind !== 'Prometheus') return manifest;
  const version = `v${PLATFORM.prometheus.reported}`;
  const changed = { version, ...(AT_FLOOR && { additionalArgs: [] }) };
  return { ...manifest, spec: { ...(manifest.spec as object), ...changed } };
}
