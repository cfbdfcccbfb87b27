/** One instruction of a Containerfile. */
export interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly name: string;
  /** The words behind it, options included. */
  readonly words: readonly string[];
  /** What is behind it, as it is written. */
  readonly text: string;
}

/** One stage of a Containerfile. */
export interface Stage {
  /** The image it begins with. */
  readonly base: string;
  /** Its name, or `undefined` for the last one. */
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** A copy into an image. */
export interface Copy {
  /** The stage it copies from, or `undefined` for the folder of the project. */
  readonly stage: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** Reads a Containerfile that has one stage at least, and no instruction over several lines. */
export function parseContainerfile(text: string): readonly Stage[] {
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [name = '', ...words] = line.trim().split(/\s+/);
    const instruction = { name, words, text: line.slice(name.length).trim() };
    if (name === 'FROM') {
      stages.push({ base: words[0] ?? '', name: words[2], instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${name} stands before the first FROM`);
    stage.instructions.push(instruction);
  }
  return stages;
}

/** The copies of a stage. */
export function copiesOf({ instructions }: Stage): readonly Copy[] {
  return instructions
    .filter(({ name }) => name === 'COPY')
    .map(({ words }) => {
      const stage = words.find((it) => it.startsWith('--from='))?.slice('--from='.length);
      const places = words.filter((it) => !it.startsWith('--'));
      return { stage, sources: places.slice(0, -1), target: places.at(-1) ?? '' };
    });
}

/** The one instruction of a name in a stage. */
export function onlyInstruction({ instructions }: Stage, name: string): Instruction {
  const found = instructions.filter((it) => it.name === name);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} are ${name}`);
  return first;
}
