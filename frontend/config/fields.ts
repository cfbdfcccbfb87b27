import * as v from 'valibot';

// The shapes that several settings share. Each carries its unit and bounds, so that the generated
// reference and the parser cannot disagree.

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): v.GenericSchema<number, number> {
  return v.pipe(
    v.number(),
    v.integer(),
    v.minValue(min),
    v.maxValue(max),
    v.metadata({ bounds: `${min} to ${max}` }),
  );
}

/** A time span in milliseconds, from `min` to `max`. */
export function milliseconds(min: number, max: number): v.GenericSchema<number, number> {
  return integer(min, max);
}

/** A text with at least one character. */
export function text(): v.GenericSchema<string, string> {
  return v.pipe(v.string(), v.nonEmpty());
}

/** An absolute path of a file. */
export function filePath(): v.GenericSchema<string, string> {
  return text();
}

/** A TCP port, where 0 asks the system for a free one. */
export function port(): v.GenericSchema<number, number> {
  return integer(0, 65_535);
}

/** An `http` or `https` URL without credentials, query or fragment. */
export function httpUrl(): v.GenericSchema<string, string> {
  return v.pipe(
    v.string(),
    v.check(
      (input) => isPlainHttpUrl(input),
      'must be an http or https URL without credentials, query or fragment',
    ),
    v.metadata({ bounds: 'http or https' }),
  );
}

function isPlainHttpUrl(input: string): boolean {
  if (!URL.canParse(input)) return false;
  const url = new URL(input);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** A setting with a default and a description; both appear in the generated reference. */
export function described<const S extends v.GenericSchema>(
  schema: S,
  fallback: v.InferInput<S>,
  description: string,
): v.OptionalSchema<
  v.SchemaWithPipe<readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]>,
  v.InferInput<S>
> {
  return v.optional(v.pipe(schema, v.description(description)), fallback);
}

/**
 * A group of settings that may be left out as a whole, because each has a default.
 *
 * @throws {TypeError} If one has none.
 */
export function section<const E extends v.ObjectEntries>(
  entries: E,
): v.OptionalSchema<
  v.StrictObjectSchema<E, undefined>,
  v.InferInput<v.StrictObjectSchema<E, undefined>>
> {
  const schema = v.strictObject(entries);
  const nothing: unknown = {};
  if (!v.is(schema, nothing)) throw new TypeError('a setting of a section has no default');
  return v.optional(schema, nothing);
}
