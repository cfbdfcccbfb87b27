import type { AdmissionRule } from './admission-policy.ts';
import { celList, celString } from './cel.ts';

/** The labels that a tenant may not write. */
export interface ProtectedLabels {
  /** The label that carries the tenant. */
  readonly tenancyLabel: string;
  /** All of them, the tenancy label among them. */
  readonly names: readonly string[];
}

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

const ACTION = 'r.?action.orValue("replace").lowerAscii()';

/**
 * What is refused of relabelling, before the scrape and after it.
 *
 * The rules read `variables.relabelings`, a list of lists of relabellings.
 */
export function relabelRules({ tenancyLabel, names }: ProtectedLabels): readonly AdmissionRule[] {
  const every = (condition: string): string =>
    `variables.relabelings.all(list, list.all(r, ${condition}))`;
  const label = celString(tenancyLabel);
  // Prometheus anchors in the same way.
  const anchored = '"^(?s:" + r.regex + ")$"';
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
      id: 'relabelDrop',
      message: `labeldrop needs a regex that does not match ${tenancyLabel}`,
      why: 'A series without the tenancy label belongs to nobody.',
      expression: every(
        `${ACTION} != "labeldrop" || (has(r.regex) && !${label}.matches(${anchored}))`,
      ),
    },
    {
      id: 'relabelKeep',
      message: `labelkeep needs a regex that matches ${tenancyLabel}`,
      why: 'It drops every label that it does not match.',
      expression: every(
        `${ACTION} != "labelkeep" || (has(r.regex) && ${label}.matches(${anchored}))`,
      ),
    },
  ];
}
