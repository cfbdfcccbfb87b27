const LEGACY_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MAX_SEGMENT_LENGTH = 1_024;
const ENCODED_AGAIN = /%(?:2e|2f|5c|3f|23|25)/i;

/**
 * Reads the label name in `/api/v1/label/<name>/values` and writes it as it goes upstream.
 *
 * A legacy name stands for itself. Any other UTF-8 name comes percent-encoded, in the one spelling
 * that encoding gives, or in the `U__` form (source: value encoding in Prometheus' model package). It
 * travels percent-encoded, which both Prometheus and Thanos read: Thanos takes the `U__` form for the
 * name of a label that does not exist. Only a name with a slash travels in that form, because no
 * server finds its way with an escaped slash. Everything else is `undefined`: an unknown route.
 */
export function readLabelNameSegment(segment: string): string | undefined {
  if (segment.length > MAX_SEGMENT_LENGTH) return undefined;
  if (LEGACY_NAME.test(segment)) return upstreamSegment(unescaped(segment)) ?? segment;
  const name = decoded(segment);
  if (name === undefined || name === '' || LEGACY_NAME.test(name)) return undefined;
  // A second spelling of the same name would be a second way through the route table.
  if (encodeURIComponent(name).toLowerCase() !== segment.toLowerCase()) return undefined;
  return upstreamSegment(name);
}

function upstreamSegment(name: string): string | undefined {
  // Dot segments stand for other paths, wherever they are resolved.
  if (name === '' || name === '.' || name === '..') return undefined;
  if (!name.isWellFormed() || /[\u0000-\u001f\u007f]/.test(name)) return undefined;
  // A proxy on the way that decodes twice would read another path.
  if (ENCODED_AGAIN.test(name)) return undefined;
  return name.includes('/') ? escaped(name) : encodeURIComponent(name);
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

const ESCAPED_NAME = /^U__(?:[a-zA-Z0-9]|__|_[0-9a-fA-F]{1,6}_)+$/;

// What is in no such form, or names a character that there is not, stands for itself.
function unescaped(name: string): string {
  if (!ESCAPED_NAME.test(name)) return name;
  try {
    return name
      .slice('U__'.length)
      .replaceAll(/__|_([0-9a-fA-F]{1,6})_/g, (_all, digits: string | undefined) =>
        digits === undefined ? '_' : String.fromCodePoint(Number.parseInt(digits, 16)),
      );
  } catch {
    return name;
  }
}
