import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

/**
 * Where in an answer the entries stand that are to be filtered. The reader knows it, so that an
 * answer of any size is read, and judged, one entry at a time.
 */
export type Shape = MembersShape | EntriesShape;

/** An object, some of whose members hold entries. */
export interface MembersShape {
  readonly kind: 'members';
  readonly members: Readonly<Record<string, Shape>>;
}

/** A list of entries. */
export interface EntriesShape {
  readonly kind: 'entries';
  /** Where an entry holds lists of its own, which are filtered before it is judged. */
  readonly entry?: MembersShape;
  readonly judge: EntryJudge;
}

/**
 * Judges one entry, and builds anew what stays of it.
 *
 * @param lost - How many entries the lists inside it have lost.
 * @returns `undefined` to leave the entry out.
 */
export type EntryJudge = (entry: JsonObject, lost: number) => JsonObject | undefined;

/** A value whose entries were judged, and how many of them were left out. */
export interface Judged {
  readonly value: JsonValue;
  readonly lost: number;
}

/** The shape of a member, if it has one. */
export function shapeOfMember(shape: Shape | undefined, name: string): Shape | undefined {
  if (shape?.kind !== 'members' || !Object.hasOwn(shape.members, name)) return undefined;
  return shape.members[name];
}

/** Judges one entry whose own lists were filtered before. Only objects are entries. */
export function judgeEntry(
  { judge }: EntriesShape,
  { value, lost }: Judged,
): JsonObject | undefined {
  return isJsonObject(value) ? judge(value, lost) : undefined;
}

/**
 * Filters a value of the given shape. Where the shape wants a list, null becomes an empty one, as
 * which some programs print it, and all else becomes null: nothing passes that was not judged.
 */
export function applyShape(value: JsonValue, shape: Shape | undefined): Judged {
  if (shape === undefined) return { value, lost: 0 };
  return shape.kind === 'entries' ? applyToList(value, shape) : applyToMembers(value, shape);
}

function applyToMembers(value: JsonValue, shape: MembersShape): Judged {
  if (!isJsonObject(value)) return { value, lost: 0 };
  let lost = 0;
  const members = Object.entries(value).map(([name, member]): [string, JsonValue] => {
    const judged = applyShape(member, shapeOfMember(shape, name));
    lost += judged.lost;
    return [name, judged.value];
  });
  return { value: Object.fromEntries(members), lost };
}

function applyToList(value: JsonValue, shape: EntriesShape): Judged {
  if (!isJsonList(value)) return { value: value === null ? [] : null, lost: 0 };
  const kept: JsonObject[] = [];
  let lost = 0;
  for (const entry of value) {
    const judged = applyShape(entry, shape.entry);
    const own = judgeEntry(shape, judged);
    lost += judged.lost + (own === undefined ? 1 : 0);
    if (own !== undefined) kept.push(own);
  }
  return { value: kept, lost };
}
