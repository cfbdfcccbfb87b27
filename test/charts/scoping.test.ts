import { describe, expect, it } from '@jest/globals';
import { at, listAt, type Manifest } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';
import { podTemplates } from '../lib/support/pod-templates.ts';

/** The objects in which anything asks Thanos to scope queries itself. */
function scopingElsewhere(manifests: readonly Manifest[]): string[] {
  return manifests
    .filter((manifest) => /enforce-tenancy|tenant-label-name/.test(JSON.stringify(manifest)))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

const manifests = exampleManifests();

describe('the manifests', () => {
  it('have a querier, whose arguments are seen', () => {
    const querier = podTemplates(manifests).find(({ owner }) => owner.endsWith('thanos-querier'));
    const args = listAt(querier?.spec, 'containers').flatMap((it) => listAt(it, 'args'));
    expect(args).toContain('query');
    expect(at(querier?.spec, 'containers')).toBeDefined();
  });

  it('leave scoping to the query frontend, and never to a querier', () => {
    expect(scopingElsewhere(manifests)).toEqual([]);
  });

  it('would be seen if they did not', () => {
    const [first, ...rest] = manifests;
    if (first === undefined) throw new Error('no manifest');
    const planted = { ...first, spec: { args: ['query', '--query.enforce-tenancy'] } };
    expect(scopingElsewhere([planted, ...rest])).toEqual([`${first.kind} ${first.metadata.name}`]);
  });
});
