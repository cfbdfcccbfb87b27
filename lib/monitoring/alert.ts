/** How soon somebody has to look. */
export type Severity = 'critical' | 'warning';

/** Something that a person has to look at. */
export interface Alert {
  /** The name, which is also the heading of its section in the runbooks. */
  readonly name: string;
  /** `critical` where data or isolation is at stake, or nobody can query; otherwise `warning`. */
  readonly severity: Severity;
  /** How long it has to be true, in minutes. */
  readonly forMinutes: number;
  /** It fires for every series of this. */
  readonly expr: string;
  /** One clause, for the subject of a message. */
  readonly summary: string;
  /** What it means for users, with the labels of the series. */
  readonly description: string;
}

/** A series that is computed in advance. */
export interface Recording {
  /** Its name: level, metric and operations, separated by colons. */
  readonly record: string;
  readonly expr: string;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  readonly name: string;
  readonly recordings: readonly Recording[];
  readonly alerts: readonly Alert[];
}

/** What is added to every rule. */
export interface RulePrinting {
  /** Labels of alerts beside their severity. */
  readonly alertLabels: Readonly<Record<string, string>>;
  /** Where the runbooks are, without an anchor, if they are anywhere. */
  readonly runbookUrl: string | undefined;
}

/** A group as the operator and Prometheus read it. */
export function printGroup(
  group: RuleGroup,
  { alertLabels, runbookUrl }: RulePrinting,
): Readonly<Record<string, unknown>> {
  return {
    name: group.name,
    rules: [
      ...group.recordings.map(({ expr, record }) => ({ record, expr })),
      ...group.alerts.map((alert) => ({
        alert: alert.name,
        expr: alert.expr,
        ...(alert.forMinutes === 0 ? {} : { for: `${alert.forMinutes}m` }),
        labels: { ...alertLabels, severity: alert.severity },
        annotations: {
          summary: alert.summary,
          description: alert.description,
          ...runbookOf(alert.name, runbookUrl),
        },
      })),
    ],
  };
}

// Anchors of Markdown headings are in lower case.
function runbookOf(name: string, url: string | undefined): Readonly<Record<string, string>> {
  const anchor = `#${name.toLowerCase()}`;
  return url === undefined
    ? { runbook: `prometheus-tenancy-kit docs/runbooks.md${anchor}` }
    : { runbook_url: `${url}${anchor}` };
}
