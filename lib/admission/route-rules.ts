import type { AdmissionRule } from './admission-policy.ts';
import { celAll, celString } from './cel.ts';

/**
 * What says which alerts go where, as one text, that the rules read as `variables.routing`. The schema does
 * not say what is in routes below the first.
 */
export const ROUTING_TEXT = {
  name: 'routing',
  expression:
    '"%s".format([[dyn(object.spec).?route.orValue({}), dyn(object.spec).?inhibitRules.orValue([])]])',
} as const;

// All together stay below the 292 years that can be counted.
const WHOLE_UNITS =
  '(?:[0-9]{1,4}w)?(?:[0-9]{1,4}d)?(?:[0-9]{1,5}h)?(?:[0-9]{1,5}m)?(?:[0-9]{1,7}s)?';

/** The times that the operator and Alertmanager can count, as a part of a regular expression. */
export const COUNTABLE_TIME: string = `(?:0|${WHOLE_UNITS}(?:[0-9]{1,7}ms)?)`;

/** What these times are, in words. */
export const TIME_BOUNDS =
  'without years, of at most 4 digits of weeks and days, 5 of hours and minutes and 7 of seconds and milliseconds, in this order';

// The operator reads the names of routes below others without regard to capitals.
const INTERVAL = '(?i:"(?:groupInterval|repeatInterval)"):"';
const COUNTABLE_INTERVAL = `${INTERVAL}${WHOLE_UNITS}"`;
const LONG_INTERVAL = `${INTERVAL}[0-9wdhm]*(?:[1-9][0-9]*[wdhm][0-9wdhms]*|[1-9][0-9]+s)"`;
const WAIT = '(?i:"groupWait"):"';
const COUNTABLE_WAIT = `${WAIT}${COUNTABLE_TIME}"`;

/** That alerts are not grouped, or sent, too often. */
export const ROUTE_INTERVAL_RULE: AdmissionRule = {
  id: 'routeInterval',
  message: `groupInterval and repeatInterval must be at least 10s, and hold no milliseconds; they and groupWait must be times ${TIME_BOUNDS}`,
  why:
    'Alertmanager would look at each group of alerts, and send it, a thousand times a second. With a time that ' +
    'it cannot count the operator writes no configuration at all.',
  expression: celAll([
    hasOnly(INTERVAL, COUNTABLE_INTERVAL),
    hasOnly(INTERVAL, LONG_INTERVAL),
    hasOnly(WAIT, COUNTABLE_WAIT),
  ]),
};

const BRANCH = '(?i:"routes"):';
const MAXIMUM_BRANCHES = 50;

/** That routes are not nested without end. */
export const ROUTE_DEPTH_RULE: AdmissionRule = {
  id: 'routeDepth',
  message: `at most ${MAXIMUM_BRANCHES} routes may have routes below them`,
  why:
    'Each level is written further to the right: from a few thousand the operator makes a configuration of ' +
    'many megabytes.',
  expression: `variables.routing.findAll(${celString(BRANCH)}).size() <= ${MAXIMUM_BRANCHES}`,
};

const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*';
const GROUPING = String.raw`(?i:"groupBy"):\[`;
const GOOD_GROUPING = String.raw`${GROUPING}(?:"(?:${LABEL}|\.\.\.)"(?:, ?)?)*\]`;
// The fields of an object are printed in the order of the alphabet.
const MATCHERS = String.raw`(?i:"(?:matchers|sourceMatch|targetMatch)"):\[`;
const GOOD_MATCHERS =
  String.raw`"(?:matchers|sourceMatch|targetMatch)":\[(?:\{(?:"matchType":"(?:=|!=|=~|!~)", ?)?"name":"${LABEL}"` +
  String.raw`(?:, ?"regex":(?:true|false))?(?:, ?"value":"(?:[^"\\]|\\.)*")?\}(?:, ?)?)*\]`;

/** That alerts are told apart by labels. Alertmanager takes no configuration at all with another name. */
export const ALERT_LABEL_RULE: AdmissionRule = {
  id: 'alertLabel',
  message:
    'groupBy, equal and the name of each matcher must be labels of letters, digits and underscores; a matcher must have a name, and else a value and a matchType of =, !=, =~ or !~ (or regex) alone, in these letters',
  why: 'What is no label makes the configuration of Alertmanager invalid, for all tenants.',
  expression: celAll([
    hasOnly(MATCHERS, GOOD_MATCHERS),
    hasOnly(GROUPING, GOOD_GROUPING),
    `object.spec.?inhibitRules.orValue([]).all(rule, rule.?equal.orValue([]).all(it, it.matches(${celString(`^${LABEL}$`)})))`,
  ]),
};

// A regular expression as it is printed: a backslash is two.
const LITERAL = String.raw`[^\\"()\[\]{}*+?|]`;
const ESCAPED = String.raw`\\\\[-.+*?()|\[\]{}^$/_:@ dwsDWSbB]`;
const CLASS = String.raw`\[\^?(?:a-z|A-Z|0-9|[a-zA-Z0-9_.:/@, +*]|\\\\[-.dws])+-?\]`;
const REPEATED = String.raw`(?:[*+?]\??)?`;
const FLAT = String.raw`(?:(?:${LITERAL}|${ESCAPED}|${CLASS})${REPEATED}|\|)*`;
const GROUP = String.raw`\((?:\?:)?${FLAT}\)`;
const REGEX = String.raw`(?:\(\?i\))?(?:(?:${LITERAL}|${ESCAPED}|${CLASS}|${GROUP})${REPEATED}|\|)*`;
// Of the type, the operator goes by the new field where it has both.
const BY_REGEX = `\\{(?:"matchType":"[=!]~", ?"name":"|"name":"[a-zA-Z0-9_]*", ?"regex":true)`;
const BY_GOOD_REGEX =
  String.raw`\{(?:"matchType":"[=!]~", ?"name":"[a-zA-Z0-9_]*"(?:, ?"regex":(?:true|false))?|"name":"[a-zA-Z0-9_]*", ?"regex":true)` +
  `(?:, ?"value":"${REGEX}")?\\}`;

/** That the regular expressions of matchers are some. */
export const MATCHER_REGEX_RULE: AdmissionRule = {
  id: 'matcherRegex',
  message:
    'the value of a matcher by =~, !~ or regex must be a plain regular expression: groups in no others, (?i) at the beginning alone, classes of letters and digits, *, + and ? behind what they repeat, and nothing counted in braces',
  why: 'The operator does not look whether it is a regular expression. One that is none, such as "(", makes the configuration of all tenants invalid.',
  // In routes below the first there is but the text, so what is accepted is said by its form.
  expression: hasOnly(BY_REGEX, BY_GOOD_REGEX),
};

/** Says in CEL that what begins in one way is of one form, wherever it is. */
function hasOnly(every: string, good: string): string {
  return (
    `variables.routing.findAll(${celString(every)}).size() == ` +
    `variables.routing.findAll(${celString(good)}).size()`
  );
}

const MAXIMUM_TIMES = 100;

/** That periods of time have names, by which they are told apart, and are periods. */
export const TIME_PERIOD_RULE: AdmissionRule = {
  id: 'timePeriod',
  message: `muteTimeIntervals and timeIntervals must have names of their own and hold timeIntervals, and be at most ${MAXIMUM_TIMES}`,
  why: 'Two of one name, and one of no times, make the configuration of Alertmanager invalid, for all tenants.',
  // Each version has one of the two.
  expression:
    '[dyn(object.spec).?muteTimeIntervals.orValue([]), dyn(object.spec).?timeIntervals.orValue([])].all(times, ' +
    `times.size() <= ${MAXIMUM_TIMES} && times.all(it, it.name != "" && it.?timeIntervals.orValue([]).size() > 0 && ` +
    'times.filter(other, other.name == it.name).size() == 1))',
};
