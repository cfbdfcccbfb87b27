import { describe, expect, it } from '@jest/globals';
import { GrpcTls } from '../../lib/index.ts';
import { everyThanos } from '../lib/support/every-thanos.ts';
import { at, type Json, type Manifest, manifestsOf } from '../lib/support/manifests.ts';
import { exampleManifests } from '../lib/support/platform.ts';
import { allProblems, type CheckName, CHECKS } from './checks/all-problems.ts';
import { EXPECTED } from './checks/manifest-set.ts';
import type { Fault } from './checks/fault.ts';
import { FAULTS } from './checks/faults.ts';

function plant(fault: Fault): readonly Manifest[] {
  const { added, of } = fault;
  const manifests = structuredClone(exampleManifests());
  if (added !== undefined) return [...manifests, added];
  const spoilt = manifests.find(
    ({ kind, metadata }) => kind === of?.[0] && metadata.name === of[1],
  );
  if (spoilt === undefined) throw new Error(`there is no ${String(of)} to spoil`);
  if (fault.at === undefined) return manifests.filter((it) => it !== spoilt);
  put(spoilt, fault.at, fault.value);
  return manifests;
}

function put(object: object, path: readonly (string | number)[], value: Json): void {
  const parent = path.slice(0, -1).reduce<Json>((it, key) => at(it, key), object);
  const last = path.at(-1);
  if (typeof parent !== 'object' || parent === null || last === undefined) {
    throw new Error(`there is no ${path.join('.')}`);
  }
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
}

describe('the checks', () => {
  it('find nothing in the manifests as they are shipped', () => {
    expect(allProblems(exampleManifests())).toEqual([]);
  });

  it.each([
    ['by secrets', GrpcTls.fromSecrets()],
    ['not encrypted', undefined],
  ])('find nothing where every component of Thanos is installed, gRPC %s', (_how, grpcTls) => {
    const chart = everyThanos(grpcTls === undefined ? {} : { grpcTls });
    const found = allProblems(manifestsOf(chart), {
      objects: [
        ...EXPECTED.objects,
        'Secret */thanos-grpc-server-tls',
        'Secret */thanos-grpc-client-tls',
      ],
      namespaces: [...EXPECTED.namespaces, 'alerting'],
    });
    // What stands in for a rules sidecar there says that it has metrics, and listens nowhere.
    expect(found.filter((it) => !it.includes('opens port 9092'))).toEqual([]);
  });

  it.each(FAULTS)('find $what', (fault) => {
    const found = allProblems(plant(fault));
    expect(found).toContainEqual(expect.stringMatching(fault.says));
    expect(found.filter((it) => it.startsWith(`${fault.check}: `))).not.toEqual([]);
  });

  it('are each tried by a fault', () => {
    const tried = new Set<CheckName>(FAULTS.map(({ check }) => check));
    expect([...tried].toSorted()).toEqual(Object.keys(CHECKS).toSorted());
  });
});
