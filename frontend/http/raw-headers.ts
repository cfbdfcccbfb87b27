/**
 * Request headers as they came: names and values in turn, nothing joined, nothing dropped.
 *
 * The joined form of `node:http` keeps the first of two Authorization or Host headers without a
 * word, so decisions are made on this form.
 */
export type RawHeaders = readonly string[];

/** Every value of a header, in order. */
export function headerValues(rawHeaders: RawHeaders, name: string): readonly string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}
