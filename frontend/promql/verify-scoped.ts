/**
 * Reads a printed query again and throws unless every selector in it ends with `matcher`.
 *
 * It shares no code with the lexer, the parser or the printer, so that a mistake there does not
 * repeat itself here. It knows only what the printer may print: strings in double quotes, no
 * comments, a brace behind every selector. With `matcher` undefined there may be no selector.
 *
 * @throws {TypeError} If the text is anything else. That is a defect of this program, never of the
 *   query, and the text must not be forwarded.
 */
export function verifyScoped(text: string, matcher: string | undefined): void {
  let previous: Previous = 'operator';
  for (let at = 0; at < text.length;) {
    // Behind an operand a colon separates range and step; elsewhere it may begin a name.
    const isSeparator: boolean = previous === 'operand' && text.charAt(at) === ':';
    const token: string = isSeparator ? ':' : tokenAt(text, at);
    const next = at + token.length;
    if (token === '{') {
      at = endOfBraces(text, at, matcher);
      previous = 'operand';
      continue;
    }
    if (!isSeparator && WORD.test(token)) {
      const role = roleOf(token, text, next, previous);
      if (role === 'list' || role === 'fill') {
        at = endOfList(text, next);
        previous = role === 'fill' ? 'operator' : role;
        continue;
      }
      previous = role;
    } else if (token !== ' ') {
      previous = ENDS_OPERAND.test(token) ? 'operand' : 'operator';
    }
    at = next;
  }
}

type Previous = 'operator' | 'operand' | 'name' | 'list';

/** The text of a string, a word, a number with its unit, or a single sign. */
const TOKEN =
  /"(?:[^"\\\n]|\\.)*"|[A-Za-z_:][A-Za-z0-9_:]*|\.?[0-9][A-Za-z0-9_.]*|[ ()[\]{},:+\-*/%^=!<>@~]/y;
const WORD = /^[A-Za-z_:]/;
const ENDS_OPERAND = /^[)\]"0-9.]/;

const OPERATOR_WORDS = new Set(['and', 'or', 'unless', 'atan2', 'offset']);
const EXTENSION_WORDS = new Set(['anchored', 'smoothed']);
const FILL_WORDS = new Set(['fill', 'fill_left', 'fill_right']);
const LIST_WORDS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

function tokenAt(text: string, at: number): string {
  TOKEN.lastIndex = at;
  const token = TOKEN.exec(text)?.[0];
  if (token === undefined) throw defect(`an unreadable character at ${at}`);
  return token;
}

/** Says what a word outside braces is; a metric that is not followed by a brace is a defect. */
function roleOf(word: string, text: string, end: number, previous: Previous): Previous | 'fill' {
  if (text.charAt(end) === '{') return 'name';
  if (previous === 'operand' && EXTENSION_WORDS.has(word)) return 'operand';
  // What fills in stands where an operand could begin, so it must not count as one.
  if (previous !== 'operand' && FILL_WORDS.has(word) && text.charAt(end) === '(') return 'fill';
  if (previous === 'operand' || previous === 'list') {
    if (OPERATOR_WORDS.has(word)) return 'operator';
    if ((word === 'by' || word === 'without') && text.startsWith(' (', end)) return 'list';
  }
  if (previous === 'name' && (word === 'by' || word === 'without')) return 'list';
  if (previous !== 'operand' && LIST_WORDS.has(word)) {
    if (text.startsWith(' (', end)) return 'list';
    if (word.startsWith('group_')) return 'operator';
  }
  if (previous === 'operator' && word === 'bool') return 'operator';
  if (/^(?:inf|nan)$/i.test(word)) return 'operand';
  if (text.charAt(end) === '(') return 'name';
  // An aggregation whose clause stands before its arguments.
  if (/^ (?:by|without) \(/.test(text.slice(end, end + 10))) return 'name';
  throw defect(`a word that is no selector at ${end}`);
}

function endOfBraces(text: string, start: number, matcher: string | undefined): number {
  let at = start + 1;
  for (let token = ''; token !== '}'; at += token.length) {
    token = tokenAt(text, at);
    if (token === '{') throw defect(`a brace in braces at ${at}`);
  }
  const body = text.slice(start + 1, at - 1);
  const isScoped = matcher !== undefined && (body === matcher || body.endsWith(`,${matcher}`));
  if (!isScoped) throw defect(`a selector out of scope at ${start}`);
  return at;
}

function endOfList(text: string, start: number): number {
  let at = start;
  for (let token = ''; token !== ')'; at += token.length) {
    token = tokenAt(text, at);
    if (token === '{' || token === '[') throw defect(`a bracket in a list of labels at ${at}`);
  }
  return at;
}

function defect(what: string): TypeError {
  return new TypeError(`a scoped query failed its verification: ${what}`);
}
