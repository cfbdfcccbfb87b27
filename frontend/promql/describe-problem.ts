import type { ValueType } from './ast.ts';
import type {
  Expectation,
  GrammarFacts,
  LexicalFacts,
  PromqlProblem,
  TypedPlace,
  TypeFacts,
  UnsupportedFacts,
} from './problem.ts';

/**
 * Says a problem in one lower-case clause: what is wrong, where, and what would be right.
 *
 * The text quotes the query, so it goes to its author and nobody else.
 */
export function describeProblem(problem: PromqlProblem): string {
  if (!('position' in problem)) return describeWithoutPlace(problem);
  const { line, column } = problem.position;
  return `line ${line}, column ${column}: ${describeWithoutPlace(problem)}`;
}

function describeWithoutPlace(problem: PromqlProblem): string {
  switch (problem.code) {
    case 'query_malformed':
      return describeMalformed(problem);
    case 'query_unsupported':
      return describeUnsupported(problem);
    case 'limit_query_bytes':
      return `the query has ${problem.value} bytes, and at most ${problem.limit} are allowed`;
    case 'limit_scoped_bytes':
      return `the query would have at least ${problem.value} bytes with the matchers of its scope, and at most ${problem.limit} are allowed`;
    case 'limit_query_depth':
      return `the query is nested more than ${problem.limit} levels deep`;
    case 'limit_query_selectors':
      return `the query has more than ${problem.limit} selectors`;
    case 'limit_query_terms':
      return `the query has more than ${problem.limit} terms`;
    case 'tenant_matcher_conflict':
      return `the matcher ${problem.found} asks for more than ${problem.required} allows`;
    default:
      return problem satisfies never;
  }
}

function describeMalformed(facts: LexicalFacts | GrammarFacts | TypeFacts): string {
  switch (facts.problem) {
    case 'character_unexpected':
      return `the character ${quote(facts.found)} has no meaning here`;
    case 'string_unterminated':
      return `the string has no closing ${facts.found}`;
    case 'string_character_invalid':
      return 'the string has a character that is not valid text; write U+FFFD as "\\ufffd"';
    case 'escape_unknown':
      return `${facts.found} is no escape; ${hintFor(facts.found)}`;
    case 'escape_malformed':
      return `the escape ${facts.found} has wrong digits or stands for no character`;
    case 'number_malformed':
      return `${quote(facts.found)} is neither a number nor a duration`;
    case 'number_out_of_range':
      return `the number ${facts.found} is too large`;
    case 'duration_malformed':
      return `${quote(facts.found)} is no duration; units are y, w, d, h, m, s and ms, in this order`;
    case 'duration_out_of_range':
      return `the duration ${facts.found} is longer than 292 years`;
    case 'regex_malformed':
      return `${quote(facts.found)} is no regular expression of RE2 syntax`;
    case 'query_empty':
    case 'token_unexpected':
    case 'function_unknown':
    case 'argument_missing':
    case 'label_name_empty':
    case 'duration_not_positive':
    case 'duration_division_by_zero':
    case 'timestamp_out_of_range':
    case 'metric_name_repeated':
    case 'selector_matches_everything':
    case 'range_without_selector':
    case 'range_after_modifier':
    case 'modifier_misplaced':
    case 'modifier_repeated':
    case 'modifiers_exclude_each_other':
    case 'info_selector_expected':
      return describeGrammar(facts);
    case 'type_mismatch':
    case 'argument_count':
    case 'bool_without_comparison':
    case 'comparison_without_bool':
    case 'matching_without_vectors':
    case 'set_operator_on_scalar':
    case 'group_with_set_operator':
    case 'group_label_repeated':
    case 'fill_without_vectors':
    case 'fill_with_set_operator':
      return describeTypes(facts);
    default:
      return facts satisfies never;
  }
}

function describeGrammar(facts: GrammarFacts): string {
  switch (facts.problem) {
    case 'query_empty':
      return 'the query is empty';
    case 'token_unexpected':
      return `expected ${EXPECTATIONS[facts.expected]}, found ${quoteToken(facts.found)}`;
    case 'function_unknown':
      return `there is no function ${quote(facts.found)}`;
    case 'argument_missing':
      return 'expected an argument after the comma';
    case 'label_name_empty':
      return 'a label needs a name';
    case 'duration_not_positive':
      return `the duration ${facts.found} must be greater than 0`;
    case 'duration_division_by_zero':
      return `the duration is divided by zero, at ${facts.operator}`;
    case 'timestamp_out_of_range':
      return `the time ${facts.found} is out of range`;
    case 'metric_name_repeated':
      return `the metric has the name ${quote(facts.found)} and a matcher on __name__; use one of them`;
    case 'selector_matches_everything':
      return 'the selector needs a metric name or a matcher that does not match the empty string';
    case 'range_without_selector':
      return 'a range needs a selector in front of it; a subquery has a colon, as in [5m:]';
    case 'range_after_modifier':
      return `the range must stand before ${facts.modifier}`;
    case 'modifier_misplaced':
      return `${facts.modifier} needs ${placeOf(facts.modifier)} in front of it`;
    case 'modifier_repeated':
      return `${facts.modifier} may be given once`;
    case 'modifiers_exclude_each_other':
      return 'anchored and smoothed exclude each other';
    case 'info_selector_expected':
      return 'the second argument of info must be matchers in braces without a name, as in {job="x"}';
    default:
      return facts satisfies never;
  }
}

function describeTypes(facts: TypeFacts): string {
  switch (facts.problem) {
    case 'type_mismatch': {
      const expected = facts.expected.map((type) => TYPES[type]).join(' or ');
      return `${PLACES[facts.place]} ${facts.name} must be ${expected}, not ${TYPES[facts.found]}`;
    }
    case 'argument_count':
      return `${facts.name} takes ${countOf(facts)}, found ${facts.found}`;
    case 'bool_without_comparison':
      return `bool goes with comparisons, not with ${facts.operator}`;
    case 'comparison_without_bool':
      return `comparing two scalars needs bool, as in ${facts.operator} bool`;
    case 'matching_without_vectors':
      return `labels can be matched between two instant vectors only, at ${facts.operator}`;
    case 'set_operator_on_scalar':
      return `${facts.operator} needs an instant vector on both sides`;
    case 'group_with_set_operator':
      return `${facts.operator} cannot be grouped by group_left or group_right`;
    case 'group_label_repeated':
      return `the label ${quote(facts.label)} is matched by on already and cannot be taken over`;
    case 'fill_without_vectors':
      return `series can be filled in between two instant vectors only, at ${facts.operator}`;
    case 'fill_with_set_operator':
      return `nothing can be filled in for ${facts.operator}`;
    default:
      return facts satisfies never;
  }
}

function describeUnsupported(facts: UnsupportedFacts): string {
  switch (facts.reason) {
    case 'feature_disabled':
      return `${quote(facts.found)} needs the feature ${facts.feature}, which is off`;
    case 'string_not_utf8':
      return `the bytes of ${facts.found} are not UTF-8`;
    case 'label_name_empty':
      return 'a matcher needs a label name that is not empty';
    case 'offset_repeated':
      return 'offset may be given once, an offset of 0 included';
    case 'offset_not_a_number':
      return `the offset ${facts.found} has no meaning`;
    case 'hexadecimal_ambiguous':
      return `${facts.found} can be read as a number with an exponent; write a 0 after the 0x`;
    case 'regex_class_unknown':
      return `the character class ${facts.found} is not known here; list its characters instead`;
    case 'regex_too_large':
      return 'the regular expression is too large';
    case 'info_without_selector':
      return 'info with one argument reads target_info of every tenant; name the labels to copy, as in info(up, {version=~".+"})';
    case 'info_selector_modified':
      return `${quote(facts.found)} has no effect on the second argument of info; leave it out`;
    default:
      return facts satisfies never;
  }
}

function hintFor(escape: string): string {
  return /^\\[A-Za-z0-9.*+?()[\]{}|^$/-]/.test(escape)
    ? `a regular expression needs \\${escape} or backquotes around the string`
    : 'a backslash is written as \\\\';
}

function placeOf(modifier: 'offset' | '@' | 'anchored' | 'smoothed'): string {
  const isExtension = modifier === 'anchored' || modifier === 'smoothed';
  return isExtension ? 'a selector or a range' : 'a selector, a range or a subquery';
}

function countOf({ atLeast, atMost }: { atLeast: number; atMost: number }): string {
  if (atLeast === atMost) return atLeast === 1 ? '1 argument' : `${atLeast} arguments`;
  return atMost === Infinity
    ? `at least ${atLeast} arguments`
    : `${atLeast} to ${atMost} arguments`;
}

function quoteToken(found: string | undefined): string {
  return found === undefined ? 'the end' : quote(found);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

const EXPECTATIONS: Readonly<Record<Expectation, string>> = {
  expression: 'an expression',
  operator: 'an operator or the end',
  closing_parenthesis: '")"',
  next_argument: '"," or ")" after an argument',
  opening_parenthesis: '"("',
  label: 'a label name',
  next_label: '"," or ")" after a label name',
  matcher: 'a label name or "}"',
  matcher_operator: 'one of =, !=, =~, !~',
  matcher_value: 'a string',
  next_matcher: '"," or "}" after a matcher',
  duration: 'a duration',
  range_end: '"]" or ":"',
  step_end: '"]"',
  next_duration: '"," after a duration',
  fill_value: 'a number',
  timestamp: 'a time in seconds, start() or end()',
  series_selector: 'a series selector',
  end: 'the end of the selector',
};

const TYPES: Readonly<Record<ValueType, string>> = {
  scalar: 'a scalar',
  vector: 'an instant vector',
  matrix: 'a range vector',
  string: 'a string',
};

const PLACES: Readonly<Record<TypedPlace, string>> = {
  argument: 'the argument of',
  operand: 'the operand of',
  aggregation: 'what is aggregated by',
  parameter: 'the parameter of',
  subquery: 'the expression before',
};
