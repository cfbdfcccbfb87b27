import { ERROR_CODES } from '../../frontend/http/error-codes.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Errors

Every refusal is the error envelope of the Prometheus HTTP API, with three members beside it:
\`code\`, a stable word from this table; \`requestId\`, under which the log has the request; and, for a
refused query, \`position\`: the \`offset\` in UTF-8 bytes from 0, and \`line\` and \`column\` from 1.

\`errorType\` is Prometheus' own where there is one. \`unauthorized\` and \`forbidden\` are ours:
Prometheus has no word for them.`;

/** The table of error codes. */
export const ERRORS_PAGE: Page = {
  file: 'errors.md',
  markdown: () => {
    const rows = Object.entries(ERROR_CODES).map(([code, row]) => [
      `\`${code}\``,
      String(row.status),
      `\`${row.errorType}\``,
      row.summary,
      row.remedy,
    ]);
    const head = ['code', 'status', 'errorType', 'what happened', 'what helps'];
    return `${INTRODUCTION}\n\n${GENERATED_NOTE}\n\n${table(head, rows)}\n`;
  },
};
