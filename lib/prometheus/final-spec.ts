import type { ApiObject } from 'cdk8s';
import type { FinalSpec } from './tenancy-walls.ts';

/** The `spec` of a resource as it will be written, every patch included. */
export function finalSpec(resource: ApiObject): FinalSpec {
  const manifest: unknown = resource.toJson();
  const spec: unknown =
    typeof manifest === 'object' && manifest !== null && 'spec' in manifest ? manifest.spec : {};
  return typeof spec === 'object' && spec !== null ? { ...spec } : {};
}
