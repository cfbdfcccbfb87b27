import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The documents below a folder, which is that of the repository or of the package. */
export function documentsIn(root: string): readonly string[] {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => `docs/${name}`)];
}

/** The anchors of a document, as GitHub makes them of headings. */
export function anchorsOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/**
 * The links of a document that lead nowhere.
 *
 * @param root The folder in which it lies.
 * @param file Where it lies there.
 * @param text What it says, if not what the file does.
 */
export function brokenLinks(
  root: string,
  file: string,
  text: string = readFileSync(join(root, file), 'utf8'),
): readonly string[] {
  const links = [...withoutCode(text).matchAll(/\]\((?<to>[^)\s]+)\)/g)];
  return links
    .map(({ groups = {} }) => groups['to'] ?? '')
    .filter((to) => !/^https?:/.test(to) && !leadsSomewhere(root, file, to))
    .map((to) => `${file}: ${to}`);
}

function leadsSomewhere(root: string, file: string, to: string): boolean {
  const [path = '', anchor] = to.split('#');
  const target = join(root, path === '' ? file : join(dirname(file), path));
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

// What looks like a heading or a link in code is none.
function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}
