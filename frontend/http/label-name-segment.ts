const LEGACY_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MAX_SEGMENT_LENGTH = 1_024;

/**
 * Reads the label name in `/api/v1/label/<name>/values` and writes it as it goes upstream.
 *
 * A legacy name, or one already in the `U__` form, stands for itself. Any other UTF-8 name has to
 * come percent-encoded, in the one spelling that encoding gives, and travels in the `U__` form
 * (source: value encoding in Prometheus' model package), so that the path we send never holds an
 * escape. Everything else is `undefined`: an unknown route.
 */
export function readLabelNameSegment(segment: string): string | undefined {
  if (segment.length > MAX_SEGMENT_LENGTH) return undefined;
  if (LEGACY_NAME.test(segment)) return segment;
  const name = decoded(segment);
  if (name === undefined || name === '' || LEGACY_NAME.test(name)) return undefined;
  // A second spelling of the same name would be a second way through the route table.
  if (encodeURIComponent(name).toLowerCase() !== segment.toLowerCase()) return undefined;
  // Dot segments stand for other paths, wherever they are resolved.
  if (name === '.' || name === '..') return undefined;
  return /[\u0000-\u001f\u007f]/.test(name) ? undefined : escaped(name);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function escaped(name: string): string {
  let text = 'U__';
  let isFirst = true;
  for (const character of name) {
    if (character === '_') text += '__';
    else if (/[a-zA-Z]/.test(character) || (!isFirst && /[0-9]/.test(character))) text += character;
    else text += `_${(character.codePointAt(0) ?? 0).toString(16)}_`;
    isFirst = false;
  }
  return text;
}
