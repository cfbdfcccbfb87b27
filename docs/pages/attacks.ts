import type { Attack } from '../../test/attack/attack.ts';
import { ATTACKS, ATTACKS_BY_THEME, LAST_NUMBER } from '../../test/attack/attack-table.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Attacks

What a caller may try, and the one answer it gets. The numbers 1 to ${LAST_NUMBER} are those of the list that the
query frontend was built against; a number has as many rows as there are ways to try it.

The source of an answer is the \`contract\`, which [the endpoints](endpoints.md) and
[the errors](errors.md) describe, or, where that is silent, the \`list\` itself. Each row is a test, or
names one:

- \`attacks\` is \`test/attack/attacks.test.ts\`: the request is sent to a running frontend, and nothing
  reaches its upstream without the matcher of the scope in every selector.
- \`real data\` is \`test/real/attack\`: it is also sent to a frontend before Prometheus and before
  Thanos that hold two tenants' data. Without the frontend the request shows the other tenant; with it,
  it shows nothing.
- Any other test stands with its file.

An answer 404 that is marked with a path is that of an endpoint that is not served yet.`;

/** The table of attacks. */
export const ATTACKS_PAGE: Page = {
  file: 'attacks.md',
  markdown: () => {
    const themes = Object.entries(ATTACKS_BY_THEME).map(
      ([theme, attacks]) =>
        `## ${theme.charAt(0).toUpperCase()}${theme.slice(1)}\n\n${rows(attacks)}`,
    );
    return `${INTRODUCTION}\n\n${GENERATED_NOTE}\n\n${counts()}\n\n${themes.join('\n\n')}\n`;
  },
};

function counts(): string {
  const requests = ATTACKS.filter((it) => it.kind === 'request');
  const real = requests.filter((it) => it.unguardedOn.length > 0);
  return `${ATTACKS.length} rows, ${requests.length} of them requests, ${real.length} of these on real data.`;
}

function rows(attacks: readonly Attack[]): string {
  return table(
    ['number', 'what is tried', 'answer', 'source', 'tested in'],
    attacks.map((it) => [String(it.number), quoted(it.what), answerOf(it), it.source, testsOf(it)]),
  );
}

// Markdown and HTML would read some of these texts as their own.
function quoted(text: string): string {
  return text.replaceAll(/[<>*_`\\[\]]/g, (it) => `\\${it}`);
}

function answerOf(attack: Attack): string {
  if (attack.kind !== 'request') return quoted(attack.answer);
  const [status = '', code] = attack.answer.split(' ');
  const answer = code === undefined ? `${status}, in its scope` : `${status} \`${code}\``;
  return attack.awaits === undefined ? answer : `${answer} (\`${attack.awaits}\`)`;
}

function testsOf(attack: Attack): string {
  switch (attack.kind) {
    case 'request':
      return attack.unguardedOn.length === 0 ? 'attacks' : 'attacks, real data';
    case 'elsewhere':
      return [...new Set(attack.tests.map(({ file }) => `\`${file}\``))].join(', ');
    default:
      throw new TypeError(`${String(attack satisfies never)} is no attack`);
  }
}
