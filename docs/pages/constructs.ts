import { type ExportedClass, readExportedClasses } from '../reading/constructs.ts';
import type { Setting } from '../reading/interfaces.ts';
import { readSnippet } from '../reading/snippets.ts';
import { GENERATED_NOTE, type Page, table } from './page.ts';

const INTRODUCTION = `# Constructs

Every construct of the package with its settings and an example. The examples are files below
\`docs/snippets/\`: the compiler checks them, and a test synthesises each. They write to \`dist\`, or to
where \`CDK8S_OUTDIR\` says.

A setting without a default is required. What contradicts itself, or would take a wall down, throws a
\`SynthError\` that names the object, the reason and the remedy; what takes a wall down on purpose begins
with \`unsafe\`. Objects come out as they are, so whatever has no setting can still be changed: by
\`ApiObject.of(it).addJsonPatch(...)\`, or by Kustomize.`;

const VALUES = `## Values

Classes that are no constructs: a setting takes them, and most are made by their static methods.`;

/** Every construct, from its comments and its interface of settings. */
export const CONSTRUCTS_PAGE: Page = {
  file: 'constructs.md',
  markdown: () => {
    const classes = readExportedClasses();
    const constructs = classes.filter(({ settings }) => settings !== undefined);
    const values = classes.filter(({ settings }) => settings === undefined);
    return [
      INTRODUCTION,
      GENERATED_NOTE,
      constructs.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(' · '),
      ...constructs.map(section),
      VALUES,
      table(
        ['class', 'of', 'what it is'],
        values.map((it) => [`\`${it.name}\``, `\`${it.entryPoint}\``, firstParagraph(it.text)]),
      ),
      '',
    ].join('\n\n');
  },
};

function section({ entryPoint, name, settings = [], text }: ExportedClass): string {
  return [
    `## ${name}`,
    `${text}\n\nFrom \`${entryPoint}\`.`,
    `\`\`\`ts\n${readSnippet(name)}\`\`\``,
    table(['setting', 'type', 'default', 'meaning'], settings.map(row)),
  ].join('\n\n');
}

function row({ description, fallback, name, type }: Setting): readonly string[] {
  return [
    `\`${name}\``,
    `\`${type}\``,
    printFallback(fallback),
    description.replaceAll('\n\n', ' '),
  ];
}

// `- ` begins a default that is said in words instead of code.
function printFallback(fallback: string | undefined): string {
  if (fallback === undefined) return 'required';
  return fallback.startsWith('- ') ? fallback.slice(2) : `\`${fallback}\``;
}

function firstParagraph(text: string): string {
  return text.split('\n\n')[0] ?? '';
}
