/** The tenants whose series share one server. The name of the third begins with that of the first. */
export const TENANTS = ['team-a', 'team-b', 'team-a-staging'] as const;

/** The tenant whose answers are compared. */
export const OWN = 'team-a';
/** A tenant with the metric names and label names of the first, and with other values. */
export const OTHER = 'team-b';

/** Whose series they are; `undefined` is the platform, whose series have no tenancy label. */
export type Owner = (typeof TENANTS)[number] | undefined;

/** Everybody with series on the shared server. */
export const OWNERS: readonly Owner[] = [...TENANTS, undefined];

/** Labels of a series, with the tenancy label of its owner. */
export function ownedBy(owner: Owner, labels: Readonly<Record<string, string>>): LabelSet {
  return owner === undefined ? labels : { namespace: owner, ...labels };
}

/** Labels of a series, without its name. */
export type LabelSet = Readonly<Record<string, string>>;

/** All label sets that take each label's value from its list. */
export function combinations(lists: Readonly<Record<string, readonly string[]>>): LabelSet[] {
  let sets: LabelSet[] = [{}];
  for (const [name, values] of Object.entries(lists)) {
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  }
  return sets;
}
