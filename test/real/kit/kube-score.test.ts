import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { at, type Json, listAt, type Manifest } from '../../lib/support/manifests.ts';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { type Exception, EXCEPTIONS } from './kube-score-exceptions.ts';
import { copyOverlays, KUSTOMIZATIONS, type OverlayFolder } from './overlays.ts';

// What kube-score calls critical; from 5 on it is a warning.
const CRITICAL = 1;

interface Finding {
  readonly check: string;
  readonly of: string;
  readonly comment: string;
}

/** What kube-score says about manifests: how many checks it made, and what it calls critical. */
async function score(
  manifests: readonly Manifest[],
): Promise<{ readonly checks: number; readonly findings: readonly Finding[] }> {
  const args = ['score', '--output-format=json', '--kubernetes-version=v1.30', '-'];
  const stdin = manifests.map((it) => JSON.stringify(it)).join('\n---\n');
  const { stdout } = await runProgram(await partBinary('kube-score'), args, { stdin });
  const checks = (JSON.parse(stdout) as Json[]).flatMap((object) =>
    listAt(object, 'checks')
      .filter((it) => at(it, 'skipped') === false)
      .map((check) => ({ object, check })),
  );
  const findings = checks.flatMap(({ check, object }) => {
    if (Number(at(check, 'grade')) > CRITICAL) return [];
    const name = `${String(at(object, 'object_meta', 'namespace') ?? '')}/${String(at(object, 'object_meta', 'name'))}`;
    return listAt(check, 'comments').map((comment) => ({
      check: String(at(check, 'check', 'id')),
      of: `${String(at(object, 'type_meta', 'kind'))} ${name}`,
      comment: String(at(comment, 'summary')),
    }));
  });
  return { checks: checks.length, findings };
}

function accepts(exception: Exception, { check, comment, of }: Finding): boolean {
  return exception.check === check && exception.of.test(of) && exception.comment.test(comment);
}

function unaccepted(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding) => !EXCEPTIONS.some((it) => accepts(it, finding)));
}

await describeReal('kube-score', ['kubectl', 'kube-score'], () => {
  let overlays: OverlayFolder;

  beforeAll(async () => {
    overlays = await copyOverlays();
  });

  afterAll(() => overlays.folder.remove());

  it.each(KUSTOMIZATIONS)('finds no error but those with a reason: %s', async (name) => {
    const { checks, findings } = await score(await overlays.render(name));
    expect(checks).toBeGreaterThan(100);
    expect(unaccepted(findings)).toEqual([]);
    expect(EXCEPTIONS.filter((it) => !findings.some((one) => accepts(it, one)))).toEqual([]);
  });

  it.each<[string, string, readonly string[], Json, string]>([
    [
      'an image without a version',
      'image',
      [],
      'quay.io/thanos/thanos:latest',
      'container-image-tag',
    ],
    [
      'a writable root',
      'readOnlyRootFilesystem',
      ['securityContext'],
      false,
      'container-security-context-readonlyrootfilesystem',
    ],
    ['no memory limit', 'limits', ['resources'], {}, 'container-resources'],
  ])('would find %s', async (_what, field, path, value, check) => {
    const manifests = structuredClone(await overlays.render('dist'));
    const querier = manifests.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'thanos-querier',
    );
    const container = at(querier?.spec, 'template', 'spec', 'containers', 0, ...path);
    Object.assign(container as object, { [field]: value });
    const found = unaccepted((await score(manifests)).findings);
    expect(found).toEqual([
      expect.objectContaining({ check, of: expect.stringContaining('thanos-querier') }),
    ]);
  });
});
