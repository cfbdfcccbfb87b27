import type { AdmissionRule } from './admission-policy.ts';
import { celList, celString } from './cel.ts';

/**
 * The labels that relabelling may write: ordinary ones, and the scratch names that Prometheus promises
 * never to look at. Every other name with two underscores in front steers the scrape, or will in some
 * later version.
 */
export const WRITABLE_LABEL = '^(__tmp_[a-zA-Z0-9_]*|[a-zA-Z][a-zA-Z0-9_]*)$';

// A prefix, and what the regular expression found. Without the prefix what it found is the name.
const WRITABLE_PREFIX = '^(__tmp_|[a-zA-Z])[a-zA-Z0-9_]*([$]1|[$][{]1[}])?$';

const ACTIONS: readonly string[] = [
  'replace',
  'keep',
  'drop',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
];

const MAXIMUM_REGEX = 512;

// Go repeats by copying, and repetitions of repetitions multiply.
const IS_MODEST = [
  `r.?regex.orValue("").size() <= ${MAXIMUM_REGEX}`,
  '!r.?regex.orValue("").matches("[{][0-9]*,?[0-9]{3}")',
  'r.?regex.orValue("").findAll("[{][0-9]").size() <= 8',
  'r.?regex.orValue("").findAll("[)][{][0-9]").size() <= 1',
].join(' && ');

const ACTION = 'r.?action.orValue("replace").lowerAscii()';

/**
 * What is refused of relabelling, before the scrape and after it.
 *
 * The rules read `variables.relabelings`, a list of lists of relabellings.
 *
 * @param names - The labels that a tenant may not write, the tenancy label among them.
 */
export function relabelRules(names: readonly string[]): readonly AdmissionRule[] {
  const every = (condition: string): string =>
    `variables.relabelings.all(list, list.all(r, ${condition}))`;
  // Prometheus anchors in the same way.
  const matches = 'name.matches("^(?s:" + r.regex + ")$")';
  // What is too large is not tried: it would be the API server that compiles it.
  const everyName = (condition: string): string =>
    `has(r.regex) && ${IS_MODEST} && ${celList(names)}.all(name, ${condition})`;
  return [
    {
      id: 'relabelAction',
      message: `the action of a relabelling must be one of ${ACTIONS.join(', ')}`,
      why: 'An action that this policy does not know could write any label.',
      expression: every(`${ACTION} in ${celList(ACTIONS)}`),
    },
    {
      id: 'relabelTarget',
      message: `a relabelling may write labels that begin with a letter, but not ${names.join(' or ')}, and labels that begin with __tmp_; no "$" in targetLabel`,
      why:
        'Labels with two underscores steer the scrape: `__address__` makes Prometheus scrape itself or ' +
        'another tenant, `__unix_socket__` a socket of its pod, `__scrape_interval__` as often as it can.',
      // keepequal and dropequal only read it.
      expression: every(
        `r.?targetLabel.orValue("") == "" || ${ACTION} in ["keepequal", "dropequal"] || ` +
          `(r.targetLabel.matches(${celString(WRITABLE_LABEL)}) && !(r.targetLabel in ${celList(names)}))`,
      ),
    },
    {
      id: 'relabelMap',
      message: `labelmap needs a replacement with a prefix of its own, such as pod_label_$1, that is no beginning of ${names.join(' or ')}`,
      why: 'Without a prefix, what the regular expression finds becomes the name, be it `__address__`.',
      expression: every(
        `${ACTION} != "labelmap" || (r.?replacement.orValue("$1").matches(${celString(WRITABLE_PREFIX)}) && ` +
          `${celList(names)}.all(name, !name.startsWith(r.replacement.split("$")[0])))`,
      ),
    },
    {
      id: 'relabelSource',
      message: 'sourceLabels must not hold an empty name',
      why: 'It makes the configuration of all tenants invalid.',
      expression: every('r.?sourceLabels.orValue([]).all(label, label != "")'),
    },
    {
      id: 'relabelRegex',
      message: `a regex must have at most ${MAXIMUM_REGEX} characters and 8 counted repetitions below 100, one of them of a group`,
      why: 'A regular expression of a few letters can be compiled to hundreds of megabytes, in Prometheus and here.',
      expression: every(IS_MODEST),
    },
    {
      id: 'relabelDrop',
      message: `labeldrop needs a regex that does not match ${names.join(' or ')}`,
      why:
        'A series without the tenancy label belongs to nobody, and where a target has no job its series ' +
        'name one themselves.',
      expression: every(`${ACTION} != "labeldrop" || (${everyName(`!${matches}`)})`),
    },
    {
      id: 'relabelKeep',
      message: `labelkeep needs a regex that matches ${names.join(' and ')}`,
      why: 'It drops every label that it does not match.',
      expression: every(`${ACTION} != "labelkeep" || (${everyName(matches)})`),
    },
  ];
}
