/** A label selector as a manifest holds it. */
export interface ManifestSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether a selector takes an object with these labels. An empty selector takes every object. */
export function selects(
  selector: ManifestSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(
    ([key, value]) => labels[key] === value,
  );
  return equal && (selector.matchExpressions ?? []).every((it) => holds(it, labels));
}

type Expression = NonNullable<ManifestSelector['matchExpressions']>[number];

function holds(expression: Expression, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[expression.key];
  const listed = value !== undefined && (expression.values ?? []).includes(value);
  switch (expression.operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new RangeError(`${expression.operator} is no operator of a label selector`);
  }
}
