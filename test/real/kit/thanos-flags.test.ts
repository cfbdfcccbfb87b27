import { expect, it } from '@jest/globals';
import { THANOS_FLAGS, type ThanosComponent } from '../../../lib/index.ts';
import { THANOS_COMMANDS } from '../../../lib/thanos/flags.ts';
import { isAtLeast } from '../../../lib/thanos/version.ts';
import { partBinary } from '../harness/build-part.ts';
import { runProgram } from '../harness/processes.ts';
import { describeReal } from '../harness/skip.ts';
import { thanosPart, thanosVersion } from '../harness/thanos-versions.ts';
import { type Flag, flagsIn } from './thanos-help.ts';

const COMPONENTS = Object.keys(THANOS_FLAGS) as readonly ThanosComponent[];
const VERSION = thanosVersion();

function sorted(names: readonly string[]): string[] {
  return [...names].toSorted();
}

await describeReal(`the table of Thanos flags, for ${VERSION}`, ['thanos'], () => {
  const say = async (...args: readonly string[]): Promise<string> => {
    const { stderr, stdout } = await runProgram(await partBinary('thanos'), args);
    return `${stdout}${stderr}`;
  };

  const read = async (component: ThanosComponent): Promise<Flag[]> =>
    flagsIn(await say(...THANOS_COMMANDS[component], '--help'));

  /** Those of some flags that this version has. */
  const had = (component: ThanosComponent, flags: readonly string[]): readonly string[] =>
    flags.filter((it) => isAtLeast(VERSION, THANOS_FLAGS[component].since[it] ?? '0.38'));

  it('is compared with a program of that version', async () => {
    // The pinned one is built without its version.
    const [, version = ''] = thanosPart().linked?.split('=') ?? [];
    expect(await say('--version')).toContain(`thanos, version ${version}`);
  });

  it.each(COMPONENTS)('knows every flag of %s, and none that is not there', async (component) => {
    const table = THANOS_FLAGS[component];
    const flags = await read(component);
    const known = [...table.values, ...table.switches, ...Object.keys(table.refused)];
    expect(sorted(had(component, known))).toEqual(sorted(flags.map(({ name }) => name)));
  });

  it.each(COMPONENTS)('knows what the help of %s does not show', async (component) => {
    const { hidden = [] } = THANOS_FLAGS[component];
    const complaint = 'unknown long flag';
    const parse = (flag: string): Promise<string> =>
      say(...THANOS_COMMANDS[component], `--${flag}=x`, '--help');
    expect(await parse('no.such.flag')).toContain(complaint);
    for (const flag of had(component, hidden)) expect(await parse(flag)).not.toContain(complaint);
  });

  it.each(COMPONENTS)('tells switches, values and repeats of %s apart', async (component) => {
    const table = THANOS_FLAGS[component];
    const allowed = (await read(component)).filter(({ name }) => !(name in table.refused));
    const named = (some: readonly Flag[]): string[] => sorted(some.map(({ name }) => name));
    const { repeatable, switches, values } = table;
    expect(sorted(had(component, switches))).toEqual(
      named(allowed.filter(({ isSwitch }) => isSwitch)),
    );
    expect(sorted(had(component, values))).toEqual(
      named(allowed.filter(({ isSwitch }) => !isSwitch)),
    );
    expect(sorted(had(component, repeatable))).toEqual(
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
