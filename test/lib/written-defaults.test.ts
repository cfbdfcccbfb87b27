import { describe, expect, it } from '@jest/globals';
import { everyThanos } from './support/every-thanos.ts';
import { type Manifest, manifestsOf } from './support/manifests.ts';
import { exampleManifests } from './support/platform.ts';

const LISTS = ['relabelings', 'metricRelabelings', 'relabelConfigs', 'writeRelabelConfigs'];

/** Every relabelling below a value. */
function relabelingsIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) =>
    LISTS.includes(field) && Array.isArray(inner)
      ? inner.map((it: unknown) => Object(it) as object)
      : relabelingsIn(inner),
  );
}

// To an API server of Kubernetes 1.30 a default inside a list is a change each time that it is applied.
describe('relabellings in the manifests', () => {
  it.each<[string, readonly Manifest[]]>([
    ['as shipped', exampleManifests()],
    ['of everything', manifestsOf(everyThanos())],
  ])('say what they do, even where it is the default: %s', (_, manifests) => {
    const found = manifests.flatMap(({ spec }) => relabelingsIn(spec));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((it) => !('action' in it))).toEqual([]);
  });
});
