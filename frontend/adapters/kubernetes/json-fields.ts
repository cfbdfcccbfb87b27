/** An object of a parsed JSON answer, about whose members nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns a value as an object, or `undefined` for anything else, arrays included. */
export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** Returns a list of texts, where an absent one is empty, or `undefined` for anything else. */
export function asTexts(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  return items.every((item) => typeof item === 'string') ? items : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
