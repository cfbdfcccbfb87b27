import { type ApiObject, JsonPatch } from 'cdk8s';

/**
 * Takes the namespace off an object that lives in none.
 *
 * A chart puts its namespace on every object in it, and the API server silently drops it from those
 * of the cluster; comparing tools then report a difference for ever.
 */
export function clusterScoped<T extends ApiObject>(object: T): T {
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return object;
}
