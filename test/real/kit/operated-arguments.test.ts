import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { at, listAt } from '../../lib/support/manifests.ts';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import {
  type OperatedCluster,
  operatedResources,
  startOperatedCluster,
} from './support/operated-resources.ts';

const PARTS = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'operator-crds',
  'prometheus-operator',
  'prometheus',
  'thanos',
] as const;

// Which program a container runs.
const PROGRAMS = {
  prometheus: 'prometheus',
  'thanos-sidecar': 'thanos',
  'thanos-ruler': 'thanos',
} as const;

await describeReal('the arguments that the operator makes of the resources', PARTS, () => {
  let operated: OperatedCluster;

  beforeAll(async () => {
    operated = await startOperatedCluster();
  });

  afterAll(() => operated.stop());

  // A program reads all of its arguments before it tells its version and ends.
  const read = async (name: keyof typeof PROGRAMS, args: readonly string[]): Promise<string> => {
    const program = await partBinary(PROGRAMS[name]);
    const { stderr, stdout } = await runProgram(program, [...args, '--version']);
    return stdout + stderr;
  };

  it.each(operatedResources())('are all known to the programs: $title', async (resource) => {
    const template = await operated.podTemplateOf(resource);
    const isPrometheus = resource.manifest.kind === 'Prometheus';
    for (const name of isPrometheus
      ? (['prometheus', 'thanos-sidecar'] as const)
      : (['thanos-ruler'] as const)) {
      const container = listAt(template, 'spec', 'containers').find(
        (it) => at(it, 'name') === name,
      );
      const args = listAt(container, 'args').map(String);
      expect(args.length).toBeGreaterThan(5);
      expect(await read(name, args)).toMatch(/^(?:prometheus|thanos), version /);
      expect(await read(name, [...args, '--no-such'])).toContain("unknown long flag '--no-such'");
    }
  });
});
