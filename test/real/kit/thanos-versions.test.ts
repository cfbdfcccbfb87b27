import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  THANOS_FLAGS,
  THANOS_VERSIONS,
  type ThanosComponent,
  type ThanosVersion,
} from '../../../lib/index.ts';
import { hasFlag, THANOS_COMMANDS } from '../../../lib/thanos/flags.ts';
import { isAtLeast, NEWEST_THANOS } from '../../../lib/thanos/version.ts';
import { moduleSource } from '../harness/module-source.ts';
import { describeReal } from '../harness/skip.ts';
import { THANOS_PARTS } from '../harness/thanos-versions.ts';
import { type Flag, flagsIn } from './thanos-help.ts';

const COMPONENTS = Object.keys(THANOS_FLAGS) as readonly ThanosComponent[];

// The newest is asked itself; of these the documents hold what each prints as its help.
const RELEASES = THANOS_VERSIONS.filter((it) => it !== NEWEST_THANOS).map(
  (version) => [version, THANOS_PARTS[version].version] as const,
);

const DOCUMENTS: Partial<Record<ThanosComponent, string>> = { 'bucket-web': 'tools' };

await describeReal('the Thanos flags of older versions', ['thanos'], () => {
  const documented = async (release: string, component: ThanosComponent): Promise<Flag[]> => {
    const module = 'github.com/thanos-io/thanos';
    const folder = await moduleSource({ part: 'thanos', module, version: release });
    const file = join(folder, 'docs', 'components', `${DOCUMENTS[component] ?? component}.md`);
    const usage = `usage: thanos ${THANOS_COMMANDS[component].join(' ')} `;
    const blocks = (await readFile(file, 'utf8')).split('```');
    const help = blocks.find((block) => block.includes(usage));
    if (help === undefined) throw new Error(`${file} holds no ${usage}`);
    return flagsIn(help);
  };

  const known = (component: ThanosComponent, version: ThanosVersion): string[] => {
    const { refused, since } = THANOS_FLAGS[component];
    return Object.keys(refused).filter((flag) => isAtLeast(version, since[flag] ?? '0.38'));
  };

  it.each(RELEASES)(
    'are those of the table in %s',
    async (version, release) => {
      for (const component of COMPONENTS) {
        const { switches, values } = THANOS_FLAGS[component];
        const usable = [...values, ...switches].filter((flag) => hasFlag(component, flag, version));
        const there = (await documented(release, component)).map(({ name }) => name);
        expect([component, ...[...usable, ...known(component, version)].toSorted()]).toEqual([
          component,
          ...there.toSorted(),
        ]);
      }
    },
    600_000,
  );

  it.each(RELEASES)(
    'are refused where %s calls them deprecated',
    async (_version, release) => {
      for (const component of COMPONENTS) {
        const deprecated = (await documented(release, component)).filter(({ text }) =>
          /deprecated/i.test(text),
        );
        const refused = Object.keys(THANOS_FLAGS[component].refused);
        const open = deprecated.map(({ name }) => name).filter((name) => !refused.includes(name));
        expect([component, ...open]).toEqual([component]);
      }
    },
    600_000,
  );
});
