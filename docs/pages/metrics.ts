import { METRICS } from '../../frontend/http/metric-table.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Metrics of the query frontend

Served at \`/metrics\` of the operations listener. No label holds a user, a tenant or a path: the
number of series does not grow with traffic. Beside these there are the default metrics of the Node
process (\`process_*\`, \`nodejs_*\`).`;

/** The metrics, read from the table that the registry is made of. */
export const METRICS_PAGE: Page = {
  file: 'metrics.md',
  markdown: () => {
    const rows = Object.values(METRICS).map((metric) => [
      `\`${metric.name}\``,
      metric.type,
      metric.labels.map((label) => `\`${label}\``).join(', ') || 'none',
      metric.help,
    ]);
    const head = ['metric', 'type', 'labels', 'meaning'];
    return `${INTRODUCTION}\n\n${GENERATED_NOTE}\n\n${table(head, rows)}\n`;
  },
};
