import { type AdmissionPolicy, type AdmissionRule, MONITORING_GROUP } from './admission-policy.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { celString } from './cel.ts';
import { isAtLeast } from './scrape-rules.ts';

// A template action up to a word that is no field and no variable; quoted texts are skipped as a whole,
// since they may hold braces.
const INSIDE = String.raw`\{\{(?:(?:"(?:[^"\\]|\\.)*"|${'`[^`]*`'}|'(?:[^'\\]|\\.)*'|[^}"'${'`'}]|\}[^}])*?[^.$a-zA-Z0-9_"'${'`'}])?`;
const FORBIDDEN_WORDS = `${INSIDE}(?:query|define|template|block|tmpl)\\b`;
const RANGE = `${INSIDE}range\\b`;
const RANGE_OVER_LABELS = String.raw`\{\{-?\s*range\s+(?:\$[a-zA-Z0-9_]+\s*(?:,\s*\$[a-zA-Z0-9_]+\s*)?:=\s*)?\$labels\s*-?\}\}`;
const WIDE_FORMAT = String.raw`%[-+# 0]*(?:[0-9]{3,}|\*|\[)|%[-+# 0-9]*\.(?:[0-9]{3,}|\*|\[)`;

/**
 * What is refused of PrometheusRules.
 *
 * Expressions are not looked at: CEL cannot parse PromQL. What is refused here is what no evaluator
 * should meet, so that an author learns of it at once.
 */
export function prometheusRulePolicy(settings: AdmissionSettings): AdmissionPolicy {
  const label = celString(settings.tenancyLabel);
  // Not that of the metadata: the type checker of Kubernetes 1.30 does not know it.
  const own = `== request.namespace`;
  return {
    name: 'prometheusrules',
    kinds: ['PrometheusRule'],
    resources: [{ group: MONITORING_GROUP, versions: ['v1'], resources: ['prometheusrules'] }],
    reach: 'tenants',
    releasedBy: 'spec',
    variables: [
      { name: 'groups', expression: 'object.spec.?groups.orValue([])' },
      { name: 'rules', expression: 'variables.groups.map(group, group.?rules.orValue([]))' },
      {
        name: 'templates',
        expression:
          // Those of a group are labels, and templates, of each of its alerts.
          '[variables.groups.map(group, group.?labels.orValue({}).map(key, group.labels[key]))] + ' +
          'variables.rules.map(rules, rules.map(rule, ' +
          'rule.?labels.orValue({}).map(key, rule.labels[key]) + ' +
          'rule.?annotations.orValue({}).map(key, rule.annotations[key])))',
      },
    ],
    rules: [
      {
        id: 'ruleLabels',
        message: `labels must not set ${settings.tenancyLabel} to anything but the own namespace`,
        why: 'Alerts and recorded series would belong to another tenant.',
        expression:
          `variables.groups.all(group, !(${label} in group.?labels.orValue({})) || group.labels[${label}] ${own}) && ` +
          `variables.rules.all(rules, rules.all(rule, !(${label} in rule.?labels.orValue({})) || rule.labels[${label}] ${own}))`,
      },
      {
        id: 'partialResponse',
        message: 'partial_response_strategy must be absent or abort',
        why: 'A rule that is evaluated on a part of the data fires, or is silent, by mistake.',
        expression:
          'variables.groups.all(group, group.?partial_response_strategy.orValue("").lowerAscii() in ["", "abort"])',
      },
      {
        id: 'ruleInterval',
        message: `the interval of a group must be at least ${settings.minimumInterval} and below a hundred years`,
        why: 'The evaluator is shared.',
        expression:
          'variables.groups.all(group, group.?interval.orValue("") == "" || ' +
          `${isAtLeast('group.interval', settings.minimumInterval)})`,
      },
      ...templateRules(),
    ],
  };
}

function templateRules(): readonly AdmissionRule[] {
  const every = (condition: string): string =>
    `variables.templates.all(rules, rules.all(texts, texts.all(text, ${condition})))`;
  return [
    {
      id: 'templateQuery',
      message: 'templates must not use query, define, template, block or tmpl',
      why: 'The function query reads the series of every tenant; the others hide and repeat it.',
      expression: every(`!text.matches(${celString(FORBIDDEN_WORDS)})`),
    },
    {
      id: 'templateRange',
      message: 'templates may range over $labels alone',
      why: 'A range over a large number holds the evaluator for ever, or fills its memory.',
      expression: every(
        `!text.matches(${celString(RANGE)}) || ` +
          `text.findAll(${celString(String.raw`\brange\b`)}).size() == text.findAll(${celString(RANGE_OVER_LABELS)}).size()`,
      ),
    },
    {
      id: 'templateReplace',
      message: 'a template may use reReplaceAll once',
      why: 'Nested, it turns a few bytes into many megabytes.',
      expression: every(`text.findAll(${celString(String.raw`\breReplaceAll\b`)}).size() <= 1`),
    },
    {
      id: 'templateWidth',
      message: 'widths and precisions of formats in templates must be below 100 and written out',
      why: 'A width of a million is a text of a megabyte.',
      expression: every(`!text.contains("{{") || !text.matches(${celString(WIDE_FORMAT)})`),
    },
  ];
}
