import { describe, expect, it } from '@jest/globals';
import {
  SynthError,
  THANOS_FLAGS,
  THANOS_VERSIONS,
  type ThanosComponent,
  ThanosStoreGateway,
  type ThanosWorkloadProps,
} from '../../lib/index.ts';
import { THANOS_COMMANDS } from '../../lib/thanos/flags.ts';
import { isAtLeast, versionOfImage } from '../../lib/thanos/version.ts';
import { everyThanos } from './support/every-thanos.ts';
import { listAt, manifestsOf, only, platformChart } from './support/manifests.ts';

const COMPONENTS = Object.keys(THANOS_FLAGS) as readonly ThanosComponent[];

/** The arguments of every Thanos pod that the kit runs itself, by its component. */
function argumentsIn(version: (typeof THANOS_VERSIONS)[number]): [ThanosComponent, string[]][] {
  return manifestsOf(everyThanos({ version }))
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ spec }) => listAt(spec, 'template', 'spec', 'containers', 0, 'args').map(String))
    .flatMap((args) => {
      const component = COMPONENTS.find((it) =>
        THANOS_COMMANDS[it].every((word, index) => args[index] === word),
      );
      return component === undefined
        ? []
        : [[component, args.slice(THANOS_COMMANDS[component].length)]];
    });
}

describe.each(THANOS_VERSIONS)('with Thanos %s', (version) => {
  it('every component gets flags that it has, each of them usable', () => {
    const found = argumentsIn(version);
    expect(new Set(found.map(([component]) => component))).toEqual(new Set(COMPONENTS));
    for (const [component, args] of found) {
      const { hidden = [], refused, repeatable, since, switches, values } = THANOS_FLAGS[component];
      const flags = args.map((arg) => /^--(?:no-)?([a-z0-9._-]+)/.exec(arg)?.[1] ?? arg);
      for (const flag of flags) {
        expect([component, flag, [...values, ...switches, ...hidden].includes(flag)]).toEqual([
          component,
          flag,
          true,
        ]);
        expect([component, flag, isAtLeast(version, since[flag] ?? '0.38')]).toEqual([
          component,
          flag,
          true,
        ]);
        expect(Object.keys(refused)).not.toContain(flag);
      }
      const single = flags.filter((flag) => !repeatable.includes(flag));
      expect(new Set(single).size).toBe(single.length);
    }
  });
});

describe('the version of a construct', () => {
  it.each([
    ['quay.io/thanos/thanos:v0.38.0', '0.38'],
    ['registry:5000/thanos:0.41.0-rc.1@sha256:abc', '0.41'],
    ['quay.io/thanos/thanos:v0.42.5', '0.42'],
    ['quay.io/thanos/thanos:v0.43.0', undefined],
    ['quay.io/thanos/thanos:v1.2.0', undefined],
    ['quay.io/thanos/thanos:main', undefined],
    ['registry.0.38.0:5000/thanos', undefined],
    ['thanos@sha256:0380', undefined],
  ] as const)('is told by the tag of %s', (image, version) => {
    expect(versionOfImage('Thanos', image)).toBe(version);
  });

  it.each(['quay.io/thanos/thanos:v0.37.2', 'thanos:0.9.0'])('is too old for %s', (image) => {
    const build = (props: ThanosWorkloadProps): ThanosStoreGateway =>
      new ThanosStoreGateway(platformChart(), 'store', props);
    expect(() => build({ image })).toThrow(SynthError);
    expect(() => build({ image })).toThrow(/^ThanosStoreGateway \S+ image: .* is older than any/);
    // A tag may say what it likes, where the version is told.
    expect(() => build({ image, version: '0.40' })).not.toThrow();
  });

  it('is that of its image, unless it is told another', () => {
    const argsOf = (props: ThanosWorkloadProps): string => {
      const chart = platformChart();
      void new ThanosStoreGateway(chart, 'store', props);
      const { spec } = only(manifestsOf(chart), 'StatefulSet');
      return listAt(spec, 'template', 'spec', 'containers', 0, 'args').join(' ');
    };
    const newer = '--disable-admin-operations';
    const image = 'quay.io/thanos/thanos:v0.38.0';
    expect(argsOf({})).toContain(newer);
    expect(argsOf({ image })).not.toContain(newer);
    expect(argsOf({ image, version: '0.42' })).toContain(newer);
    expect(argsOf({ image: 'thanos@sha256:0380' })).toContain(newer);
  });

  it('leaves out what an older Thanos does not have', () => {
    const argsOf = (version: (typeof THANOS_VERSIONS)[number]): string => {
      const chart = platformChart();
      void new ThanosStoreGateway(chart, 'store', { version });
      const { spec } = only(manifestsOf(chart), 'StatefulSet');
      return listAt(spec, 'template', 'spec', 'containers', 0, 'args').join(' ');
    };
    expect(argsOf('0.39')).toContain('--disable-admin-operations');
    expect(argsOf('0.38')).not.toContain('--disable-admin-operations');
  });
});
