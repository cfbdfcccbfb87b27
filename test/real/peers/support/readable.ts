import type { HttpAnswer } from '../../harness/http-request.ts';
import { readPath } from '../../harness/read-path.ts';
import { dataOf } from '../../query-frontend/support/envelope.ts';

/**
 * What a success holds, in a form in which two can be compared: without the order of lists that have
 * none, and without what changes from one moment to the next.
 */
export function readable(path: string, answer: HttpAnswer): unknown {
  if (path.startsWith('/federate')) return samples(answer.text);
  if (path.startsWith('/api/v2/')) return byText(listOf(JSON.parse(answer.text)));
  if (path.startsWith('/api/v1/rules')) return groupsOf(JSON.parse(answer.text));
  if (path.startsWith('/api/v1/alerts')) return alertsOf(JSON.parse(answer.text), 'data');
  return dataOf(answer);
}

// The last word of a line is the time of the last evaluation.
function samples(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' '))).toSorted();
}

// Prom-label-proxy knows fewer members of a rule than Prometheus, so these are those it keeps.
function groupsOf(body: unknown): unknown {
  return listOf(readPath(body, 'data', 'groups')).map((group) => ({
    name: readPath(group, 'name'),
    rules: listOf(readPath(group, 'rules')).map((rule) => ({
      name: readPath(rule, 'name'),
      query: readPath(rule, 'query'),
      labels: readPath(rule, 'labels') ?? {},
      state: readPath(rule, 'state'),
      alerts: alertsOf(rule),
    })),
  }));
}

function alertsOf(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const alerts = listOf(readPath(value, ...path, 'alerts'));
  return byText(
    alerts.map((alert) => ({
      labels: readPath(alert, 'labels'),
      annotations: readPath(alert, 'annotations'),
      state: readPath(alert, 'state'),
    })),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function byText(list: readonly unknown[]): readonly unknown[] {
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
