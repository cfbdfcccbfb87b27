import { expect, it } from '@jest/globals';
import { THANOS_FLAGS, type ThanosComponent } from '../../../lib/index.ts';
import { THANOS_COMMANDS } from '../../../lib/thanos/flags.ts';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { type Flag, flagsIn } from './thanos-help.ts';

const COMPONENTS = Object.keys(THANOS_FLAGS) as readonly ThanosComponent[];

function sorted(names: readonly string[]): string[] {
  return [...names].toSorted();
}

await describeReal('the table of Thanos flags', ['thanos'], () => {
  const read = async (component: ThanosComponent): Promise<Flag[]> => {
    const command = [...THANOS_COMMANDS[component], '--help'];
    const { stderr, stdout } = await runProgram(await partBinary('thanos'), command);
    return flagsIn(`${stdout}${stderr}`);
  };

  it.each(COMPONENTS)('knows every flag of %s, and none that is not there', async (component) => {
    const table = THANOS_FLAGS[component];
    const flags = await read(component);
    const known = [...table.values, ...table.switches, ...Object.keys(table.refused)];
    expect(sorted(known)).toEqual(sorted(flags.map(({ name }) => name)));
  });

  it.each(COMPONENTS)('tells switches, values and repeats of %s apart', async (component) => {
    const table = THANOS_FLAGS[component];
    const allowed = (await read(component)).filter(({ name }) => !(name in table.refused));
    const named = (some: readonly Flag[]): string[] => sorted(some.map(({ name }) => name));
    expect(sorted(table.switches)).toEqual(named(allowed.filter(({ isSwitch }) => isSwitch)));
    expect(sorted(table.values)).toEqual(named(allowed.filter(({ isSwitch }) => !isSwitch)));
    expect(sorted(table.repeatable)).toEqual(
      named(allowed.filter(({ isRepeatable }) => isRepeatable)),
    );
  });

  it.each(COMPONENTS)(
    'refuses every flag of %s that Thanos calls deprecated',
    async (component) => {
      const deprecated = (await read(component)).filter(({ text }) => /deprecated/i.test(text));
      const refused = Object.keys(THANOS_FLAGS[component].refused);
      expect(deprecated.map(({ name }) => name).filter((name) => !refused.includes(name))).toEqual(
        [],
      );
    },
  );
});
