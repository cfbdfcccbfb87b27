/** One setting of a configuration, as its schema says. */
export interface ConfigSetting {
  /** Where it stands, such as `access(kubernetes).cache.maxEntries` or `list[].name`. */
  readonly path: string;
  /** Its default, or `undefined` where it has none. */
  readonly fallback: unknown;
}

interface Schema {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly options?: readonly Schema[];
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly default?: unknown;
  readonly literal?: unknown;
}

/** Every setting of a schema, the members of lists and of alternatives included. */
export function configSettings(schema: unknown): readonly ConfigSetting[] {
  return settingsOf('', schema as Schema);
}

function settingsOf(path: string, schema: Schema): readonly ConfigSetting[] {
  const inner = schema.type === 'optional' ? (schema.wrapped ?? schema) : schema;
  switch (inner.type) {
    case 'strict_object':
      return Object.entries(inner.entries ?? {}).flatMap(([name, entry]) =>
        settingsOf(path === '' ? name : `${path}.${name}`, entry),
      );
    case 'variant':
      return (inner.options ?? []).flatMap((option) =>
        settingsOf(`${path}(${String(option.entries?.['kind']?.literal)})`, option),
      );
    case 'array':
      return inner.item?.type === 'strict_object'
        ? settingsOf(`${path}[]`, inner.item)
        : [{ path, fallback: schema.default }];
    default:
      return [{ path, fallback: schema.default }];
  }
}

/** Where the value of a setting stands in a document: in a list, that of its first member. */
export function documentPath(path: string): readonly (string | number)[] {
  return path
    .replaceAll(/\(\w+\)/g, '')
    .replaceAll('[]', '.0')
    .split('.')
    .map((it) => (it === '0' ? 0 : it));
}
