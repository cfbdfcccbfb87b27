/**
 * Reads a value inside parsed JSON, such as `readPath(review, 'status', 'user', 'groups', 0)`.
 *
 * @returns `undefined` when there is nothing on that path.
 */
export function readPath(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) {
      return undefined;
    }
    found = Object.getOwnPropertyDescriptor(found, step)?.value;
  }
  return found;
}

/** Reads a string inside parsed JSON. @throws {TypeError} If there is none on that path. */
export function readString(value: unknown, ...path: readonly (string | number)[]): string {
  const found = readPath(value, ...path);
  if (typeof found === 'string') {
    return found;
  }
  throw new TypeError(`no string at ${path.join('.')} of ${JSON.stringify(value)}`);
}
